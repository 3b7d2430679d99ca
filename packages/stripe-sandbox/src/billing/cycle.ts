import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { beginningLines, draftBill, previewBill } from './bill.ts'
import { finalize } from './collect.ts'
import { pendingItems } from './invoice-items.ts'
import { markUncollectible, voidInvoice } from './invoices.ts'
import { inPeriod, intervalAt } from './items.ts'
import { idOf } from './reference.ts'
import { endSubscription } from './standing.ts'
import {
  changeSubscription,
  lastPeriodEnd,
  nextCycle,
  schedule,
  trialWarningSeconds,
  upcomingSeconds,
  withItems,
} from './subscription.ts'

const running = ['active', 'past_due', 'trialing', 'unpaid']

/** The clock has come to the end of an item's period, or to the end of the subscription. */
export function cycle(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription === undefined || !running.includes(subscription.status)) return
  const { cancel_at } = subscription
  if (cancel_at !== null && cancel_at <= work.now) endAtPeriod(work, subscription)
  else if (nextCycle(subscription) <= work.now) {
    const behavior = subscription.trial_settings?.end_behavior.missing_payment_method
    const unpayable = subscription.status === 'trialing' && lacksMethod(work, subscription)
    if (unpayable && behavior === 'cancel') endSubscription(work, subscription, 'cancellation_requested')
    else if (unpayable && behavior === 'pause') pauseForMethod(work, subscription)
    else renew(work, subscription)
  }
}

function endAtPeriod(work: Work, subscription: Stripe.Subscription): void {
  const due = dueItems(work, subscription)
  const waiting = pendingItems(work, idOf(subscription.customer) ?? '', subscription.currency, subscription.id)
  const ended = endSubscription(work, subscription, 'cancellation_requested')
  if (waiting.length === 0) return
  const reason = 'subscription_cycle'
  draftBill(work, ended, { reason, period: endedPeriod(work, due), lines: [], advances: true })
}

function renew(work: Work, before: Stripe.Subscription): void {
  const trialEnds = before.status === 'trialing'
  const due = dueItems(work, before)
  const renewed = due.map((item) =>
    inPeriod(item, intervalAt(item, before.billing_cycle_anchor, item.current_period_end)),
  )
  const subscription: Stripe.Subscription = {
    ...withItems(
      before,
      before.items.data.map((item) => renewed.find(({ id }) => id === item.id) ?? item),
    ),
    status: trialEnds ? 'active' : before.status,
  }
  const { pause_collection, status } = subscription
  const draft = draftBill(work, subscription, {
    reason: 'subscription_cycle',
    period: endedPeriod(work, due),
    lines: beginningLines(work, renewed, false),
    advances: pause_collection === null && status !== 'unpaid',
  })
  const after = changeSubscription(work, before, { ...subscription, latest_invoice: draft.id })
  if (pause_collection?.behavior === 'void') voidInvoice(work, finalize(work, draft))
  if (pause_collection?.behavior === 'mark_uncollectible') markUncollectible(work, finalize(work, draft))
  schedule(work, after)
}

function pauseForMethod(work: Work, subscription: Stripe.Subscription): void {
  const paused = changeSubscription(work, subscription, {
    ...subscription,
    status: 'paused',
    status_details: pausedBecause(work, 'trial_end_without_payment_method'),
  })
  work.emit('customer.subscription.paused', paused)
}

/** Why a subscription is paused, since now. */
export const pausedBecause = (
  work: Work,
  type: 'pause_requested' | 'trial_end_without_payment_method',
): Stripe.Subscription.StatusDetails => ({
  paused: { subscription: { type }, transitioned_at: work.now, type: 'subscription' },
})

function lacksMethod(work: Work, subscription: Stripe.Subscription): boolean {
  const customer = work.need('customer', idOf(subscription.customer) ?? '')
  return (
    subscription.collection_method === 'charge_automatically' &&
    idOf(subscription.default_payment_method) === null &&
    idOf(customer.invoice_settings.default_payment_method) === null
  )
}

const dueItems = (work: Work, { items }: Stripe.Subscription) =>
  items.data.filter(({ current_period_end }) => current_period_end <= work.now)

const endedPeriod = (work: Work, due: readonly Stripe.SubscriptionItem[]) => ({
  start: Math.min(work.now, ...due.map(({ current_period_start }) => current_period_start)),
  end: work.now,
})

/** Tells of the invoice that a renewal will bring, some days before. */
export function announce(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription === undefined || !['active', 'trialing'].includes(subscription.status)) return
  if (subscription.cancel_at !== null && subscription.cancel_at <= lastPeriodEnd(subscription)) return
  const end = nextCycle(subscription)
  if (end - upcomingSeconds !== work.now) return
  const preview = upcomingInvoice(work, subscription)
  work.emit('invoice.upcoming', { ...preview, created: end, next_payment_attempt: end + 3600 })
}

/** The invoice at the end of the period that runs, as a preview. It has no lines where nothing will be billed. */
export function upcomingInvoice(work: Work, subscription: Stripe.Subscription): Stripe.Invoice {
  const end = nextCycle(subscription)
  const due = subscription.items.data.filter(({ current_period_end }) => current_period_end === end)
  const renewed = due.map((item) => inPeriod(item, intervalAt(item, subscription.billing_cycle_anchor, end)))
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= end
  return previewBill(work, subscription, {
    reason: 'upcoming',
    period: { start: Math.min(...due.map(({ current_period_start }) => current_period_start)), end },
    lines: ends ? [] : beginningLines(work, renewed, false),
    advances: false,
  })
}

/** Tells that the trial will end, three days before; at once where it is shorter. */
export function warnOfTrialEnd(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription?.status !== 'trialing' || subscription.trial_end === null) return
  if (subscription.trial_end - work.now > trialWarningSeconds) return
  work.emit('customer.subscription.trial_will_end', subscription)
}

/** The first invoice was not paid in time: the subscription never begins. */
export function expireIncomplete(work: Work, id: string): void {
  const subscription = work.objects.get('subscription', id)
  if (subscription?.status !== 'incomplete') return
  const invoice = work.objects.get('invoice', idOf(subscription.latest_invoice) ?? '')
  if (invoice?.status === 'open') voidInvoice(work, invoice)
}
