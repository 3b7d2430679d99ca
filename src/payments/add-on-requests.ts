import type { Stripe } from 'stripe'
import { type AddOnChange, type AddOnTerms, markOf } from './add-on-rows.ts'
import { reached } from './stripe-faults.ts'

type Update = Stripe.SubscriptionUpdateParams

/** The subscription of a change, as it is now. */
export const subscriptionOf = (stripe: Stripe, { subscription }: AddOnTerms): Promise<Stripe.Subscription> =>
  reached(() => stripe.subscriptions.retrieve(subscription))

/** Raises the item and has it paid, or changes nothing. The item carries the change's mark. */
export const chargeAtOnce = (change: AddOnChange, terms: AddOnTerms): Update => ({
  items: [{ ...raised(terms), metadata: { change: markOf(change) } }],
  ...inFull(terms),
  payment_behavior: 'error_if_incomplete',
})

/** Raises the item once the customer has confirmed and paid the invoice. */
export const chargeOnceConfirmed = (terms: AddOnTerms): Update => ({
  items: [raised(terms)],
  ...inFull(terms),
  payment_behavior: 'pending_if_incomplete',
})

/** Whether the item was raised by this try of the change. */
export const isCharged = ({ items }: Stripe.Subscription, change: AddOnChange, { price }: AddOnTerms): boolean =>
  items.data.some((item) => item.price.id === price && item.metadata.change === markOf(change))

/** The item of an add-on's price: the one that is there, or a new one. */
export const itemOf = (item: string | null, price: string) => (item === null ? { price } : { id: item })

function raised({ item, price, charge }: AddOnTerms) {
  if (price === null || charge === null) throw new Error('Nothing is to be paid')
  return { ...itemOf(item, price), quantity: charge.to }
}

/** The item is paid as if it had been raised when the period began. */
function inFull({ charge }: AddOnTerms) {
  if (charge === null) throw new Error('Nothing is to be paid')
  return { proration_behavior: 'always_invoice', proration_date: charge.from / 1000 } as const
}
