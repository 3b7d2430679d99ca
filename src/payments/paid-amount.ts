import type { Stripe } from 'stripe'
import { moneyInWords } from '../catalog/words.ts'
import type { Money } from '../domain/amounts/money.ts'
import { fromMinorUnits } from './minor-units.ts'
import { type Observation, type Purchase, paidOtherwise } from './purchase.ts'

type Price = Pick<Purchase, 'price'>

const moneyOf = (amount: number, currency: string): Money => ({
  amount: fromMinorUnits(amount, currency),
  currency: currency.toUpperCase(),
})

/** The money that a payment intent has taken. It includes taxes. */
export const receivedBy = ({ amount_received: amount, currency }: Stripe.PaymentIntent): Money =>
  moneyOf(amount, currency)

/**
 * The price that a Checkout session charged, without taxes. A session that costs nothing, because of a discount, has the
 * price before the discount. Null: the session has no amount.
 */
export function netOf({ amount_subtotal: subtotal, currency, payment_status, total_details }: Stripe.Checkout.Session) {
  if (subtotal === null || currency === null) return null
  const discount = payment_status === 'no_payment_required' ? 0 : (total_details?.amount_discount ?? 0)
  return moneyOf(subtotal - discount, currency)
}

export const isPrice = ({ amount, currency }: Money, { price }: Price): boolean =>
  amount === price.amount && currency === price.currency

/** The outcome of a payment that succeeded: only the price brings credits. */
export function paidWith(paid: Money, purchase: Price): Pick<Observation, 'outcome' | 'declineCode' | 'failure'> {
  if (isPrice(paid, purchase)) return { outcome: 'PAID' }
  const failure =
    `${moneyInWords(paid)} was paid instead of ${moneyInWords(purchase.price)}, so no credits were added. ` +
    'Do not pay again: the operator has to refund or correct this payment.'
  return { outcome: 'PAID_OTHERWISE', declineCode: paidOtherwise, failure }
}
