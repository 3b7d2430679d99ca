import type { Stripe } from 'stripe'
import type { Catalog } from '../catalog/catalog.ts'
import type { FollowSubscription } from '../domain/decisions/command.ts'
import type { Instant } from '../domain/identity.ts'

/**
 * A subscription's item, with the `metadata` of its price or product: the plan that it sells, or the plan whose add-on
 * it is.
 */
export type MarkedItem = {
  readonly item: Stripe.SubscriptionItem
  readonly plan: string | null
  readonly addOn: string | null
}

/** A subscription that sells a plan of the catalog. */
export type PlanSubscription = {
  readonly subscription: Stripe.Subscription
  readonly items: readonly MarkedItem[]
  readonly planItem: Stripe.SubscriptionItem
  readonly planId: string
}

const rank: Readonly<Record<string, number>> = { trialing: 0, active: 0, past_due: 0, unpaid: 1, paused: 1 }

/** The subscription has begun and has not ended. */
export const isLive = ({ status }: Stripe.Subscription): boolean => rank[status] !== undefined

/** The subscriptions, with the one that counts first: running ones before stopped ones, then the newest. */
export const inOrderOfCount = (subscriptions: readonly Stripe.Subscription[]): Stripe.Subscription[] =>
  subscriptions.toSorted(
    (one, other) => (rank[one.status] ?? 2) - (rank[other.status] ?? 2) || other.created - one.created,
  )

/** How many units of its plan's add-on the subscription pays for. */
const unitsOf = ({ items, planId }: PlanSubscription): number =>
  items.filter(({ addOn }) => addOn === planId).reduce((sum, { item }) => sum + (item.quantity ?? 0), 0)

/** The command that describes the subscription's state. `paidThrough`: see `paidThroughOf`. */
export function commandOf(standing: PlanSubscription, paidThrough: Instant): FollowSubscription {
  const { subscription, planItem, planId } = standing
  return {
    kind: 'follow-subscription',
    subscription: subscription.id,
    planId,
    seats: planItem.quantity ?? 1,
    interval: intervals[planItem.price.recurring?.interval ?? ''] ?? null,
    anchor: subscription.billing_cycle_anchor * 1000,
    addOnUnits: unitsOf(standing),
    paidThrough,
    renews: renews(standing),
    ended: false,
    refunded: false,
  }
}

const renews = ({ subscription, planItem }: PlanSubscription): boolean =>
  !subscription.cancel_at_period_end &&
  (subscription.cancel_at === null || subscription.cancel_at > planItem.current_period_end)

const intervals: Readonly<Record<string, 'MONTH' | 'YEAR'>> = { month: 'MONTH', year: 'YEAR' }

/**
 * The command for a team without a live subscription; null: there was none, or it is not known yet whether the first
 * one begins. The plan of an ended subscription does not matter any more, but whether the rest of its period is paid
 * for does.
 */
export async function endAmong(
  stripe: Pick<Stripe, 'invoices' | 'invoiceItems'>,
  subscriptions: readonly Stripe.Subscription[],
): Promise<FollowSubscription | null> {
  const ended = inOrderOfCount(subscriptions).find(({ status }) => status !== 'incomplete')
  if (ended === undefined) return null
  const anchor = ended.billing_cycle_anchor * 1000
  const nothing = { planId: '', seats: 1, interval: null, anchor, addOnUnits: 0, paidThrough: anchor, renews: false }
  const refunded = await isRefunded(stripe, ended)
  return { kind: 'follow-subscription', subscription: ended.id, ...nothing, ended: true, refunded }
}

/** The time between a subscription's end and the begin of the credit for the rest of its period. */
const slackSeconds = 60

/**
 * Whether the subscription ended on trial, or the rest of its period was given back: credited to one of its last
 * invoices, or to the customer's next one.
 */
async function isRefunded(
  { invoices, invoiceItems }: Pick<Stripe, 'invoices' | 'invoiceItems'>,
  { id, customer, ended_at: at, trial_end: trialEnd, items }: Stripe.Subscription,
): Promise<boolean> {
  if (at === null || items.data.every(({ current_period_end: end }) => end <= at)) return false
  if (trialEnd !== null && trialEnd > at) return true
  // A credit for fewer seats, given before the end, begins at another second.
  const isCredited = ({ amount, period }: Pick<Stripe.InvoiceLineItem, 'amount' | 'period'>) =>
    amount < 0 && Math.abs(period.start - at) <= slackSeconds && period.end > at
  const isProration = ({ parent }: Stripe.InvoiceLineItem) =>
    (parent?.subscription_item_details ?? parent?.invoice_item_details)?.proration === true
  const { data } = await invoices.list({ subscription: id, limit: 3 })
  if (data.some(({ lines }) => lines.data.some((line) => isProration(line) && isCredited(line)))) return true
  const ofCustomer = typeof customer === 'string' ? customer : customer.id
  for await (const item of invoiceItems.list({ customer: ofCustomer, pending: true, limit: 100 })) {
    if (item.proration && item.parent?.subscription_details?.subscription === id && isCredited(item)) return true
  }
  return false
}

const maxInvoices = 24

/**
 * The end of the last period that is paid for or on trial; without one, the begin of the running period. A period is
 * paid when the invoice that bills it is paid; a period that no invoice bills is free. Other items on the invoices
 * (seats, units) say nothing of the period. Where the catalog deposits renewals when they are due, a running
 * subscription counts as paid: it is past due once a payment has failed. `subscription.latest_invoice` is expanded.
 */
export async function paidThroughOf(
  { invoices }: Pick<Stripe, 'invoices'>,
  { subscription, planItem }: PlanSubscription,
  renewals: Catalog['renewals'],
): Promise<Instant> {
  const { status, latest_invoice: latest, id } = subscription
  const { current_period_start: start, current_period_end: end } = planItem
  const isRunning = status === 'active'
  if (status === 'trialing' || (isRunning && renewals === 'when-due')) return end * 1000
  if (typeof latest === 'object' && latest !== null && endsBilledBy(latest).includes(end)) {
    if (latest.status === 'paid') return end * 1000
    if (isRunning) return start * 1000
  }
  const { data } = await invoices.list({ subscription: id, limit: maxInvoices })
  const billed = data.flatMap((invoice) =>
    endsBilledBy(invoice).map((until) => ({ until, isPaid: invoice.status === 'paid' })),
  )
  const ofRunning = billed.filter(({ until }) => until === end)
  if (ofRunning.some(({ isPaid }) => isPaid) || (isRunning && ofRunning.length === 0)) return end * 1000
  if (isRunning) return start * 1000
  const paid = billed.filter(({ until, isPaid }) => isPaid && until <= start).map(({ until }) => until)
  return (paid.length === 0 ? start : Math.max(...paid)) * 1000
}

/** The ends of the periods that the invoice bills as a whole. */
function endsBilledBy({ lines, billing_reason: reason }: Stripe.Invoice): number[] {
  const isWhole = ({ parent }: Stripe.InvoiceLineItem) => {
    const details = parent?.subscription_item_details
    return details != null && !(details.proration && reason === 'subscription_update')
  }
  return lines.data.filter(isWhole).map(({ period }) => period.end)
}
