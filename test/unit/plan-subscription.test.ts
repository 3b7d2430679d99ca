import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { commandOf } from '../../src/payments/plan-subscription.ts'

test.each<[Stripe.Subscription.Status, boolean]>([
  ['trialing', true],
  ['active', false],
  ['past_due', false],
])('a subscription that is %s before its anchor: on trial %s', (status, isTrialing) => {
  const anchor = Date.parse('2026-12-15T12:00:00Z')
  const terms = {
    id: 'sub_1',
    status,
    billing_cycle_anchor: anchor / 1000,
    cancel_at_period_end: false,
    cancel_at: null,
  }
  const subscription = terms as Stripe.Subscription
  const planItem = { quantity: 1, price: { recurring: { interval: 'month' } } } as Stripe.SubscriptionItem
  const command = commandOf({ subscription, items: [], planItem, planId: 'pro' }, anchor)
  expect(command).toMatchObject({ anchor, paidThrough: anchor, isTrialing, ended: false })
})
