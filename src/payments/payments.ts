import type { PurchaseId, TeamId } from '../domain/identity.ts'
import type { Purchase } from './purchase.ts'

/** Stripe can't be asked now, and nothing was charged: the same again may be tried after `retryAfterSeconds`. */
export class PaymentsUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable'
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number, cause?: unknown) {
    super(`Payments are out of reach: try again in ${retryAfterSeconds} seconds`, { cause })
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * What came of a change of units. `not-available`: no active subscription, paid for by a saved method, is there to pay for
 * them; `no-method`: none is saved. Both leave everything as it was, and the same key may try again.
 */
export type AddOnResult =
  | { readonly kind: 'done' | 'not-available' | 'no-method' }
  | { readonly kind: 'declined'; readonly reason: string | null; readonly declineCode: string | null }
  | { readonly kind: 'action-required'; readonly actionUrl: string }

/** Everything that is asked of Stripe. All of it may throw PaymentsUnavailable. */
export type Payments = {
  /**
   * Takes a purchase as far as it goes now, however often it is called: charged by the saved method (PAID, FAILED, or
   * PENDING with an `actionUrl`), or waiting for the customer at its `checkoutUrl`. PENDING without either: what came of
   * it is not known yet, and will be found out. Its credits are on the balance when this resolves to PAID.
   */
  pursue(teamId: TeamId, id: PurchaseId): Promise<Purchase>
  /**
   * Sets the add-on units that the team's subscription pays for, once for the key, whose order the ledger has taken. When
   * it is done, the ledger has the units.
   */
  setAddOnUnits(teamId: TeamId, key: string, units: number): Promise<AddOnResult>
  /** Whether a method is saved that can be charged while nobody is there. */
  hasSavedMethod(teamId: TeamId): Promise<boolean>
  /**
   * Counts a request of the team's callers, before Stripe is asked for it.
   *
   * @throws {PaymentsOverasked} where the team's budget is used up.
   */
  countRequest(teamId: TeamId): Promise<void>
  /** A page of Stripe on which the team saves a method; it comes back to `returnUrl`. The same one while it is open. */
  setupPage(teamId: TeamId, returnUrl: string): Promise<string>
  /** Stripe's own portal: methods, invoices, receipts. */
  billingPortal(teamId: TeamId, returnUrl: string): Promise<string>
}
