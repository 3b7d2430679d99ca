import type { Stripe } from 'stripe'
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

/** The item has a quantity: with none it sells nothing. Metered items have no quantity. */
export const isSold = ({ quantity }: Stripe.SubscriptionItem): boolean => quantity !== 0

/** How many units of its plan's add-on the subscription pays for. */
const unitsOf = ({ items, planId }: PlanSubscription): number =>
  items.filter(({ addOn }) => addOn === planId).reduce((sum, { item }) => sum + (item.quantity ?? 0), 0)

/** The command that describes the subscription's state. `paidThrough`: see `paidThroughOf`. */
export function commandOf(standing: PlanSubscription, paidThrough: Instant | null): FollowSubscription {
  const { subscription, planItem, planId } = standing
  return {
    kind: 'follow-subscription',
    subscription: subscription.id,
    planId,
    seats: planItem.quantity ?? 1,
    interval: intervalOf(planItem.price),
    anchor: subscription.billing_cycle_anchor * 1000,
    addOnUnits: unitsOf(standing),
    paidThrough,
    renews: renews(standing),
    isTrialing: subscription.status === 'trialing',
    ended: false,
    refunded: false,
  }
}

const renews = ({ subscription, planItem }: PlanSubscription): boolean =>
  !subscription.cancel_at_period_end &&
  (subscription.cancel_at === null || subscription.cancel_at > planItem.current_period_end)

/** How often the price is paid; null: neither by the month nor by the year. */
export const intervalOf = ({ recurring }: Stripe.Price): 'MONTH' | 'YEAR' | null =>
  intervals[recurring?.interval ?? ''] ?? null

const intervals: Readonly<Record<string, 'MONTH' | 'YEAR'>> = { month: 'MONTH', year: 'YEAR' }
