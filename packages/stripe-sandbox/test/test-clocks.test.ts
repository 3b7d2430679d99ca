import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { latestInvoice } from './billing-scene.ts'
import { eventTypes } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

const now = (sandbox: { clock: { now(): number } }) => Math.floor(sandbox.clock.now() / 1000)

async function clocked(stripe: Stripe, frozen_time: number) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time, name: 'a year' })
  const customer = await stripe.customers.create({ test_clock: clock.id })
  const { id: method } = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const { id: product } = await stripe.products.create({ name: 'Plan' })
  const price = { product, currency: 'usd', unit_amount: 900, recurring: { interval: 'month' } } as const
  const { id } = await stripe.prices.create(price)
  const terms = { customer: customer.id, items: [{ price: id }], default_payment_method: method }
  return { clock, customer, subscription: await stripe.subscriptions.create(terms) }
}

test('a test clock renews a subscription, and is ready once everything until then has happened', async () => {
  const { sandbox, stripe } = await openScene()
  const begin = now(sandbox)
  const { clock, customer, subscription } = await clocked(stripe, begin)
  expect(clock).toMatchObject({ status: 'ready', frozen_time: begin, name: 'a year' })
  expect([customer.test_clock, subscription.test_clock]).toEqual([clock.id, clock.id])
  const target = begin + 33 * 86_400
  const moving = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: target })
  expect(moving).toMatchObject({ status: 'advancing', status_details: { advancing: { target_frozen_time: target } } })
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: 'ready', frozen_time: target })
  expect(await latestInvoice(stripe, subscription.id)).toMatchObject({
    billing_reason: 'subscription_cycle',
    status: 'paid',
    test_clock: clock.id,
  })
  expect(await eventTypes(stripe)).toContain('test_helpers.test_clock.ready')
})

test('a clock goes forward only, and its customers are deleted with it', async () => {
  const { sandbox, stripe } = await openScene()
  const { clock, customer, subscription } = await clocked(stripe, now(sandbox))
  const back = stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time })
  expect(await refusalOf(back)).toMatchObject({ statusCode: 400, param: 'frozen_time' })
  expect(await stripe.testHelpers.testClocks.del(clock.id)).toMatchObject({ deleted: true })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled' })
  expect((await stripe.testHelpers.testClocks.list()).data).toEqual([])
  expect(await refusalOf(stripe.customers.create({ test_clock: clock.id }))).toMatchObject({ param: 'test_clock' })
})
