import type { Money } from './amounts/money.ts'
import type { Taxed } from './tax.ts'

/** The cost of a purchase. `tax` null: none is computed, or no address is known yet; then `total` is `net`. */
export type PurchaseTotal = { readonly net: Money; readonly tax: Money | null; readonly total: Money }

/** `discount`: the amount that a promotion code takes off the price, in nano-units of its currency; null: nothing. `taxed` counts it in. */
export type Charged = { readonly price: Money; readonly discount: bigint | null; readonly taxed: Taxed | null }

export function purchaseTotal({ price, discount, taxed }: Charged): PurchaseTotal {
  const money = (amount: bigint): Money => ({ amount, currency: price.currency })
  if (taxed !== null) return { net: money(taxed.total - taxed.tax), tax: money(taxed.tax), total: money(taxed.total) }
  const net = money(price.amount - (discount ?? 0n))
  return { net, tax: null, total: net }
}
