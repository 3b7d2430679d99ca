import type { Stripe } from 'stripe'
import type { FollowSubscription } from '../domain/decisions/command.ts'
import { inOrderOfCount } from './plan-subscription.ts'
import { itemsOf, linesOf } from './sublists.ts'

type Reading = Pick<Stripe, 'invoices' | 'invoiceItems' | 'subscriptionItems'>

/**
 * The command for a team without a live subscription; null: there was none, or it is not known yet whether the first
 * one begins. The plan of an ended subscription does not matter any more, but whether the rest of its period is paid
 * for does.
 */
export async function endAmong(
  stripe: Reading,
  subscriptions: readonly Stripe.Subscription[],
): Promise<FollowSubscription | null> {
  const ended = inOrderOfCount(subscriptions).find(({ status }) => status !== 'incomplete')
  return ended === undefined ? null : endOf(ended, await isRefunded(stripe, ended))
}

/** The command for a team whose subscription sells nothing any more. */
export function endOf(
  { id: subscription, billing_cycle_anchor: begin }: Stripe.Subscription,
  refunded: boolean,
): FollowSubscription {
  const anchor = begin * 1000
  const nothing = { planId: '', seats: 1, interval: null, anchor, addOnUnits: 0, paidThrough: anchor } as const
  const over = { renews: false, isTrialing: false, ended: true, refunded } as const
  return { kind: 'follow-subscription', subscription, ...nothing, ...over }
}

/** The time between a subscription's end and the begin of the credit for the rest of its period. */
const slackSeconds = 60

/**
 * Whether the subscription ended on trial, or the rest of its period was given back: credited to one of its last
 * invoices, or to the customer's next one.
 */
async function isRefunded(stripe: Reading, subscription: Stripe.Subscription): Promise<boolean> {
  const { id, customer, ended_at: at, trial_end: trialEnd } = subscription
  if (at === null) return false
  if ((await itemsOf(stripe, subscription)).every(({ current_period_end: end }) => end <= at)) return false
  if (trialEnd !== null && trialEnd > at) return true
  // A credit for fewer seats, given before the end, begins at another second.
  const isCredited = ({ amount, period }: Pick<Stripe.InvoiceLineItem, 'amount' | 'period'>) =>
    amount < 0 && Math.abs(period.start - at) <= slackSeconds && period.end > at
  const isProration = ({ parent }: Stripe.InvoiceLineItem) =>
    (parent?.subscription_item_details ?? parent?.invoice_item_details)?.proration === true
  const invoices = { subscription: id, created: { gte: at - slackSeconds }, limit: 100 }
  for await (const invoice of stripe.invoices.list(invoices)) {
    if ((await linesOf(stripe, invoice)).some((line) => isProration(line) && isCredited(line))) return true
  }
  const ofCustomer = typeof customer === 'string' ? customer : customer.id
  for await (const item of stripe.invoiceItems.list({ customer: ofCustomer, pending: true, limit: 100 })) {
    if (item.proration && item.parent?.subscription_details?.subscription === id && isCredited(item)) return true
  }
  return false
}
