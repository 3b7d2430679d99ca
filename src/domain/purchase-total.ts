import type { Money } from './amounts/money.ts'
import type { NewPurchase } from './purchase.ts'

/** The cost of a purchase. `tax` null: none is computed, or no address is known yet; then `total` is `net`. */
export type PurchaseTotal = { readonly net: Money; readonly tax: Money | null; readonly total: Money }

/** Prices of catalogs have no tax in them, and none is added. */
export const purchaseTotal = ({ price }: Pick<NewPurchase, 'price'>): PurchaseTotal => ({
  net: price,
  tax: null,
  total: price,
})
