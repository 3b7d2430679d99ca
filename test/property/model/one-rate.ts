import fc from 'fast-check'
import { parseCredits } from '../../../src/domain/amounts/credits.ts'
import { parseDecimal } from '../../../src/domain/amounts/decimal.ts'
import type { RoundingMode } from '../../../src/domain/amounts/fixed-point.ts'
import { parseMoney } from '../../../src/domain/amounts/money.ts'
import { compileRateCard } from '../../../src/domain/compile-rate-card.ts'
import type { Price, Rate, RateCard } from '../../../src/domain/rate-card.ts'
import { above0, need } from './decimal-texts.ts'

export const modes: RoundingMode[] = ['up', 'down', 'half-even', 'half-up']

/** A rate that asks for nothing: what a property says of prices is laid over it. */
export const plainRate: Omit<Rate, 'id' | 'price'> = {
  name: 'Rate',
  category: 'all',
  per: 1_000_000n,
  unit: 'SECOND',
  roundsUp: false,
  settlement: 'CREDITS',
  charge: 'at-success',
  role: 'MEMBER',
  requires: [],
  plans: [],
  maxCount: undefined,
  illustrative: false,
}

/** One rate in texts, as a catalog would write it, and one line of usage of it. */
export const oneRate = fc.record({
  inMoney: fc.boolean(),
  price: above0(5000, 6),
  creditsPerUnit: fc.constantFrom('1000', '1', '333.333333', '0.7'),
  per: fc.oneof(fc.constantFrom('1', '30', '1000'), above0(5000, 6)),
  roundsUp: fc.boolean(),
  to: fc.constantFrom('0.000001', '0.01', '0.25', '1', '7'),
  mode: fc.constantFrom(...modes),
  quantity: fc.oneof(above0(100_000, 6), above0(90, 0)),
  count: fc.integer({ min: 1, max: 1000 }),
})
export type OneRate = typeof oneRate extends fc.Arbitrary<infer T> ? T : never

export function cardOf(texts: Omit<OneRate, 'quantity' | 'count'>): RateCard {
  const priceOf: Price = texts.inMoney
    ? { money: need(parseMoney(texts.price, 'USD')) }
    : { credits: need(parseCredits(texts.price)) }
  const rate: Rate = {
    ...plainRate,
    id: 'rate',
    per: need(parseDecimal(texts.per)),
    price: priceOf,
    roundsUp: texts.roundsUp,
  }
  return compileRateCard({
    version: 'v',
    categories: [{ id: 'all', name: 'All', rates: [rate] }],
    rounding: { to: need(parseCredits(texts.to)), mode: texts.mode },
    creditsPerMoney: { currency: 'USD', credits: need(parseCredits(texts.creditsPerUnit)) },
  })
}
