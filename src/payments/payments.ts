import type { Money } from '../domain/amounts/money.ts'
import type { Act } from '../domain/audit.ts'
import type { BillingDetails, RefusedDetail } from '../domain/billing-details.ts'
import type { PurchaseId, TeamId } from '../domain/identity.ts'
import type { PlanChangeCost, PricedPlanChange } from '../domain/plan-change-cost.ts'
import type { Taxed, TaxTerms } from '../domain/tax.ts'
import type { PaidInvoice } from './paid-invoice.ts'
import type { Purchase } from './purchase.ts'
import type { RefundTerms } from './refund-terms.ts'

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

/** A refund that the operator asks for. `amount` in nano-units of the price's currency; null: what is unused. */
export type RefundRequest = {
  readonly teamId: TeamId
  readonly key: string
  readonly fingerprint: string
  readonly purchaseId: PurchaseId
  readonly amount: bigint | null
  readonly reason: string
  /** The reason that Stripe is given; absent: the customer's wish. */
  readonly cause?: 'requested_by_customer' | 'fraudulent'
}

/** A refund of an invoice that the operator asks for. `amount` in nano-units; null: all that is left. */
export type InvoiceRefundRequest = Omit<RefundRequest, 'purchaseId' | 'cause'> & { readonly invoice: string }

/**
 * `exceeds`: at most `refundable` can be given back now. `too-fine`: the currency
 * has no such step. `conflict`: the key was used for another refund.
 */
export type NotRefunded =
  | { readonly kind: 'exceeds'; readonly refundable: Money }
  | { readonly kind: 'too-fine'; readonly step: Money }
  | { readonly kind: 'not-found' | 'conflict' }
/** Another system serves the team: how much is unused is known there alone. */
export type AmountNeeded = { readonly kind: 'amount-needed'; readonly system: string }
export type RefundResult = NotRefunded | AmountNeeded | { readonly kind: 'refunded'; readonly purchase: Purchase }
export type InvoiceRefundResult = NotRefunded | { readonly kind: 'refunded'; readonly invoice: PaidInvoice }

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
  /**
   * Gives money of a purchase back, once for the key. The result is `refunded` once Stripe has accepted it and the
   * ledger has taken back what it had bought.
   */
  refund(request: RefundRequest, act: Act): Promise<RefundResult>
  /** Gives money of a paid invoice back, once for the key. The result is `refunded` as for a purchase. */
  refundInvoice(request: InvoiceRefundRequest, act: Act): Promise<InvoiceRefundResult>
  /** The newest paid invoices of the team that are no purchases, the newest first. */
  paidInvoices(teamId: TeamId): Promise<readonly PaidInvoice[]>
  /** The effect of a refund that is asked for now; null: there is no such purchase. */
  refundPreview(teamId: TeamId, id: PurchaseId, amount: bigint | null): Promise<RefundTerms | AmountNeeded | null>
  /** Whether there is a saved method that can be charged without the customer. */
  hasSavedMethod(teamId: TeamId): Promise<boolean>
  /** Whether a purchase that the team begins now is one of a new team. */
  isNewTeam(teamId: TeamId): Promise<boolean>
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
  /**
   * The tax on a price for the team's address; null: none is known. Not older than a minute.
   *
   * @throws {PaymentsOverasked} if the team's budget is used up.
   */
  taxOn(teamId: TeamId, price: Money, terms: TaxTerms): Promise<Taxed | null>
  /**
   * The money that a change of plan costs, for the team's subscription; without one, the price of the first period. Nothing
   * is written.
   *
   * @throws {PaymentsOverasked} if the team's budget is used up.
   */
  planChangeCost(teamId: TeamId, change: PricedPlanChange): Promise<PlanChangeCost>
  /** A team as its invoices name it. */
  billingDetails(teamId: TeamId): Promise<BillingDetails>
  /** Parts that are absent stay as they are. Nothing changes where one is refused. */
  setBillingDetails(teamId: TeamId, details: Partial<BillingDetails>): Promise<RefusedDetail>
  /** The URL of Stripe's own portal: methods, invoices, receipts. */
  billingPortal(teamId: TeamId, returnUrl: string): Promise<string>
}
