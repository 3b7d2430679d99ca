import { expect, it } from 'vitest'
import { inCurrency } from '../../../src/catalog/currencies.ts'
import { loadCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { formatMoney } from '../../../src/domain/amounts/money.ts'
import { topUpPrice } from '../../../src/domain/custom-top-up.ts'
import { illustrativeIn, packagesOf } from './told.ts'

const example = loadCatalog('catalogs/example-eu.yaml')
const offer = example.customTopUp ?? expect.unreachable('any amount is sold')

it('is in euros, and its months begin in Berlin', () => {
  expect([example.currency, example.timeZone]).toEqual(['EUR', 'Europe/Berlin'])
})

it('adds the tax to its prices', () => {
  expect(example.tax).toEqual({ behavior: 'exclusive', code: 'txcd_10103001' })
})

const dollars = inCurrency(example, 'USD')

it('sells the same packages and amounts in dollars, and lends in them', () => {
  expect(dollars.version).toBe(example.version)
  expect(dollars.packages.map(({ id }) => id)).toEqual(example.packages.map(({ id }) => id))
  const sold = dollars.customTopUp ?? expect.unreachable('any amount is sold in dollars')
  for (const { credits, price } of dollars.packages) expect(topUpPrice(sold, credits)).toEqual(price)
  const { perCredit } = dollars.creditLine ?? expect.unreachable('it lends')
  expect(perCredit.currency).toBe('USD')
  for (const { credits, price } of dollars.packages) {
    expect(perCredit.amount * credits).toBeGreaterThan(price.amount * MICRO)
  }
})

it('sells each package at the price of the same amount, so that nobody pays more for a name', () => {
  for (const { credits, price } of example.packages) expect(topUpPrice(offer, credits)).toEqual(price)
  expect(packagesOf(example).map(([id]) => id)).toEqual(['small', 'medium', 'large'])
})

it('sells any amount, in which more credits never cost less', () => {
  const prices: bigint[] = []
  for (let credits = offer.least; credits <= offer.most; credits += offer.step) {
    prices.push(topUpPrice(offer, credits).amount)
  }
  expect(prices).toHaveLength(200)
  expect(prices).toEqual(prices.toSorted((one, other) => Number(one - other)))
  const priceOf = (credits: bigint) => formatMoney(topUpPrice(offer, credits * MICRO))
  expect([500n, 4_500n, 5_000n, 12_500n, 100_000n].map(priceOf)).toEqual(['5', '45', '45', '106.88', '840'])
})

it('lends to teams on its paid plan, at a price above that of every package', () => {
  expect(example.plans.map(({ id, creditLine }) => [id, creditLine])).toEqual([
    ['free', null],
    ['team', 500n * MICRO],
  ])
  const { perCredit } = example.creditLine ?? expect.unreachable('it lends')
  for (const { credits, price } of example.packages) {
    expect(perCredit.amount * credits).toBeGreaterThan(price.amount * MICRO)
  }
})

it('marks all of its numbers: no document gives them', () => {
  expect(illustrativeIn(example)).toEqual({
    plans: example.plans.map(({ id }) => `${id}.month`),
    packages: example.packages.map(({ id }) => id),
    rates: [...example.rateCard.rates.keys()],
  })
  expect(offer.illustrative).toBe(true)
})
