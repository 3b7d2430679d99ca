import type { Stripe } from 'stripe'
import { moneyInWords } from '../catalog/words.ts'
import type { Money } from '../domain/amounts/money.ts'
import { purchaseTotal } from '../domain/purchase-total.ts'
import { fromMinorUnits } from './minor-units.ts'
import { paidByIntent } from './paid-amount.ts'
import { isDispute, type Purchase } from './purchase.ts'
import { tagOf } from './stripe-metadata.ts'

/** How a payment at Stripe and a purchase here may disagree. */
export const differenceKinds = [
  /** A payment that was made for a purchase which is not here. */
  'PAYMENT_WITHOUT_PURCHASE',
  /** A purchase that is paid here alone. */
  'PURCHASE_WITHOUT_PAYMENT',
  /** A payment succeeded, and its purchase is not paid. */
  'PAYMENT_NOT_COUNTED',
  /** A second payment of a purchase, which was not given back. */
  'SECOND_PAYMENT',
  /** Another amount than the purchase costs was received. */
  'OTHER_AMOUNT',
  /** Another amount was given back than is known here. */
  'OTHER_REFUNDS',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** `stripe` and `here`: what either side says, in words. */
export type Difference = {
  readonly kind: DifferenceKind
  /** `pi_…` */
  readonly payment: string
  readonly teamId: string
  readonly purchase: number
  readonly stripe: string
  readonly here: string
}

type Name = Pick<Difference, 'payment' | 'teamId' | 'purchase'>

/** The difference between a payment that succeeded, with its charge, and the purchase that it names; null: none. */
export function differenceOf(
  intent: Stripe.PaymentIntent,
  { teamId, id, tag }: { readonly teamId: string; readonly id: number; readonly tag: string },
  purchase: Purchase | null,
): Difference | null {
  const name = { payment: intent.id, teamId, purchase: id }
  const { price: received } = paidByIntent(intent)
  const returned = refundedBy(intent)
  const stripe = sumsInWords(received, returned)
  if (purchase === null || tag !== tagOf(purchase)) {
    return { kind: 'PAYMENT_WITHOUT_PURCHASE', ...name, stripe, here: 'no such purchase' }
  }
  const here = inWords(purchase)
  const isGivenBack = returned.amount >= received.amount
  if (purchase.intent !== intent.id && purchase.outcome === 'PAID') {
    return isGivenBack ? null : { kind: 'SECOND_PAYMENT', ...name, stripe, here: `paid by ${purchase.intent}` }
  }
  if (purchase.outcome === 'PAID_OTHERWISE') {
    return isGivenBack ? null : { kind: 'OTHER_AMOUNT', ...name, stripe, here }
  }
  if (purchase.outcome !== 'PAID') return { kind: 'PAYMENT_NOT_COUNTED', ...name, stripe, here }
  const { total } = purchaseTotal(purchase)
  if (received.amount !== total.amount || received.currency !== total.currency) {
    return { kind: 'OTHER_AMOUNT', ...name, stripe, here }
  }
  return returned.amount === refundedHere(purchase).amount ? null : { kind: 'OTHER_REFUNDS', ...name, stripe, here }
}

/** The difference of a purchase that is paid here, whose payment Stripe does not have, or has with another status. */
export const withoutPayment = (purchase: Purchase, name: Name, status: string | null): Difference => ({
  kind: 'PURCHASE_WITHOUT_PAYMENT',
  ...name,
  stripe: status ?? 'no such payment',
  here: inWords(purchase),
})

const refundedBy = ({ latest_charge: charge, currency }: Stripe.PaymentIntent): Money => ({
  amount: typeof charge === 'object' && charge !== null ? fromMinorUnits(charge.amount_refunded, currency) : 0n,
  currency: currency.toUpperCase(),
})

/** Disputes move money without a refund. */
const refundedHere = ({ reversals, price }: Purchase): Money => ({
  amount: reversals
    .filter(({ id, effect }) => effect === 'WITHDRAWN' && !isDispute(id))
    .reduce((sum, { amount }) => sum + amount, 0n),
  currency: price.currency,
})

const inWords = (purchase: Purchase): string =>
  `${purchase.state.toLowerCase()}, ${sumsInWords(purchaseTotal(purchase).total, refundedHere(purchase))}`

const sumsInWords = (paid: Money, returned: Money): string =>
  returned.amount === 0n ? moneyInWords(paid) : `${moneyInWords(paid)}, ${moneyInWords(returned)} given back`
