import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { beginningLines, draftBill } from './bill.ts'
import { collectNow, methodOf, noMethod } from './collect.ts'
import { incompleteSeconds } from './create.ts'
import { pausedBecause } from './cycle.ts'
import { voidInvoice } from './invoices.ts'
import { inPeriod, intervalAt } from './items.ts'
import { billRemaining, creditUnused } from './proration.ts'
import { idOf } from './reference.ts'
import { wake } from './standing.ts'
import { changeSubscription, keepSubscription, withItems } from './subscription.ts'

export type Pause = {
  readonly bill_for?: {
    outstanding_usage_through?: { type: 'none' | 'now' }
    unused_time_from?: { type: 'none' | 'now' }
  }
  readonly invoicing_behavior?: 'invoice' | 'pending_invoice_item'
}

/**
 * Stops the subscription until it is resumed: no invoices, no new periods. Unused time is given back unless the request
 * says otherwise.
 */
export function pauseSubscription(
  work: Work,
  id: string,
  { bill_for, invoicing_behavior }: Pause,
): Stripe.Subscription {
  const before = work.need('subscription', id)
  if (!['active', 'past_due', 'trialing'].includes(before.status)) {
    throw invalid(`A subscription with status ${before.status} cannot be paused.`)
  }
  if (before.status !== 'trialing' && bill_for?.unused_time_from?.type !== 'none') {
    for (const item of before.items.data) creditUnused(work, before, item, work.now)
  }
  const paused = changeSubscription(work, before, {
    ...before,
    status: 'paused',
    status_details: pausedBecause(work, 'pause_requested'),
  })
  work.emit('customer.subscription.paused', paused)
  if (invoicing_behavior !== 'invoice') return paused
  const draft = draftBill(work, paused, {
    reason: 'subscription_update',
    period: { start: work.now, end: work.now },
    lines: [],
    advances: true,
  })
  collectNow(work, draft, { charge: true, offSession: true })
  return work.need('subscription', id)
}

export type Resumption = {
  readonly billing_cycle_anchor?: { type: 'now' | 'unchanged' }
  readonly payment_behavior?: 'resume_on_payment_attempt' | 'resume_on_payment_success'
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
}

/** Lets a paused subscription run again, once the invoice of it is paid or, as it says, tried. */
export function resumeSubscription(work: Work, id: string, given: Resumption): Stripe.Subscription {
  const before = work.need('subscription', id)
  if (before.status !== 'paused') {
    throw invalid(`Cannot resume a subscription that is not paused: its status is ${before.status}.`)
  }
  const unchanged = given.billing_cycle_anchor?.type === 'unchanged'
  const anchor = unchanged ? before.billing_cycle_anchor : work.now
  const ready: Stripe.Subscription = {
    ...withItems(
      before,
      before.items.data.map((item) => inPeriod(item, intervalAt(item, anchor, work.now))),
    ),
    billing_cycle_anchor: anchor,
  }
  const behavior = given.proration_behavior ?? 'create_prorations'
  if (unchanged && behavior !== 'none') {
    for (const item of ready.items.data) billRemaining(work, ready, item, work.now)
  }
  if (unchanged && behavior !== 'always_invoice') return wake(work, keepSubscription(work, ready))
  const draft = draftBill(work, ready, {
    reason: 'subscription_update',
    period: { start: work.now, end: work.now },
    lines: unchanged ? [] : beginningLines(work, ready.items.data, false),
    advances: true,
  })
  if (draft.amount_due > 0 && methodOf(work, draft) === null) throw noMethod()
  changeSubscription(work, before, { ...ready, latest_invoice: draft.id })
  const { invoice } = collectNow(work, draft, { charge: true, offSession: false })
  const after = work.need('subscription', id)
  if (invoice.status !== 'open' || after.status !== 'paused') return after
  if (given.payment_behavior === 'resume_on_payment_success') {
    work.at(work.now + incompleteSeconds, 'subscription.resumption-expires', id)
    return after
  }
  const awake = wake(work, after)
  return changeSubscription(work, awake, { ...awake, status: 'past_due' })
}

/** The resumption was not paid in time: the subscription stays paused, and its invoice is void. */
export function expireResumption(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  const invoice = work.objects.get('invoice', idOf(subscription?.latest_invoice) ?? '')
  if (subscription?.status === 'paused' && invoice?.status === 'open') voidInvoice(work, invoice)
}

/** The update was not paid in time: it never happens, and its invoice is void. */
export function expirePendingUpdate(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription?.pending_update?.expires_at !== work.now) return
  const invoice = work.objects.get('invoice', idOf(subscription.latest_invoice) ?? '')
  const expired = changeSubscription(work, subscription, { ...subscription, pending_update: null })
  work.emit('customer.subscription.pending_update_expired', expired)
  if (invoice?.status === 'open') voidInvoice(work, invoice)
}

/** Collection continues, as the pause said. */
export function resumeCollection(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription?.pause_collection?.resumes_at !== work.now) return
  changeSubscription(work, subscription, { ...subscription, pause_collection: null })
}
