import type { PurchaseId, TeamId } from '../domain/identity.ts'
import type { Purchase } from './purchase.ts'

/** Stripe can't be reached now, and nothing was charged: the same request may be retried after `retryAfterSeconds`. */
export class StripeUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable'
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number, cause?: unknown) {
    super(`Payments are out of reach: try again in ${retryAfterSeconds} seconds`, { cause })
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * The outcome of a change of units. `not-available`: no active subscription that is paid by a saved method can pay for
 * them. `no-method`: no method is saved. Both change nothing, and the same key may retry.
 */
export type AddOnResult =
  | { readonly kind: 'done' | 'not-available' | 'no-method' }
  | { readonly kind: 'declined'; readonly reason: string | null; readonly declineCode: string | null }
  | { readonly kind: 'action-required'; readonly actionUrl: string }

/** All operations that call Stripe. Each may throw StripeUnavailable. */
export type Payments = {
  /**
   * Continues a purchase as far as possible now; repeated calls are harmless. The purchase is charged by the saved
   * method (PAID, FAILED, or PENDING with an `actionUrl`), or waits for the customer at its `checkoutUrl`. PENDING
   * without either: the outcome is not known yet, and will be found out. Its credits are on the balance when this
   * resolves to PAID.
   */
  advance(teamId: TeamId, id: PurchaseId): Promise<Purchase>
  /**
   * Sets the add-on units that the team's subscription pays for, once for the key. The ledger has accepted the order
   * before. When the result is `done`, the ledger has the units.
   */
  setAddOnUnits(teamId: TeamId, key: string, units: number): Promise<AddOnResult>
  /** Whether there is a saved method that can be charged without the customer. */
  hasSavedMethod(teamId: TeamId): Promise<boolean>
  /**
   * Counts a request of the team's callers, before it is sent to Stripe.
   *
   * @throws {PaymentsOverasked} if the team's budget is used up.
   */
  countRequest(teamId: TeamId): Promise<void>
  /**
   * The URL of Stripe's page on which the team saves a method; the page returns to `returnUrl`. While a page is open,
   * the result is the same one.
   *
   * @throws {PaymentsOverasked} if the team has opened too many within an hour.
   */
  setupPage(teamId: TeamId, returnUrl: string): Promise<string>
  /** The URL of Stripe's own portal: methods, invoices, receipts. */
  billingPortal(teamId: TeamId, returnUrl: string): Promise<string>
}
