import { type AfterRetries, openAfterRetries } from '../billing/standing.ts'
import type { Database } from '../store/database.ts'

/** What the account's settings say at Stripe's dashboard. */
export type BillingControl = {
  /** What becomes of a subscription whose last retry has failed; `cancel` unless it was set. */
  afterRetries(choice: AfterRetries): void
}

export const billingControl = (database: Database): BillingControl => ({
  afterRetries: openAfterRetries(database).set,
})
