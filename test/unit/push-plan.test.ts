import { expect, test } from 'vitest'
import { type Pushed, type PushedPrice, type PushedProduct, planPush } from '../../src/payments/push-plan.ts'
import { changeInWords } from '../../src/payments/push-words.ts'
import type { SoldPrice, SoldProduct } from '../../src/payments/sold-products.ts'

const lookupKey = 'credits-gateway:package:starter:usd'
const price: SoldPrice = { lookupKey, amount: 500, currency: 'usd', taxBehavior: 'unspecified', interval: null }
const starter: SoldProduct = {
  id: 'credits-gateway-package-starter',
  name: 'Starter, 5,000 credits',
  taxCode: null,
  addOn: null,
  prices: [price],
}
const pushedPrice: PushedPrice = { ...price, id: 'price_1' }
const pushed: PushedProduct = { ...starter, isActive: true, prices: [pushedPrice] }
const taxed = { ...starter, taxCode: 'txcd_10103001' }

/** The changes in words; `holder`: the price that has the lookup key. */
function changes(sold: readonly SoldProduct[], products: readonly PushedProduct[], holder: string | null = 'price_1') {
  const state: Pushed = { products, holders: new Map(holder === null ? [] : [[lookupKey, holder]]) }
  return planPush(sold, state).map(changeInWords)
}
const createStarter = `create price ${lookupKey}: $5`

test('an empty account gets the product, then its price', () => {
  expect(changes([starter], [], null)).toEqual([
    'create product credits-gateway-package-starter: Starter, 5,000 credits',
    createStarter,
  ])
})

test('the same again changes nothing', () => {
  expect(changes([starter], [pushed])).toEqual([])
})

test('another price takes the lookup key before the former price is archived', () => {
  expect(changes([{ ...starter, prices: [{ ...price, amount: 600 }] }], [pushed])).toEqual([
    `create price ${lookupKey}: $6, in place of price_1`,
    'archive price price_1: $5',
  ])
})

test.each([
  ['currency', { currency: 'eur' }],
  ['tax behavior', { taxBehavior: 'inclusive' }],
  ['interval', { interval: 'month' }],
] as const)('another %s makes another price', (_, other) => {
  const [created, archived] = changes([{ ...starter, prices: [{ ...price, ...other }] }], [pushed])
  expect(created).toContain('create price')
  expect(archived).toBe('archive price price_1: $5')
})

test('a price that a person has made with our lookup key is replaced', () => {
  const odd = { ...pushed, prices: [{ ...pushedPrice, amount: null, interval: '3 month, licensed' }] }
  expect(changes([starter], [odd])).toEqual([
    `${createStarter}, in place of price_1`,
    'archive price price_1: an amount of its own kind every 3 month, licensed',
  ])
})

test('a former price that a push which died has left is archived', () => {
  const left = { ...pushedPrice, id: 'price_0', lookupKey: null, amount: 400 }
  expect(changes([starter], [{ ...pushed, prices: [pushedPrice, left] }])).toEqual(['archive price price_0: $4'])
})

test('a lookup key that is at an archived price, or at a product of somebody else, is taken over', () => {
  expect(changes([starter], [{ ...pushed, prices: [] }], 'price_9')).toEqual([`${createStarter}, in place of price_9`])
})

test('another name or tax code updates the product, and nothing else', () => {
  expect(changes([{ ...starter, name: 'Start, 5,000 credits' }], [pushed])).toEqual([
    'update product credits-gateway-package-starter: Starter, 5,000 credits → Start, 5,000 credits',
  ])
  expect(changes([taxed], [pushed])).toEqual([
    'update product credits-gateway-package-starter: Starter, 5,000 credits → Starter, 5,000 credits, taxed as txcd_10103001',
  ])
})

test("where the catalog has no tax, the operator's tax code stays", () => {
  expect(changes([starter], [{ ...pushed, taxCode: 'txcd_10000000' }])).toEqual([])
})

test('a product that is no longer sold loses its prices, then is archived; archived already, it stays', () => {
  expect(changes([], [pushed])).toEqual([
    'archive price price_1: $5',
    'archive product credits-gateway-package-starter: Starter, 5,000 credits',
  ])
  expect(changes([], [{ ...pushed, isActive: false, prices: [] }])).toEqual([])
})

test('a product that is sold again is active again, with a price', () => {
  expect(changes([starter], [{ ...pushed, isActive: false, prices: [] }])).toEqual([
    'update product credits-gateway-package-starter: Starter, 5,000 credits → Starter, 5,000 credits, active again',
    `${createStarter}, in place of price_1`,
  ])
})
