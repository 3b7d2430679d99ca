import type { CatalogContent } from './content.ts'
import type { Mismatch, Path } from './faults.ts'
import { currenciesOf, type PricesContent, priceIn } from './prices.ts'

/**
 * `isRequired`: it has a price in each currency, because teams of each currency may have to pay it. Packages and other
 * offers are not sold in a currency in which they have no price.
 */
type Priced = { readonly path: Path; readonly prices: PricesContent; readonly isRequired: boolean }

/** Prices are in the catalog's own currencies, and in each one where that is needed. */
export function* currencyMismatches(content: CatalogContent): Generator<Mismatch> {
  const currencies = currenciesOf(content)
  for (const [index, currency] of (content.otherCurrencies ?? []).entries()) {
    if (currencies.indexOf(currency) === index + 1) continue
    yield { path: ['otherCurrencies', index], expected: 'a currency that is not named yet' }
  }
  for (const priced of pricesOf(content)) yield* priceMismatches(priced, currencies)
  yield* tierMismatches(content, currencies)
  for (const [c, { rates }] of content.categories.entries()) {
    for (const [r, { money, settlement }] of rates.entries()) {
      if (settlement === 'METERED' || money === undefined || typeof money === 'bigint') continue
      yield {
        path: ['categories', c, 'rates', r, 'money'],
        expected: `a price in ${content.currency} alone, because it is paid in credits, which cost the same in each currency`,
      }
    }
  }
}

function* priceMismatches(
  { path, prices, isRequired }: Priced,
  currencies: ReturnType<typeof currenciesOf>,
): Generator<Mismatch> {
  const [main] = currencies
  if (typeof prices !== 'bigint') {
    for (const currency of Object.keys(prices)) {
      if (currencies.includes(currency)) continue
      yield { path: [...path, currency], expected: `a currency of this catalog: ${currencies.join(', ')}` }
    }
  }
  const missing = currencies.filter((currency) => priceIn(prices, currency, main) === null)
  if (missing.length === 0 || (!isRequired && !missing.includes(main))) return
  const expected = isRequired ? `a price in each currency: ${currencies.join(', ')}` : `a price in ${main}`
  yield { path, problem: `has no price in ${missing.join(', ')}`, expected }
}

function* pricesOf({ packages, plans, categories, creditLine, purchaseLimits }: CatalogContent): Generator<Priced> {
  for (const [index, { price }] of packages.entries()) {
    yield { path: ['packages', index, 'price'], prices: price, isRequired: false }
  }
  for (const [index, { addOn }] of plans.entries()) {
    if (addOn) yield { path: ['plans', index, 'addOn', 'price'], prices: addOn.price, isRequired: true }
  }
  for (const [c, { rates }] of categories.entries()) {
    for (const [r, { money, settlement }] of rates.entries()) {
      if (money === undefined || settlement !== 'METERED') continue
      yield { path: ['categories', c, 'rates', r, 'money'], prices: money, isRequired: true }
    }
  }
  if (creditLine) yield { path: ['creditLine', 'perCredit'], prices: creditLine.perCredit, isRequired: true }
  const perDay = purchaseLimits?.moneyPerDay
  if (perDay) yield { path: ['purchaseLimits', 'moneyPerDay'], prices: perDay, isRequired: false }
}

/** Each tier has prices in the same currencies, so that an amount is sold in a currency or is not. */
function* tierMismatches(
  { customTopUp }: CatalogContent,
  currencies: ReturnType<typeof currenciesOf>,
): Generator<Mismatch> {
  const [main] = currencies
  const tiers = customTopUp?.tiers ?? []
  const sold = currencies.filter((one) => tiers.some(({ perCredit }) => priceIn(perCredit, one, main) !== null))
  for (const [index, { perCredit: prices }] of tiers.entries()) {
    const path = ['customTopUp', 'tiers', index, 'perCredit']
    for (const fault of priceMismatches({ path, prices, isRequired: false }, currencies)) yield fault
    const missing = sold.filter((one) => one !== main && priceIn(prices, one, main) === null)
    if (missing.length === 0) continue
    const expected = `a price in each currency of the other tiers: ${sold.join(', ')}`
    yield { path, problem: `has no price in ${missing.join(', ')}`, expected }
  }
}
