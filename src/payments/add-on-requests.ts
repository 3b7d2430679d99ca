import type { Stripe } from 'stripe'
import type { AddOnTerms } from './add-on-rows.ts'
import { reached } from './stripe-faults.ts'

/** After how long a change that Stripe has not answered is tried again. */
export const soonSeconds = 5

/** The subscription of a change, as it is now. */
export const subscriptionOf = (stripe: Stripe, { subscription }: AddOnTerms): Promise<Stripe.Subscription> =>
  reached(() => stripe.subscriptions.retrieve(subscription))

/** The subscription can't be changed any more. */
export const hasEnded = ({ status }: Stripe.Subscription): boolean =>
  status === 'canceled' || status === 'incomplete_expired'
