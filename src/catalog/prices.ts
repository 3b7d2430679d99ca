/** Money as the file has it: in the main currency, or by currency. */
export type PricesContent = bigint | Readonly<Record<string, bigint>>

type Currencies = { readonly currency: string; readonly otherCurrencies?: readonly string[] | undefined }

/** The currencies of a catalog, the main one first. */
export const currenciesOf = ({ currency, otherCurrencies }: Currencies): readonly [string, ...string[]] => [
  currency,
  ...(otherCurrencies ?? []),
]

/** Null: there is no price in the currency, so that nothing is sold in it. */
export function priceIn(prices: PricesContent, currency: string, main: string): bigint | null {
  if (typeof prices === 'bigint') return currency === main ? prices : null
  return Object.hasOwn(prices, currency) ? (prices[currency] ?? null) : null
}
