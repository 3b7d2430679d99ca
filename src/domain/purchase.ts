import type { Credits } from './credits.ts'
import type { Instant, MemberId, PurchaseId } from './identity.ts'
import type { Money } from './money.ts'

/** Why credits are bought: somebody wanted to, or the balance fell below the threshold of auto-recharge. */
export const purchaseCauses = ['PURCHASE', 'RECHARGE'] as const
export type PurchaseCause = (typeof purchaseCauses)[number]

export const purchaseStates = ['PENDING', 'PAID', 'FAILED', 'CANCELED', 'REFUNDED', 'DISPUTED'] as const
export type PurchaseState = (typeof purchaseStates)[number]

/** AUTO: the saved method where there is one, else Checkout. */
export const payWiths = ['AUTO', 'SAVED_METHOD', 'CHECKOUT'] as const
export type PayWith = (typeof payWiths)[number]

/**
 * What is to be sold, at the terms of the moment it was decided: written with the decision, before anybody is asked for
 * money. What came of it is for the payments to say.
 */
export type NewPurchase = {
  readonly id: PurchaseId
  readonly cause: PurchaseCause
  readonly packageId: string
  /** The catalog that sold it. */
  readonly catalogVersion: string
  readonly credits: Credits
  readonly price: Money
  readonly pay: PayWith
  /** Where Checkout comes back to; null: the gateway's own page. */
  readonly successUrl: string | null
  readonly cancelUrl: string | null
  /** Who bought; null: nobody, it was a recharge. */
  readonly memberId: MemberId | null
  readonly createdAt: Instant
}

/** Why a payment came to nothing: whether asking again may help, or what the customer has to do. */
export type PaymentFailure =
  | { readonly kind: 'declined' | 'never-retry'; readonly reason: string }
  | { readonly kind: 'action-required'; readonly url: string }

/** What the sources of bought credits begin with; behind it stands the payment, `pi_…`. */
export const paymentSource = 'stripe:'

/** The source of the grant that a payment (`pi_…`) deposits. */
export const sourceOfPayment = (intent: string): string => `${paymentSource}${intent}`

/**
 * How much of a purchase's credits a payment taken back takes back: in proportion, to the micro-credit, rounded for the
 * team; all of it with all of the price.
 */
export function takenBack({ credits, price }: Pick<NewPurchase, 'credits' | 'price'>, amount: bigint): Credits {
  return amount >= price.amount ? credits : (credits * amount) / price.amount
}
