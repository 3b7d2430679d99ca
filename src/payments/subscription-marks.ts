import type { Stripe } from 'stripe'
import { inOrderOfCount, isLive, isSold, type MarkedItem, type PlanSubscription } from './plan-subscription.ts'
import { isMissing } from './stripe-faults.ts'
import { itemsOf } from './sublists.ts'

/**
 * The subscription with the plan that its items name; null: none of its prices names a plan. An item that is sold counts
 * before one with the quantity 0.
 */
export async function readPlan(stripe: Stripe, subscription: Stripe.Subscription): Promise<PlanSubscription | null> {
  const items = await Promise.all((await itemsOf(stripe, subscription)).map((item) => readMark(stripe, item)))
  const plans = items.filter(({ plan, addOn }) => plan !== null && addOn === null)
  const found = plans.find(({ item }) => isSold(item)) ?? plans[0]
  return found === undefined || found.plan === null
    ? null
    : { subscription, items, planItem: found.item, planId: found.plan }
}

/** All subscriptions of a customer, with their latest invoices. */
export async function listSubscriptions(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
  const found: Stripe.Subscription[] = []
  const asked: Stripe.SubscriptionListParams = { customer, status: 'all', limit: 100, expand: ['data.latest_invoice'] }
  for await (const one of stripe.subscriptions.list(asked)) found.push(one)
  return found
}

/** `named`: the running subscriptions that sell a plan, the one that counts first. `plan`: that one; null: none sells a plan. */
export type Standing = {
  readonly running: readonly Stripe.Subscription[]
  readonly named: readonly PlanSubscription[]
  readonly plan: PlanSubscription | null
}

/** The standing of a customer with these subscriptions. */
export async function readStanding(stripe: Stripe, subscriptions: readonly Stripe.Subscription[]): Promise<Standing> {
  const running = inOrderOfCount(subscriptions.filter(isLive))
  const live = await Promise.all(running.map((subscription) => readPlan(stripe, subscription)))
  const named = live.filter((one) => one !== null)
  return { running, named, plan: named.find(({ planItem }) => isSold(planItem)) ?? null }
}

/** The items that pay for an add-on of some plan. */
export async function addOnsAmong(
  stripe: Stripe,
  items: readonly Stripe.SubscriptionItem[],
): Promise<Stripe.SubscriptionItem[]> {
  const marked = await Promise.all(items.map((item) => readMark(stripe, item)))
  return marked.filter(({ addOn }) => addOn !== null).map(({ item }) => item)
}

/** The plan that one of these prices sells; null: none of them names a plan. */
export async function planAmong(stripe: Stripe, prices: readonly string[]): Promise<string | null> {
  for (const price of prices) {
    const { plan, addOn } = await markOf(stripe, await stripe.prices.retrieve(price))
    if (plan !== null && addOn === null) return plan
  }
  return null
}

const readMark = async (stripe: Stripe, item: Stripe.SubscriptionItem): Promise<MarkedItem> => ({
  item,
  ...(await markOf(stripe, item.price)),
})

/** The plan or add-on that a price or its product names. */
export async function markOf(stripe: Stripe, { metadata, product }: Stripe.Price): Promise<Omit<MarkedItem, 'item'>> {
  const said = metadata.plan || metadata.add_on ? metadata : await metadataOf(stripe, product)
  return { plan: said.plan || null, addOn: said.add_on || null }
}

async function metadataOf({ products }: Stripe, product: Stripe.Price['product']): Promise<Stripe.Metadata> {
  try {
    const found = typeof product === 'string' ? await products.retrieve(product) : product
    return found.deleted ? {} : found.metadata
  } catch (error) {
    if (isMissing(error)) return {}
    throw error
  }
}
