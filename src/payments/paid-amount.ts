import type { Stripe } from 'stripe'
import { moneyInWords } from '../catalog/words.ts'
import type { Money } from '../domain/amounts/money.ts'
import type { Taxed } from '../domain/tax.ts'
import { fromMinorUnits } from './minor-units.ts'
import { type Observation, type Purchase, paidOtherwise } from './purchase.ts'

type Price = Pick<Purchase, 'price'>

/**
 * The purpose of a payment. `price` compares with the catalog's price: it is the net amount where tax is added to prices,
 * and the total where they include it, both before the discount of a promotion code. `taxed` null: Stripe has computed no
 * tax. `discount` null: no code has lowered the price.
 */
export type Paid = { readonly price: Money; readonly taxed: Taxed | null; readonly discount: bigint | null }

const moneyOf = (amount: number, currency: string): Money => ({
  amount: fromMinorUnits(amount, currency),
  currency: currency.toUpperCase(),
})

const taxedOf = (tax: number, total: number, currency: string): Taxed => ({
  tax: fromMinorUnits(tax, currency),
  total: fromMinorUnits(total, currency),
})

/** A payment intent by itself has no tax. */
export const paidByIntent = ({ amount_received: amount, currency }: Stripe.PaymentIntent): Paid => ({
  price: moneyOf(amount, currency),
  taxed: null,
  discount: null,
})

/**
 * The payment of a Checkout session. The discount of a promotion code is no part of its `price`, nor is that of a session
 * which costs nothing; any other discount lowers it. Null: the session has no amount.
 */
export function paidBySession(session: Stripe.Checkout.Session): Paid | null {
  const { amount_subtotal: subtotal, amount_total: total, currency, payment_status, total_details: details } = session
  if (subtotal === null || currency === null) return null
  const taken = details?.amount_discount ?? 0
  const isCounted = payment_status === 'no_payment_required' || isByCode(session)
  const discount = isCounted && taken > 0 ? fromMinorUnits(taken, currency) : null
  const price = moneyOf(isCounted ? subtotal : subtotal - taken, currency)
  const tax = details?.amount_tax ?? 0
  const isTaxed = total !== null && total > 0 && (tax > 0 || session.automatic_tax.enabled)
  return { price, taxed: isTaxed ? taxedOf(tax, total, currency) : null, discount }
}

/**
 * Whether only promotion codes, which the customer entered, lower the price. Events of older versions of the API do not
 * name them, and Stripe opens no session that allows codes with another discount.
 */
const isByCode = ({ allow_promotion_codes: allowed, discounts }: Stripe.Checkout.Session): boolean =>
  allowed === true && (discounts ?? []).every(({ promotion_code: code }) => code !== null)

/** The payment of an invoice. */
export function paidByInvoice(invoice: Stripe.Invoice): Paid {
  const { subtotal, total, currency, total_discount_amounts: discounts, total_taxes: taxes } = invoice
  const sumOf = (amounts: readonly { readonly amount: number }[] | null) =>
    (amounts ?? []).reduce((sum, { amount }) => sum + amount, 0)
  const tax = sumOf(taxes)
  const isTaxed = tax > 0 || invoice.automatic_tax.enabled
  const price = moneyOf(subtotal - sumOf(discounts), currency)
  return { price, taxed: isTaxed ? taxedOf(tax, total, currency) : null, discount: null }
}

export const isPrice = ({ amount, currency }: Money, { price }: Price): boolean =>
  amount === price.amount && currency === price.currency

type Outcome = Pick<Observation, 'outcome' | 'declineCode' | 'failure' | 'taxed' | 'discount'>

/** The outcome of a payment that succeeded: only the price brings credits. */
export function paidWith({ price, taxed, discount }: Paid, purchase: Price): Outcome {
  if (isPrice(price, purchase)) return { outcome: 'PAID', taxed, discount }
  const failure =
    `${moneyInWords(price)} was paid instead of ${moneyInWords(purchase.price)}, so no credits were added. ` +
    'Do not pay again: the operator has to refund or correct this payment.'
  return { outcome: 'PAID_OTHERWISE', declineCode: paidOtherwise, failure }
}
