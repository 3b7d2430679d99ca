import type Stripe from 'stripe'
import { Failure, invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { type Bill, beginningLines, draftBill } from './bill.ts'
import { prorated } from './calendar.ts'
import { collectNow, methodOf, noMethod } from './collect.ts'
import { intervalAt, makeItem, refuseItems } from './items.ts'
import { newSubscription, type SubscriptionPlan } from './new-subscription.ts'
import { itemAmount } from './proration.ts'
import { idOf } from './reference.ts'
import { keepSubscription, lastPeriodEnd, schedule } from './subscription.ts'

/** How long a first invoice may stay unpaid. */
export const incompleteSeconds = 23 * 3600

/** Begins a subscription: its first invoice is finalized and, as `payment_behavior` says, charged in the same call. */
export function createSubscription(work: Work, given: SubscriptionPlan): Stripe.Subscription {
  const fresh = begin(work, given)
  const invoiced = given.billing_cycle_anchor === undefined || given.proration_behavior !== 'none'
  if (!invoiced) {
    keepSubscription(work, { ...fresh, status: 'active' })
    work.emit('customer.subscription.created', { ...fresh, status: 'active' })
    schedule(work, fresh)
    return work.need('subscription', fresh.id)
  }
  keepSubscription(work, fresh)
  const draft = draftBill(work, fresh, firstBill(work, fresh))
  const created = keepSubscription(work, { ...fresh, latest_invoice: draft.id })
  work.emit('customer.subscription.created', created)
  schedule(work, created)
  if (created.collection_method === 'send_invoice') return created

  const behavior = given.payment_behavior ?? 'allow_incomplete'
  const waits = behavior === 'default_incomplete'
  if (!waits && draft.amount_due > 0 && methodOf(work, draft) === null) throw noMethod()
  const offSession = given.off_session ?? false
  const { invoice, failure } = collectNow(work, draft, { charge: !waits, offSession })
  if (behavior === 'error_if_incomplete' && invoice.status === 'open') throw incomplete(failure)
  const subscription = work.need('subscription', created.id)
  if (subscription.status === 'incomplete') {
    work.at(work.now + incompleteSeconds, 'subscription.incomplete-expires', subscription.id)
  }
  return subscription
}

/** The refusal if a payment that must succeed at once fails: nothing of the request stays. */
export function incomplete(failure: Failure | undefined): Failure {
  const {
    payment_intent: _,
    charge: __,
    ...body
  } = failure?.body ?? {
    type: 'card_error' as const,
    code: 'subscription_payment_intent_requires_action',
    message: 'Payment for this subscription requires additional user action before it can be completed successfully.',
  }
  return new Failure(failure?.status ?? 402, body)
}

/** The subscription as it begins, not stored. Throws if it can't begin so. */
export function begin(work: Work, given: SubscriptionPlan): Stripe.Subscription {
  const id = work.id('subscription')
  const customer = work.need('customer', given.customer, 'customer')
  const method = given.default_payment_method
  if (method !== undefined) refuseMethod(work, customer.id, method)
  if (given.payment_behavior === 'pending_if_incomplete') {
    throw invalid('`pending_if_incomplete` is only for updates of a subscription.', { param: 'payment_behavior' })
  }
  const collection_method = given.collection_method ?? 'charge_automatically'
  refuseDays(collection_method, given.days_until_due)
  const trialEnd = trialEndOf(work, given)
  const anchor = trialEnd ?? given.billing_cycle_anchor ?? work.now
  if (anchor < work.now) {
    throw invalid('billing_cycle_anchor cannot be in the past.', { param: 'billing_cycle_anchor' })
  }
  const trial = trialEnd === null ? null : { start: work.now, end: trialEnd }
  const items = given.items.map((item) => makeItem(work, item, { subscription: id, period: trial, anchor }))
  refuseItems(items)
  if (trial === null && items.some((item) => intervalAt(item, anchor, work.now).end < anchor)) {
    throw invalid(`billing_cycle_anchor cannot be later than next natural billing date.`, {
      param: 'billing_cycle_anchor',
    })
  }
  const currency = items[0]?.price.currency ?? 'usd'
  if (customer.currency === null || customer.currency === undefined)
    work.objects.put('customer', { ...customer, currency })
  const subscription = newSubscription(work, given, { id, items, anchor, trial })
  return given.cancel_at_period_end === true
    ? { ...subscription, cancel_at: lastPeriodEnd(subscription), canceled_at: work.now }
    : subscription
}

/** The bill with which the subscription begins. */
export const firstBill = (work: Work, fresh: Stripe.Subscription): Bill => ({
  reason: 'subscription_create',
  period: { start: work.now, end: work.now },
  lines: firstLines(work, fresh),
  advances: true,
})

function firstLines(work: Work, { items, status, billing_cycle_anchor: anchor }: Stripe.Subscription) {
  const lines = beginningLines(work, items.data, status === 'trialing')
  if (status === 'trialing' || anchor === work.now) return lines
  return lines.map((line) => {
    const id = line.parent?.subscription_item_details?.subscription_item
    const item = items.data.find((one) => one.id === id)
    if (item === undefined) return line
    const amount = prorated(itemAmount(item), intervalAt(item, anchor, work.now), work.now)
    return { ...line, amount, subtotal: amount }
  })
}

/** When the trial ends; null: there is none. */
export function trialEndOf(
  work: Work,
  { trial_end, trial_period_days }: Pick<SubscriptionPlan, 'trial_end' | 'trial_period_days'>,
): number | null {
  if (trial_end !== undefined && trial_period_days !== undefined) {
    throw invalid('You cannot set both `trial_end` and `trial_period_days`.', { param: 'trial_end' })
  }
  if (trial_period_days !== undefined) return work.now + trial_period_days * 86_400
  if (trial_end === undefined || trial_end === 'now') return null
  if (trial_end > work.now) return trial_end
  throw invalid('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'trial_end' })
}

/** Throws if the method is not the customer's. */
export function refuseMethod(work: Work, customer: string, id: string): void {
  const method = work.need('payment_method', id, 'default_payment_method')
  if (idOf(method.customer) === customer) return
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { param: 'default_payment_method' },
  )
}

function refuseDays(method: Stripe.Subscription.CollectionMethod, days: number | undefined): void {
  if ((method === 'send_invoice') === (days !== undefined)) return
  throw invalid('`days_until_due` goes with `collection_method=send_invoice`, and only with it.', {
    param: 'days_until_due',
  })
}
