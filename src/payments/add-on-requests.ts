import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { AddOnChange, AddOnTerms } from './add-on-change.ts'
import { StripeUnavailable } from './payments.ts'
import { soonSeconds } from './schedule.ts'
import { faultOf, isRefusal, reached } from './stripe-faults.ts'

/** The subscription of a change, as it is now. */
export const subscriptionOf = (stripe: Stripe, { subscription }: AddOnTerms): Promise<Stripe.Subscription> =>
  reached(() => stripe.subscriptions.retrieve(subscription))

/** The subscription can't be changed any more. */
export const hasEnded = ({ status }: Stripe.Subscription): boolean =>
  status === 'canceled' || status === 'incomplete_expired'

/** Runs a call that charges nothing, and may be retried. A refusal is told to the operator. */
export async function toldIfRefused<T>(log: Logger, change: AddOnChange, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof StripeUnavailable) throw error
    const { teamId: team, key, invoice } = change
    const fault = faultOf(error)
    if (isRefusal(fault)) {
      const message =
        invoice === null ? 'Stripe refused a change of units' : 'Stripe refused to set units that are paid'
      log.error({ err: error, team, key, invoice }, message)
    }
    throw new StripeUnavailable(fault.kind === 'unavailable' ? fault.retryAfterSeconds : soonSeconds, error)
  }
}
