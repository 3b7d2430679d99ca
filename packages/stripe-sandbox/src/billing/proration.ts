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

/** Credits the rest of the item's period from that instant on, as a pending invoice item. */
export function creditUnused(work: Work, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem, at: number) {
  prorate(work, subscription, item, at, -1)
}

/** Bills the item for the rest of its period from that instant on, as a pending invoice item. */
export function billRemaining(
  work: Work,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
) {
  prorate(work, subscription, item, at, 1)
}

function prorate(
  work: Work,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  at: number,
  sign: 1 | -1,
): void {
  const { price, quantity = 1 } = item
  const amount = prorated(itemAmount(item), intervalAt(item, subscription.billing_cycle_anchor, at), at)
  const what = `${sign === 1 ? 'Remaining' : 'Unused'} time on ${quantity} × ${productName(work, price)}`
  addItem(work, {
    amount: sign * amount,
    currency: price.currency,
    customer: idOf(subscription.customer) ?? '',
    description: `${what} after ${dayOf(at)}`,
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
