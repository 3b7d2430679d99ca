import type { Stripe } from 'stripe'
import type { TaxTerms } from '../domain/tax.ts'
import { toMinorUnits } from './minor-units.ts'
import type { Purchase } from './purchase.ts'
import type { PushedLine, PushedPrices } from './pushed-prices.ts'
import { step } from './step.ts'
import { faultOf } from './stripe-faults.ts'

export type PurchaseLine = {
  readonly purchase: Purchase
  readonly title: string
  /** How the price is taxed; null: not at all. */
  readonly tax: TaxTerms | null
  /** The draft that it is the only line of. */
  readonly invoice: string
  /** The idempotency key of the line. */
  readonly key: string
  /** Ends the key of a second try. */
  readonly again?: string
}

/**
 * Adds the line of a purchase to the draft of its invoice, once. It has the pushed price. Where Stripe refuses that, or
 * another process has tried with another one, the line has the amount itself.
 */
export async function addPurchaseLine(stripe: Stripe, pushed: PushedPrices, line: PurchaseLine): Promise<void> {
  const { purchase, title, tax, invoice, key, again } = line
  const hasLine = async () => ((await stripe.invoices.retrieve(invoice)).subtotal > 0 ? true : null)
  const add = (found: PushedLine, name: string) =>
    step(name, (options) => stripe.invoiceItems.create(itemOf(line, found), options), hasLine, again)
  const found = await pushed.lineOf(purchase, title, tax)
  try {
    await add(found, key)
  } catch (error) {
    const { kind } = faultOf(error)
    const isRefused = kind === 'refused' && found !== null
    if (!isRefused && kind !== 'other-parameters') throw error
    pushed.forget(purchase)
    if ((await hasLine()) === null) await add(null, `${key}:inline`)
  }
}

function itemOf(
  { purchase: { id, customer, price }, title, tax, invoice }: PurchaseLine,
  pushed: PushedLine,
): Stripe.InvoiceItemCreateParams {
  if (customer === null) throw new Error(`Purchase ${id} has no customer`)
  const item = { customer, invoice, description: title }
  if (pushed?.price) return { ...item, pricing: { price: pushed.price } }
  const currency = price.currency.toLowerCase()
  const amount = toMinorUnits(price)
  const behavior = tax === null ? {} : { tax_behavior: tax.behavior }
  if (pushed !== null) {
    return { ...item, price_data: { product: pushed.product, currency, unit_amount: amount, ...behavior } }
  }
  return { ...item, amount, currency, ...behavior, ...(tax === null ? {} : { tax_code: tax.code }) }
}
