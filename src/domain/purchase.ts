import type { Credits } from './amounts/credits.ts'
import type { Money } from './amounts/money.ts'
import type { Instant, MemberId, PurchaseId } from './identity.ts'

/** Why credits are bought: a member bought them, or the balance fell below the threshold of auto-recharge. */
export const purchaseCauses = ['PURCHASE', 'RECHARGE'] as const
export type PurchaseCause = (typeof purchaseCauses)[number]

export const purchaseStates = ['PENDING', 'PAID', 'FAILED', 'CANCELED', 'REFUNDED', 'DISPUTED'] as const
export type PurchaseState = (typeof purchaseStates)[number]

/** AUTO: the saved method if there is one, else Checkout. */
export const payWiths = ['AUTO', 'SAVED_METHOD', 'CHECKOUT'] as const
export type PayWith = (typeof payWiths)[number]

/** Ways to pay that Stripe can charge later while nobody is there, by its own names. */
export const paymentMethods = ['card', 'link', 'us_bank_account', 'sepa_debit'] as const
export type PaymentMethod = (typeof paymentMethods)[number]

/**
 * The terms of a purchase at the moment of its decision. They are stored with the decision, before the first request
 * for money. The purchase's outcome is not part of them: it belongs to payments.
 */
export type NewPurchase = {
  readonly id: PurchaseId
  readonly cause: PurchaseCause
  /** Null: an amount of one's own. */
  readonly packageId: string | null
  /** The catalog that sold it. */
  readonly catalogVersion: string
  readonly credits: Credits
  readonly price: Money
  readonly pay: PayWith
  /** The page that Checkout returns to; null: the gateway's own page. */
  readonly successUrl: string | null
  readonly cancelUrl: string | null
  /** The member who bought; null: the purchase is a recharge. */
  readonly memberId: MemberId | null
  readonly createdAt: Instant
}

/** The choice of a buyer: a package, or an amount of one's own. */
export type PurchaseChoice = { readonly packageId: string } | { readonly credits: Credits }

/** Why a payment failed: whether a retry may help, or what the customer has to do. */
export type PaymentFailure =
  | { readonly kind: 'declined' | 'never-retry'; readonly reason: string }
  | { readonly kind: 'action-required'; readonly url: string }

/** The prefix of the sources of bought credits; the payment follows it: `pi_…`, or `cs_…` where Checkout cost nothing. */
export const paymentSource = 'stripe:'

/** The source of the grant that a payment deposits. */
export const sourceOfPayment = (payment: string): string => `${paymentSource}${payment}`

/**
 * The credits of a purchase that are taken back with an amount of its payment: in proportion, to the micro-credit,
 * rounded for the team; all of them with the total. `amount` and `total` both include the tax. Of a purchase that cost
 * nothing, nothing is taken back.
 */
export function takenBack({ credits, total }: { credits: Credits; total: bigint }, amount: bigint): Credits {
  if (amount === 0n) return 0n
  return amount >= total ? credits : (credits * amount) / total
}
