import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene, latestInvoice } from './billing-scene.ts'
import { openScene } from './scene.ts'

const older = '2024-06-20'

test('Events have the account’s API version, answers that of the SDK', async () => {
  const { sandbox, stripe, customer, price } = await billingScene()
  sandbox.webhooks.version(older)
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(2000) }] })
  const [paid] = (await stripe.events.list({ type: 'invoice.paid', limit: 1 })).data
  expect(paid?.api_version).toBe(older)
  expect(paid?.data.object).toMatchObject({
    subscription: created.id,
    payment_intent: expect.stringMatching(/^pi_/),
    paid: true,
    lines: { data: [{ type: 'subscription', proration: false, price: { unit_amount: 2000 } }] },
  })
  expect(paid?.data.object).not.toHaveProperty('parent')
  const [begun] = (await stripe.events.list({ type: 'customer.subscription.created', limit: 1 })).data
  expect(begun?.data.object).toMatchObject({ current_period_end: created.items.data[0]?.current_period_end })
  expect((await latestInvoice(stripe, created.id)).parent).toMatchObject({ type: 'subscription_details' })
  sandbox.webhooks.version(Stripe.API_VERSION)
  await stripe.customers.update(customer, { name: 'Ana' })
  const [latest] = (await stripe.events.list({ limit: 1 })).data
  expect(latest?.api_version).toBe(Stripe.API_VERSION)
})

test('The account’s version is an option of the start', async () => {
  const { stripe } = await openScene({ eventVersion: older })
  await stripe.customers.create({ name: 'Ana' })
  expect((await stripe.events.list()).data).toMatchObject([{ api_version: older }])
})
