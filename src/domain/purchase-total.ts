import type { Money } from './amounts/money.ts'
import type { Taxed } from './tax.ts'

/** The cost of a purchase. `tax` null: none is computed, or no address is known yet; then `total` is `net`. */
export type PurchaseTotal = { readonly net: Money; readonly tax: Money | null; readonly total: Money }

export function purchaseTotal(price: Money, taxed: Taxed | null): PurchaseTotal {
  if (taxed === null) return { net: price, tax: null, total: price }
  const { tax, total } = taxed
  const money = (amount: bigint): Money => ({ amount, currency: price.currency })
  return { net: money(total - tax), tax: money(tax), total: money(total) }
}
