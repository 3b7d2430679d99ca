import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { prorated } from './calendar.ts'
import { addItem } from './invoice-items.ts'
import { intervalAt } from './items.ts'
import { productName } from './lines.ts'
import { idOf } from './reference.ts'

/** The price of an item for a whole period. */
export const itemAmount = ({ price, quantity }: Stripe.SubscriptionItem): number =>
  (price.unit_amount ?? 0) * (quantity ?? 1)

/**
 * Credits the rest of the item's period from that instant on, as a pending invoice item: in classic billing mode at the
 * item's price, in flexible mode only what was debited for it.
 */
export function creditUnused(work: Work, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem, at: number) {
  const isFlexible = subscription.billing_mode.type === 'flexible'
  const rest = isFlexible ? debitedRest(work, subscription, item, at) : restOf(subscription, item, at)
  if (isFlexible && rest === 0) return
  addProration(work, subscription, { item, at, what: 'Unused', amount: -rest })
}

/**
 * The part after that instant of all that invoices and pending items have debited for the item, less what they credited.
 * Source: docs.stripe.com/billing/subscriptions/billing-mode.
 */
function debitedRest(work: Work, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem, at: number): number {
  const customer = idOf(subscription.customer) ?? ''
  const pending = work.objects
    .all('invoiceitem', { customer, invoice: null })
    .filter(({ parent }) => parent?.subscription_details?.subscription_item === item.id)
  const billed = work.objects
    .all('invoice', { 'parent.subscription_details.subscription': subscription.id })
    .filter(({ status }) => status !== 'void')
    .flatMap(({ lines }) => lines.data)
    .filter(({ parent }) => parent?.subscription_item_details?.subscription_item === item.id)
  const rests = [...pending, ...billed]
    .filter(({ period }) => period.start <= at && period.end > at)
    .map(({ amount, period }) => prorated(amount, period, at))
  return Math.max(
    0,
    rests.reduce((sum, rest) => sum + rest, 0),
  )
}

/** Bills the item for the rest of its period from that instant on, as a pending invoice item. */
export function billRemaining(
  work: Work,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
) {
  addProration(work, subscription, { item, at, what: 'Remaining', amount: restOf(subscription, item, at) })
}

const restOf = ({ billing_cycle_anchor: anchor }: Stripe.Subscription, item: Stripe.SubscriptionItem, at: number) =>
  prorated(itemAmount(item), intervalAt(item, anchor, at), at)

type Proration = {
  readonly item: Stripe.SubscriptionItem
  readonly at: number
  readonly what: 'Remaining' | 'Unused'
  readonly amount: number
}

function addProration(work: Work, subscription: Stripe.Subscription, { item, at, what, amount }: Proration): void {
  const { price, quantity = 1 } = item
  addItem(work, {
    amount,
    currency: price.currency,
    customer: idOf(subscription.customer) ?? '',
    description: `${what} time on ${quantity} × ${productName(work, price)} after ${dayOf(at)}`,
    invoice: null,
    metadata: {},
    period: { start: at, end: item.current_period_end },
    price,
    quantity,
    subscription: subscription.id,
    subscriptionItem: item.id,
  })
}

const dayOf = (at: number) =>
  new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    at * 1000,
  )
