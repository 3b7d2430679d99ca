import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planPush } from '../../src/payments/push-plan.ts'
import { packageKey, packageProduct, type SoldProduct } from '../../src/payments/sold-products.ts'
import { StripePrices } from './model/stripe-prices.ts'

const terms = fc.record({
  currency: fc.constantFrom('usd', 'eur'),
  amount: fc.integer({ min: 1, max: 3 }),
  taxBehavior: fc.constantFrom('unspecified' as const, 'exclusive' as const),
  interval: fc.constantFrom(null, 'month' as const),
})
const product = fc.record({
  pack: fc.constantFrom('a', 'b', 'c'),
  name: fc.constantFrom('One', 'Two'),
  taxCode: fc.constantFrom(null, 'txcd_1'),
  prices: fc.uniqueArray(terms, { selector: ({ currency }) => currency, maxLength: 2 }),
})
/** A catalog's products and prices: each id once, each lookup key once. */
const sold = fc.uniqueArray(product, { selector: ({ pack }) => pack, maxLength: 3 }).map((products): SoldProduct[] =>
  products.map(({ pack, name, taxCode, prices }) => ({
    id: packageProduct(pack),
    name,
    taxCode,
    addOn: null,
    prices: prices.map((price) => ({ ...price, lookupKey: packageKey(pack, price.currency) })),
  })),
)
/** A push that dies after so many changes, and the place of a price that a person archives then; null: none. */
const push = fc.record({ sold, dies: fc.nat(12), archived: fc.option(fc.nat(5)) })

test('a push, whatever died before it, leaves the prices of its catalog, and nothing for the next one', () => {
  fc.assert(
    fc.property(fc.array(push, { maxLength: 6 }), sold, (before, last) => {
      const stripe = new StripePrices()
      for (const { sold, dies, archived } of before) {
        for (const change of planPush(sold, stripe.read(sold)).slice(0, dies)) stripe.apply(change)
        const price = archived === null ? undefined : stripe.active[archived]
        if (price !== undefined) stripe.archive(price.id)
      }
      for (const change of planPush(last, stripe.read(last))) stripe.apply(change)
      expect(planPush(last, stripe.read(last))).toEqual([])
      const wanted = last.flatMap(({ id, prices }) => prices.map((price) => ({ ...price, product: id })))
      const found = stripe.active.map(({ id: _, isActive: __, ...price }) => price)
      const byKey = (prices: typeof wanted) => new Map(prices.map((price) => [price.lookupKey, price]))
      expect(found).toHaveLength(wanted.length)
      expect(byKey(found as typeof wanted)).toEqual(byKey(wanted))
    }),
  )
})

test('two pushes of one catalog, change by change in any order, leave each lookup key with one active price', () => {
  fc.assert(
    fc.property(sold, sold, fc.array(fc.boolean(), { maxLength: 40 }), (before, next, turns) => {
      const stripe = new StripePrices()
      for (const change of planPush(before, stripe.read(before))) stripe.apply(change)
      const plan = planPush(next, stripe.read(next))
      const made = new Set<string>()
      const [one, other] = [[...plan], [...plan]]
      for (const isFirst of [...turns, ...plan.map(() => true), ...plan.map(() => false)]) {
        const change = (isFirst ? one : other).shift()
        // An idempotency key makes a price once; an id makes a product once.
        const name = JSON.stringify(change)
        if (change === undefined || (change.kind.startsWith('create') && made.has(name))) continue
        made.add(name)
        stripe.apply(change)
      }
      const keys = stripe.active.map(({ lookupKey }) => lookupKey)
      expect(new Set(keys).size).toBe(keys.length)
      expect(planPush(next, stripe.read(next))).toEqual([])
    }),
  )
})
