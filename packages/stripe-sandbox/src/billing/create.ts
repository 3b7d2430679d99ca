import type Stripe from 'stripe'
import { Failure, invalid } from '../api/failure.ts'
import { mergeMetadata } from '../api/parameters.ts'
import type { Work } from '../api/work.ts'
import { beginningLines, draftBill } from './bill.ts'
import { prorated } from './calendar.ts'
import { collectNow, methodOf, noMethod } from './collect.ts'
import { intervalAt, makeItem, type NewItem, refuseItems } from './items.ts'
import { itemAmount } from './proration.ts'
import { idOf } from './reference.ts'
import { noDetails } from './standing.ts'
import { itemList, keepSubscription, lastPeriodEnd, schedule } from './subscription.ts'

export type SubscriptionPlan = {
  readonly customer: string
  readonly items: readonly NewItem[]
  readonly billing_cycle_anchor?: number
  readonly billing_mode?: { type: 'classic' | 'flexible' }
  readonly cancel_at?: number
  readonly cancel_at_period_end?: boolean
  readonly collection_method?: 'charge_automatically' | 'send_invoice'
  readonly days_until_due?: number
  readonly default_payment_method?: string
  readonly description?: string
  readonly metadata?: Record<string, string> | null
  readonly off_session?: boolean
  readonly payment_behavior?:
    | 'allow_incomplete'
    | 'default_incomplete'
    | 'error_if_incomplete'
    | 'pending_if_incomplete'
  readonly payment_settings?: { save_default_payment_method?: 'off' | 'on_subscription' }
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  readonly trial_end?: number | 'now'
  readonly trial_period_days?: number
  readonly trial_settings?: { end_behavior: { missing_payment_method: 'cancel' | 'create_invoice' | 'pause' } }
}

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
  const draft = draftBill(work, fresh, {
    reason: 'subscription_create',
    period: { start: work.now, end: work.now },
    lines: firstLines(work, fresh),
    advances: true,
  })
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

function begin(work: Work, given: SubscriptionPlan): Stripe.Subscription {
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
  const items = given.items.map((item) => makeItem(work, id, item, trial, anchor))
  refuseItems(items)
  if (trial === null && items.some((item) => intervalAt(item, anchor, work.now).end < anchor)) {
    throw invalid(`billing_cycle_anchor cannot be later than next natural billing date.`, {
      param: 'billing_cycle_anchor',
    })
  }
  const currency = items[0]?.price.currency ?? 'usd'
  if (customer.currency === null || customer.currency === undefined)
    work.objects.put('customer', { ...customer, currency })
  const subscription: Stripe.Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: billingModeOf(given.billing_mode?.type),
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: given.cancel_at ?? null,
    cancel_at_period_end: given.cancel_at_period_end ?? false,
    canceled_at: null,
    cancellation_details: noDetails,
    collection_method,
    created: work.now,
    currency,
    customer: customer.id,
    customer_account: null,
    days_until_due: given.days_until_due ?? null,
    default_payment_method: method ?? null,
    default_source: null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: itemList(id, items),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, given.metadata),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: given.payment_settings?.save_default_payment_method ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: work.now,
    status: trial !== null ? 'trialing' : collection_method === 'send_invoice' ? 'active' : 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: trial?.end ?? null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: 'create_invoice',
        ...given.trial_settings?.end_behavior,
      },
    },
    trial_start: trial?.start ?? null,
  }
  return given.cancel_at_period_end === true
    ? { ...subscription, cancel_at: lastPeriodEnd(subscription), canceled_at: work.now }
    : subscription
}

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

/** Prorations are the classic ones in both modes. */
const billingModeOf = (type: 'classic' | 'flexible' = 'flexible'): Stripe.Subscription.BillingMode => ({
  flexible: type === 'flexible' ? { proration_discounts: 'included' } : null,
  type,
})
