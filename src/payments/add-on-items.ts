import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type AddOnChange, type AddOnTerms, markOf } from './add-on-change.ts'
import { subscriptionOf, toldIfRefused } from './add-on-requests.ts'
import { type Key, laterKey, step } from './step.ts'
import { faultOf, reached } from './stripe-faults.ts'
import { itemsOf } from './sublists.ts'
import { addOnsAmong } from './subscription-marks.ts'

type Options = { readonly stripe: Stripe; readonly log: Logger }

/**
 * Sets the item to the wanted quantity from now on, and removes other items of add-ons. Nothing is paid or given back.
 */
export async function setItems(
  { stripe, log }: Options,
  change: AddOnChange,
  terms: AddOnTerms,
  subscription: Stripe.Subscription,
): Promise<void> {
  const items = await missingItems(stripe, change, terms, subscription)
  if (items.length === 0) return
  const { teamId: team, key } = change
  const removed = items.filter(({ deleted }) => deleted)
  if (terms.price !== null && removed.length > 0) log.info({ team, key, items: removed }, otherItems)
  const set = (once: Key) =>
    stripe.subscriptions.update(terms.subscription, { items, proration_behavior: 'none' }, once)
  const isSet = async () => {
    const left = await missingItems(stripe, change, terms, await subscriptionOf(stripe, terms))
    return left.length === 0 ? true : null
  }
  await toldIfRefused(log, change, async () => {
    try {
      await step(`${markOf(change)}:set`, set, isSet, laterKey())
    } catch (error) {
      const { kind } = faultOf(error)
      if (kind === 'unknown' && (await isSet())) return
      if (kind !== 'refused' || terms.price === null) throw error
      const again = () => set({ idempotencyKey: `${markOf(change)}:set:${laterKey()}` })
      if (!(await whileActive(stripe, terms.price, again))) throw error
    }
  })
}

/**
 * Takes the step while the archived price is active again: a push of another catalog may have archived it after the change
 * was decided, and its units are paid. False: the price is not archived.
 */
async function whileActive({ prices }: Stripe, price: string, take: () => Promise<unknown>): Promise<boolean> {
  if ((await prices.retrieve(price)).active) return false
  await prices.update(price, { active: true })
  try {
    await take()
  } finally {
    await prices.update(price, { active: false })
  }
  return true
}

/** The changes of items that the subscription still lacks. */
async function missingItems(
  stripe: Stripe,
  { units }: AddOnChange,
  { price }: AddOnTerms,
  subscription: Stripe.Subscription,
): Promise<Stripe.SubscriptionUpdateParams.Item[]> {
  const items = await reached(() => itemsOf(stripe, subscription))
  const mine = items.find((item) => item.price.id === price)
  const others = (await reached(() => addOnsAmong(stripe, items))).filter(({ id }) => id !== mine?.id)
  const removed = others.map(({ id }) => ({ id, deleted: true }))
  if (price === null || mine?.quantity === units) return removed
  return [{ ...(mine === undefined ? { price } : { id: mine.id }), quantity: units }, ...removed]
}

const otherItems = 'The subscription has items of other add-on prices: they are removed'
