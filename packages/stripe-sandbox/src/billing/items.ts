import type Stripe from 'stripe'
import { invalid, missing } from '../api/failure.ts'
import { flag, integer, mergeMetadata, metadata, parameters, text } from '../api/parameters.ts'
import type { Work } from '../api/work.ts'
import { type Period, periodAt } from './calendar.ts'
import { recurringPrice, recurringPriceOf } from './prices.ts'
import { idOf } from './reference.ts'

const maxItems = 20

const itemSettings = {
  metadata: metadata.optional(),
  price: text().optional(),
  price_data: recurringPrice.optional(),
  quantity: integer(0).optional(),
}

/** An item of a new subscription. */
export const newItem = parameters(itemSettings)

/** A change of an item: an existing one, by its id, or a new one. */
export const itemChange = parameters({
  ...itemSettings,
  id: text().optional(),
  deleted: flag.optional(),
  clear_usage: flag.optional(),
})

export type NewItem = ReturnType<typeof newItem.parse>
export type ItemChange = ReturnType<typeof itemChange.parse>

export type ItemPlace = {
  readonly subscription: string
  /** Null: from now to the end of the price's interval, which is counted from the anchor. */
  readonly period: Period | null
  readonly anchor: number
}

/** A new item of a price; not stored. */
export function makeItem(work: Work, given: NewItem, { subscription, period, anchor }: ItemPlace) {
  const price = recurringPriceOf(work, given)
  if (price === undefined) {
    throw invalid('Missing required param: items[0][price].', { code: 'parameter_missing', param: 'items[0][price]' })
  }
  const item: Stripe.SubscriptionItem = {
    id: work.id('subscription_item'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: work.now,
    current_period_end: 0,
    current_period_start: 0,
    current_trial: null,
    discounts: [],
    metadata: mergeMetadata({}, given.metadata),
    plan: planOf(price),
    price,
    quantity: given.quantity ?? 1,
    subscription,
    tax_rates: [],
  }
  return inPeriod(item, period ?? { start: work.now, end: intervalAt(item, anchor, work.now).end })
}

/** The items after the changes, in their order. Throws if a change is not possible. */
export function changeItems(
  work: Work,
  subscription: Stripe.Subscription,
  changes: readonly ItemChange[],
): Stripe.SubscriptionItem[] {
  let items: Stripe.SubscriptionItem[] = subscription.items.data
  for (const { id, deleted, clear_usage: _, ...given } of changes) {
    if (id === undefined) {
      if (deleted === true) throw invalid('You must pass the `id` of an item to delete it.', { param: 'items[0][id]' })
      items = [...items, addedItem(work, subscription, given)]
      continue
    }
    const before = items.find((item) => item.id === id)
    if (before === undefined) throw missing('subscription item', id, 'items[0][id]')
    items =
      deleted === true
        ? items.filter((item) => item !== before)
        : items.map((item) => (item === before ? changedItem(work, before, given) : item))
  }
  refuseItems(items)
  return items
}

/** Throws if a subscription can't have these items together. */
export function refuseItems(items: readonly Stripe.SubscriptionItem[]): void {
  if (items.length === 0) {
    throw invalid('A subscription must have at least one active item. To end it, cancel the subscription.')
  }
  if (items.length > maxItems) throw invalid(`A subscription can have up to ${maxItems} items.`, { param: 'items' })
  const prices = items.map(({ price }) => price.id)
  const twice = prices.find((price, index) => prices.indexOf(price) !== index)
  if (twice !== undefined) {
    throw invalid(`Cannot add multiple subscription items with the same plan: ${twice}`, { param: 'items' })
  }
  if (new Set(items.map(({ price }) => price.currency)).size > 1) {
    throw invalid('All prices on a subscription must have the same currency.', { param: 'items' })
  }
}

function addedItem(work: Work, subscription: Stripe.Subscription, given: NewItem): Stripe.SubscriptionItem {
  const trialing = subscription.status === 'trialing' && subscription.trial_end !== null
  const period = trialing ? { start: work.now, end: subscription.trial_end ?? work.now } : null
  return makeItem(work, given, { subscription: subscription.id, period, anchor: subscription.billing_cycle_anchor })
}

function changedItem(work: Work, before: Stripe.SubscriptionItem, given: NewItem): Stripe.SubscriptionItem {
  const price = recurringPriceOf(work, given) ?? before.price
  return {
    ...before,
    metadata: mergeMetadata(before.metadata, given.metadata),
    plan: planOf(price),
    price,
    quantity: given.quantity ?? before.quantity ?? 1,
  }
}

/** The item in this period. */
export const inPeriod = (item: Stripe.SubscriptionItem, { start, end }: Period): Stripe.SubscriptionItem => ({
  ...item,
  current_period_start: start,
  current_period_end: end,
})

/** The whole period of the item's price that contains the instant, counted from the anchor. */
export const intervalAt = ({ price }: Stripe.SubscriptionItem, anchor: number, instant: number): Period =>
  periodAt(anchor, price.recurring ?? { interval: 'month', interval_count: 1 }, instant)

function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: idOf(price.product),
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  }
}
