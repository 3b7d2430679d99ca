import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import type { Database } from '../store/database.ts'
import { openSettings } from '../store/settings.ts'
import { billedSubscription, changeInvoice } from './invoice.ts'
import { idOf } from './reference.ts'
import { changeSubscription, ended, keepSubscription, schedule, withItems } from './subscription.ts'

/** The seconds between a failed attempt and the next one; after the last of these there is no further attempt. */
export const retryDelays: readonly number[] = [3, 5, 7].map((days) => days * 86_400)

/** The account's treatment of a subscription whose last retry has failed. */
export type AfterRetries = 'cancel' | 'unpaid'

/** The account's setting: `cancel` unless it was set. */
export function openAfterRetries(database: Database) {
  const settings = openSettings(database)
  return {
    get: (): AfterRetries => (settings.get('billing.after_retries') === 'unpaid' ? 'unpaid' : 'cancel'),
    set: (choice: AfterRetries) => settings.set('billing.after_retries', choice),
  }
}

/** The invoice is paid, or its payment is under way: its subscription is in order if this is the latest invoice. */
export function invoiceSettled(work: Work, invoice: Stripe.Invoice): void {
  const subscription = billedSubscription(work, invoice)
  if (subscription === undefined || idOf(subscription.latest_invoice) !== invoice.id) return
  if (subscription.pending_update !== null && invoice.status === 'paid') {
    applyPendingUpdate(work, subscription)
    return
  }
  if (['incomplete', 'past_due', 'unpaid'].includes(subscription.status)) {
    changeSubscription(work, subscription, { ...subscription, status: 'active' })
  } else if (subscription.status === 'paused') wake(work, subscription)
}

/** The subscription runs again. */
export function wake(work: Work, subscription: Stripe.Subscription): Stripe.Subscription {
  const { status_details: _, ...rest } = subscription
  const active = changeSubscription(work, subscription, { ...rest, status: 'active' })
  work.emit('customer.subscription.resumed', active)
  schedule(work, active)
  return active
}

/** A payment of the invoice has failed, or waits for the customer. */
export function invoiceUnpaid(work: Work, invoice: Stripe.Invoice): void {
  const subscription = billedSubscription(work, invoice)
  if (subscription === undefined || subscription.pending_update !== null) return
  if (['active', 'trialing'].includes(subscription.status)) {
    changeSubscription(work, subscription, { ...subscription, status: 'past_due' })
    return
  }
  if (subscription.status === 'past_due' && invoice.attempt_count > retryDelays.length) giveUp(work, subscription)
}

/** The invoice is void: a subscription that it was to begin does not begin. */
export function invoiceVoided(work: Work, invoice: Stripe.Invoice): void {
  const subscription = billedSubscription(work, invoice)
  if (subscription?.status !== 'incomplete' || idOf(subscription.latest_invoice) !== invoice.id) return
  changeSubscription(work, subscription, { ...subscription, status: 'incomplete_expired', ended_at: work.now })
}

function giveUp(work: Work, subscription: Stripe.Subscription): void {
  if (openAfterRetries(work.database).get() === 'cancel') {
    endSubscription(work, subscription, 'payment_failed')
    return
  }
  changeSubscription(work, subscription, { ...subscription, status: 'unpaid' })
}

/** Ends the subscription now, and stops collecting open invoices. */
export function endSubscription(
  work: Work,
  subscription: Stripe.Subscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
): Stripe.Subscription {
  const canceled: Stripe.Subscription = {
    ...subscription,
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? work.now,
    ended_at: work.now,
    pending_update: null,
    cancellation_details: {
      ...(subscription.cancellation_details ?? noDetails),
      reason,
    },
  }
  keepSubscription(work, canceled)
  work.emit('customer.subscription.deleted', canceled)
  const open = { 'parent.subscription_details.subscription': subscription.id, status: ['draft', 'open'] }
  for (const invoice of work.objects.all('invoice', open)) {
    if (invoice.auto_advance !== true) continue
    changeInvoice(work, invoice, {
      ...invoice,
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
  }
  return canceled
}

export const noDetails: Stripe.Subscription.CancellationDetails = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
}

function applyPendingUpdate(work: Work, subscription: Stripe.Subscription): void {
  const { pending_update } = subscription
  if (pending_update === null || ended(subscription)) return
  const items = pending_update.subscription_items ?? subscription.items.data
  const after = {
    ...withItems(subscription, items),
    pending_update: null,
    billing_cycle_anchor: pending_update.billing_cycle_anchor ?? subscription.billing_cycle_anchor,
    trial_end: pending_update.trial_end ?? subscription.trial_end,
  }
  changeSubscription(work, subscription, after)
  work.emit('customer.subscription.pending_update_applied', after)
  schedule(work, after)
}
