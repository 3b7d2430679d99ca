import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import type { SubscriptionPlan } from '../billing/new-subscription.ts'
import { openSecrets } from '../store/secrets.ts'

/** The effects of a checkout when it is paid; the API does not show them. */
export type CheckoutPlan = {
  readonly lines: Stripe.LineItem[]
  readonly description?: string
  readonly metadata: Record<string, string>
  readonly receiptEmail?: string
  readonly setupFutureUsage?: 'off_session' | 'on_session'
  /** The subscription that begins when the checkout is paid, in `subscription` mode. */
  readonly subscription?: Omit<SubscriptionPlan, 'customer'>
}

export const keepPlan = (work: Work, session: string, plan: CheckoutPlan) =>
  openSecrets<CheckoutPlan>(work.database).set(session, plan)

export function planOf(work: Work, session: string): CheckoutPlan {
  return openSecrets<CheckoutPlan>(work.database).get(session) ?? { lines: [], metadata: {} }
}
