import type { PriceTerms, SoldPrice, SoldProduct } from './sold-products.ts'

/** A price at Stripe that an earlier push made and that can be bought. Its terms may be others than a push makes. */
export type PushedPrice = Omit<PriceTerms, 'amount' | 'taxBehavior' | 'interval'> & {
  readonly id: string
  readonly lookupKey: string | null
  readonly amount: number | null
  readonly taxBehavior: string | null
  readonly interval: string | null
}

/** A product at Stripe that an earlier push made. */
export type PushedProduct = {
  readonly id: string
  readonly name: string
  readonly taxCode: string | null
  readonly isActive: boolean
  readonly prices: readonly PushedPrice[]
}

/** The state at Stripe. `holders`: the price that has a lookup key, archived or not. */
export type Pushed = {
  readonly products: readonly PushedProduct[]
  readonly holders: ReadonlyMap<string, string>
}

/** One change at Stripe. Repeating it changes nothing more. */
export type PushChange =
  | { readonly kind: 'create-product'; readonly product: SoldProduct }
  | { readonly kind: 'update-product'; readonly product: SoldProduct; readonly former: PushedProduct }
  | {
      readonly kind: 'create-price'
      readonly product: SoldProduct
      readonly price: SoldPrice
      /** The price that gives its lookup key to this one. */
      readonly former: string | null
    }
  | { readonly kind: 'archive-price'; readonly price: PushedPrice }
  | { readonly kind: 'archive-product'; readonly product: PushedProduct }

/**
 * The changes that bring Stripe to what the catalog sells, in the order in which they are safe to interrupt: a price is
 * there before the former one goes, and a product goes last. Empty: Stripe has it all. Only what a push made is archived.
 */
export function planPush(sold: readonly SoldProduct[], { products, holders }: Pushed): PushChange[] {
  const known = new Map(products.map((product) => [product.id, product]))
  const wanted = new Set(sold.map(({ id }) => id))
  return [
    ...sold.flatMap((product) => changesOf(product, known.get(product.id), holders)),
    ...products.filter(({ id, isActive }) => isActive && !wanted.has(id)).flatMap(endOf),
  ]
}

function changesOf(product: SoldProduct, known: PushedProduct | undefined, holders: Pushed['holders']): PushChange[] {
  const prices = known?.prices ?? []
  const kept = new Set(
    product.prices.flatMap((price) => prices.find((pushed) => isPrice(pushed, price))?.lookupKey ?? []),
  )
  return [
    ...productChange(product, known),
    ...product.prices
      .filter(({ lookupKey }) => !kept.has(lookupKey))
      .map((price) => ({
        kind: 'create-price' as const,
        product,
        price,
        former: holders.get(price.lookupKey) ?? null,
      })),
    ...prices
      .filter(({ lookupKey }) => lookupKey === null || !kept.has(lookupKey))
      .map((price) => ({ kind: 'archive-price' as const, price })),
  ]
}

function productChange(product: SoldProduct, known: PushedProduct | undefined): PushChange[] {
  if (known === undefined) return [{ kind: 'create-product', product }]
  return known.isActive && isNamed(known, product) ? [] : [{ kind: 'update-product', product, former: known }]
}

const endOf = (product: PushedProduct): PushChange[] => [
  ...product.prices.map((price) => ({ kind: 'archive-price' as const, price })),
  { kind: 'archive-product', product },
]

/** Whether the pushed price is the one that is sold. */
export const isPrice = (pushed: PushedPrice, { lookupKey, ...terms }: SoldPrice): boolean =>
  pushed.lookupKey === lookupKey && hasSameTerms(pushed, terms)

const hasSameTerms = ({ amount, taxBehavior, interval, currency }: PushedPrice, terms: PriceTerms): boolean =>
  amount === terms.amount &&
  currency === terms.currency &&
  taxBehavior === terms.taxBehavior &&
  interval === terms.interval

/** Whether a customer reads the name of what is sold, and Stripe taxes it so. */
export const isNamed = (
  pushed: Pick<PushedProduct, 'name' | 'taxCode'>,
  { name, taxCode }: Pick<SoldProduct, 'name' | 'taxCode'>,
): boolean => pushed.name === name && (taxCode === null || pushed.taxCode === taxCode)
