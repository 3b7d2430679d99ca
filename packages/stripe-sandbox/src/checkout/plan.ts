import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import type { SubscriptionPlan } from '../billing/new-subscription.ts'
import type { MethodOptions } from '../payments/method-options.ts'
import { openSecrets } from '../store/secrets.ts'
import type { TaxBehavior } from '../tax/rates.ts'

/** The effects of a checkout when it is paid; the API does not show them. */
export type CheckoutPlan = {
  readonly lines: Stripe.LineItem[]
  /** Whether the amount of each line includes tax. */
  readonly taxBehaviors?: readonly TaxBehavior[]
  /** Whether the customer gets the address and the name that the payer enters. */
  readonly savesAddress?: boolean
  readonly savesName?: boolean
  readonly description?: string
  readonly methodOptions?: MethodOptions
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
