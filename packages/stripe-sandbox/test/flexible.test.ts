import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene, itemOf } from './billing-scene.ts'

/** A subscription of 1 unit at $30, whose quantity is raised to 5 without money, and lowered to 2 ten days later. */
async function lowered(billing_mode?: Stripe.SubscriptionCreateParams.BillingMode) {
  const { stripe, customer, price, until } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(3000) }], billing_mode })
  const { id, current_period_start: start, current_period_end: end } = itemOf(created)
  await stripe.subscriptions.update(created.id, { items: [{ id, quantity: 5 }], proration_behavior: 'none' })
  until(start + 10 * 86_400)
  await stripe.subscriptions.update(created.id, { items: [{ id, quantity: 2 }] })
  const { data } = await stripe.invoiceItems.list({ customer, pending: true })
  const rest = (amount: number, from: number) => Math.round((amount * (end - from)) / (end - start))
  const [remaining, unused] = data
  return { stripe, mode: created.billing_mode.type, remaining, unused, rest, subscription: created.id, item: id, until }
}

test('A subscription is in flexible billing mode by default, whose prorations credit only what was debited', async () => {
  const { mode, remaining, unused, rest } = await lowered()
  expect(mode).toBe('flexible')
  expect(unused?.amount).toBe(-rest(3000, unused?.period.start ?? 0))
  expect(remaining?.amount).toBe(rest(6000, remaining?.period.start ?? 0))
})

test('In classic billing mode a proration credits what the item has, debited or not', async () => {
  const { mode, unused, rest } = await lowered({ type: 'classic' })
  expect(mode).toBe('classic')
  expect(unused?.amount).toBe(-rest(15_000, unused?.period.start ?? 0))
})

test('In flexible mode what was credited once is not credited again', async () => {
  const { stripe, subscription, item, until, remaining, rest } = await lowered()
  until((remaining?.period.start ?? 0) + 5 * 86_400)
  await stripe.subscriptions.update(subscription, { items: [{ id: item, quantity: 1 }] })
  const { data } = await stripe.invoiceItems.list({ pending: true })
  const [, unused] = data
  const expected = rest(6000, unused?.period.start ?? 0)
  expect(Math.abs((unused?.amount ?? 0) + expected)).toBeLessThanOrEqual(1)
})
