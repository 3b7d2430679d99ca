import { compileRateCard } from '../domain/compile-rate-card.ts'
import type { Catalog, WholeCatalog } from './catalog.ts'
import { deepFreeze } from './freeze.ts'

/** The catalog with the prices of one currency; null: of the main one. A currency without prices sells nothing. */
export function inCurrency(whole: WholeCatalog, currency: string | null): Catalog {
  if (currency === null || currency === whole.currency) return whole
  return whole.others.find((other) => other.currency === currency) ?? withoutPrices(whole, currency)
}

const unsold = new WeakMap<WholeCatalog, Map<string, Catalog>>()

/** Where a catalog does not know the currency of a team, the team spends credits, and nothing costs money. */
function withoutPrices(whole: WholeCatalog, currency: string): Catalog {
  const made = unsold.get(whole) ?? new Map<string, Catalog>()
  unsold.set(whole, made)
  const known = made.get(currency)
  if (known !== undefined) return known
  const { others: _, ...catalog } = whole
  const { version, rounding, creditsPerMoney } = catalog.rateCard
  const categories = catalog.rateCard.categories.map((category) => ({
    ...category,
    rates: category.rates.filter(({ settlement }) => settlement !== 'METERED'),
  }))
  const rateCard = compileRateCard({ version, categories, rounding, creditsPerMoney })
  const sold = { packages: [], customTopUp: null, creditLine: null, rateCard }
  const purchaseLimits = { ...catalog.purchaseLimits, moneyPerDay: null }
  const empty = deepFreeze<Catalog>({ ...catalog, ...sold, purchaseLimits, currency })
  made.set(currency, empty)
  return empty
}
