import type Stripe from 'stripe'
import { changed, type Listing, type Work } from '../api/work.ts'

/** Stores the subscription and its items as they are now; items that it has no more are gone. */
export function keepSubscription(work: Work, subscription: Stripe.Subscription): Stripe.Subscription {
  const kept = new Set(subscription.items.data.map(({ id }) => id))
  for (const { id } of work.objects.all('subscription_item', { subscription: subscription.id })) {
    if (!kept.has(id)) work.objects.remove(id)
  }
  for (const item of [...subscription.items.data].reverse()) work.objects.put('subscription_item', item)
  work.objects.put('subscription', subscription)
  return subscription
}

/** Stores the new state and tells of it, if there is any change. */
export function changeSubscription(
  work: Work,
  before: Stripe.Subscription,
  after: Stripe.Subscription,
): Stripe.Subscription {
  const previous = changed(before, after)
  if (Object.keys(previous).length === 0) return after
  keepSubscription(work, after)
  work.emit('customer.subscription.updated', after, previous)
  return after
}

/** The subscription with these items. */
export function withItems(
  subscription: Stripe.Subscription,
  data: readonly Stripe.SubscriptionItem[],
): Stripe.Subscription {
  return { ...subscription, items: itemList(subscription.id, data) }
}

export const itemList = (
  subscription: string,
  data: readonly Stripe.SubscriptionItem[],
): Listing<Stripe.SubscriptionItem> => ({
  object: 'list',
  data: [...data],
  has_more: false,
  url: `/v1/subscription_items?subscription=${subscription}`,
})

/** When the first of its items is to be billed again. */
export const nextCycle = ({ items }: Stripe.Subscription): number =>
  Math.min(...items.data.map(({ current_period_end }) => current_period_end))

/** When the last of its items' periods ends. */
export const lastPeriodEnd = ({ items }: Stripe.Subscription): number =>
  Math.max(...items.data.map(({ current_period_end }) => current_period_end))

/** Whether the subscription has ended for good. */
export const ended = ({ status }: Stripe.Subscription): boolean =>
  status === 'canceled' || status === 'incomplete_expired'

/** Sets the alarms of what is to happen to the subscription next. */
export function schedule(work: Work, subscription: Stripe.Subscription): void {
  const { id, cancel_at, trial_end, status } = subscription
  const cycle = nextCycle(subscription)
  work.at(cycle, 'subscription.cycle', id)
  if (cancel_at !== null) work.at(cancel_at, 'subscription.cycle', id)
  const upcoming = cycle - upcomingSeconds
  if (upcoming > work.now) work.at(upcoming, 'subscription.upcoming', id)
  if (status === 'trialing' && trial_end !== null) {
    work.at(Math.max(work.now, trial_end - trialWarningSeconds), 'subscription.trial-will-end', id)
  }
}

/** How long before a renewal `invoice.upcoming` tells of it. */
export const upcomingSeconds = 7 * 86_400

/** How long before a trial's end `customer.subscription.trial_will_end` tells of it. */
export const trialWarningSeconds = 3 * 86_400
