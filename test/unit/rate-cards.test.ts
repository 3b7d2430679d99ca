import { describe, expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { ONE } from '../../src/domain/amounts/decimal.ts'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import { price } from '../../src/domain/pricing.ts'
import type { CreditsPerMoney, Price, Rate } from '../../src/domain/rate-card.ts'
import { rate } from '../property/model/world.ts'

const usd = (amount: bigint, currency = 'USD'): Price => ({ money: { amount, currency } })
const metered = (id: string, of: Price): Rate => ({ ...rate(id, of), settlement: 'METERED' })
/** A dollar is ten credits. */
const tenADollar = { currency: 'USD', credits: 10n * MICRO }
const compile = (rates: readonly Rate[], creditsPerMoney: CreditsPerMoney | null = null, to = 1n) =>
  compileRateCard({
    ...{ version: 'v', categories: [{ id: 'all', name: 'All', rates }] },
    ...{ rounding: { to, mode: 'half-up' }, creditsPerMoney },
  })
const credit = rate('credit', { credits: MICRO })

describe('a rate card is not made', () => {
  test.each<[string, Rate[], CreditsPerMoney | null, RegExp]>([
    ['of two rates with one name', [credit, credit], null, /Two rates are called 'credit'/],
    ['of metered rates in two currencies', [metered('a', usd(1n)), metered('b', usd(1n, 'EUR'))], null, /USD and EUR/],
    ['of an automatic rate without a choice', [rate('auto', { auto: [] })], null, /'auto' has nothing to choose from/],
    ['of a choice that is not there', [rate('auto', { auto: ['none'] })], null, /'auto' cannot choose 'none'/],
    [
      'of an automatic choice',
      [credit, rate('a', { auto: ['credit'] }), rate('b', { auto: ['a'] })],
      null,
      /'b' cannot choose 'a'/,
    ],
    [
      'of a choice that is metered otherwise',
      [metered('a', usd(1n)), rate('auto', { auto: ['a'] })],
      null,
      /'auto' cannot choose 'a'/,
    ],
    [
      'of a choice in another unit',
      [{ ...credit, unit: 'SECOND' }, rate('auto', { auto: ['credit'] })],
      null,
      /'auto' cannot choose 'credit'/,
    ],
    ['of a metered rate in credits', [metered('a', { credits: 1n })], null, /'a' is metered/],
    ['of a price in money without its worth', [rate('a', usd(1n))], null, /'a' is priced in USD/],
    [
      'of a price in a currency whose worth is not said',
      [rate('a', usd(1n, 'EUR'))],
      tenADollar,
      /'a' is priced in EUR/,
    ],
  ])('%s', (_, rates, conversion, message) => {
    expect(() => compile(rates, conversion)).toThrow(message)
  })
})

describe('a rate card prices', () => {
  const costOf = (rates: Rate[], id: string, quantity: bigint, to = 1n) => {
    const result = price(compile(rates, tenADollar, to), [{ rate: id, quantity, count: 1 }])
    if (!result.ok) throw result.failure
    const [line] = result.priced.lines
    return line?.money ? [line.credits, line.money.amount, line.money.currency] : [line?.credits]
  }
  const block = { ...credit, per: 4n * ONE, roundsUp: true }

  test.each<[string, Rate[], string, bigint, unknown[]]>([
    ['credits as they are', [credit], 'credit', 3n * ONE, [3n * MICRO]],
    ['a fraction of a credit', [credit], 'credit', 7n, [7n]],
    ['each started block in full', [block], 'credit', 5n * ONE, [2n * MICRO]],
    ['a part of what the price is for', [{ ...credit, per: 4n * ONE }], 'credit', 5n * ONE, [1_250_000n]],
    ['money by its worth in credits', [rate('a', usd(500_000_000n))], 'a', 2n * ONE, [10n * MICRO]],
    ['metered money in its own currency', [metered('a', usd(3n, 'EUR'))], 'a', 2n * ONE, [0n, 6n, 'EUR']],
    ['what is free with nothing', [rate('free', { free: true })], 'free', ONE, [0n]],
    [
      'the dearest choice',
      [credit, rate('dear', { credits: 2n * MICRO }), rate('auto', { auto: ['credit', 'dear'] })],
      'auto',
      ONE,
      [2n * MICRO],
    ],
    [
      'a metered choice in money',
      [metered('a', usd(3n)), metered('auto', { auto: ['a'] })],
      'auto',
      ONE,
      [0n, 3n, 'USD'],
    ],
  ])('%s', (_, rates, id, quantity, cost) => {
    expect(costOf(rates, id, quantity)).toEqual(cost)
  })

  test('in steps of the card, but metered money to the nano-unit', () => {
    expect(costOf([credit], 'credit', 1_499_999n, MICRO)).toEqual([MICRO])
    expect(costOf([credit], 'credit', 1_500_000n, MICRO)).toEqual([2n * MICRO])
    expect(costOf([metered('a', usd(3n))], 'a', ONE, MICRO)).toEqual([0n, 3n, 'USD'])
  })
})

test('metered rates of one currency stand beside others', () => {
  const card = compile([credit, metered('a', usd(1n)), metered('b', usd(2n))])
  expect([...card.rates.keys()]).toEqual(['credit', 'a', 'b'])
  expect(card.terms.get('a')?.currency).toBe('USD')
  expect(card.terms.get('credit')?.currency).toBeNull()
})
