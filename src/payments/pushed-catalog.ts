import type { Stripe } from 'stripe'
import type { Pushed, PushedPrice, PushedProduct } from './push-plan.ts'
import { pushedBy, type SoldProduct } from './sold-products.ts'
import { idOf } from './stripe-to-facts.ts'

/** The mark of what a push made. Whatever lacks it is never archived. */
export const pushedMark = { made_by: pushedBy }

/** So many ids stay within an address, and so many lookup keys are the most that Stripe takes. */
const maxIds = 20
const maxLookupKeys = 10

/** The products and prices of earlier pushes that Stripe has: the products that are sold, and all others that can be bought. */
export async function readPushed(stripe: Stripe, sold: readonly SoldProduct[]): Promise<Pushed> {
  const found = new Map<string, Stripe.Product>()
  for await (const product of stripe.products.list({ active: true, limit: 100 })) {
    if (product.metadata.made_by === pushedMark.made_by) found.set(product.id, product)
  }
  for (const ids of chunks(
    sold.map(({ id }) => id).filter((id) => !found.has(id)),
    maxIds,
  )) {
    const { data } = await stripe.products.list({ ids, limit: 100 })
    for (const product of data) found.set(product.id, product)
  }
  const products: PushedProduct[] = []
  for (const product of found.values()) {
    products.push({ ...productFacts(product), prices: await pricesOf(stripe, product.id) })
  }
  return { products, holders: await holdersOf(stripe, sold) }
}

async function pricesOf(stripe: Stripe, product: string): Promise<PushedPrice[]> {
  const prices: PushedPrice[] = []
  for await (const price of stripe.prices.list({ product, active: true, limit: 100 })) {
    if (price.metadata.made_by === pushedMark.made_by) prices.push(priceFacts(price))
  }
  return prices
}

async function holdersOf(stripe: Stripe, sold: readonly SoldProduct[]): Promise<Map<string, string>> {
  const holders = new Map<string, string>()
  const keys = sold.flatMap(({ prices }) => prices.map(({ lookupKey }) => lookupKey))
  for (const lookup_keys of chunks(keys, maxLookupKeys)) {
    const { data } = await stripe.prices.list({ lookup_keys, limit: 100 })
    for (const { id, lookup_key: key } of data) if (key !== null) holders.set(key, id)
  }
  return holders
}

export const productFacts = ({ id, name, tax_code: code, active }: Stripe.Product): Omit<PushedProduct, 'prices'> => ({
  id,
  name,
  taxCode: idOf(code ?? null),
  isActive: active,
})

export const priceFacts = (price: Stripe.Price): PushedPrice => ({
  id: price.id,
  lookupKey: price.lookup_key,
  amount: price.billing_scheme === 'per_unit' && price.transform_quantity === null ? price.unit_amount : null,
  currency: price.currency,
  taxBehavior: price.tax_behavior,
  interval: intervalOf(price.recurring),
})

/** Null: it is paid once. */
function intervalOf(recurring: Stripe.Price.Recurring | null): string | null {
  if (recurring === null) return null
  const { interval, interval_count: count, usage_type: use } = recurring
  return count === 1 && use === 'licensed' ? interval : `${count} ${interval}, ${use}`
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
}
