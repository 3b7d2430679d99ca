import { type AfterRetries, openAfterRetries } from '../billing/standing.ts'
import type { Database } from '../store/database.ts'

/** The account's settings in Stripe's dashboard. */
export type BillingControl = {
  /** Sets the treatment of a subscription whose last retry has failed; the default is `cancel`. */
  afterRetries(choice: AfterRetries): void
}

export const billingControl = (database: Database): BillingControl => ({
  afterRetries: openAfterRetries(database).set,
})
