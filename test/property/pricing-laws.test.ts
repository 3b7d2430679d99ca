import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCredits } from '../../src/domain/amounts/credits.ts'
import { formatDecimal, parseDecimal } from '../../src/domain/amounts/decimal.ts'
import type { RoundingMode } from '../../src/domain/amounts/fixed-point.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Priced, PricedLine, RateCard } from '../../src/domain/rate-card.ts'
import type { Usage } from '../../src/domain/usage.ts'
import { above0, need } from './model/decimal-texts.ts'
import { ceiling, fraction, over, rounded, times } from './model/fractions.ts'
import { mixedCard, someUsage, usageOf } from './model/mixed-card.ts'
import { cardOf, type OneRate, oneRate } from './model/one-rate.ts'

function cost(card: RateCard, usage: readonly Usage[]): Priced {
  const result = price(card, usage)
  if (!result.ok) throw new Error(result.failure.message)
  return result.priced
}

const limited = mixedCard(fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }))
const unlimited = mixedCard(fc.constant(undefined))

const sums = ({ total, low, high, metered, requirements }: Priced) => ({
  total,
  low,
  high,
  metered,
  requirements: requirements.map(({ rate }) => rate).sort(),
})

/** The price of a line, in micro-credits or in nano-units. */
const amount = ({ credits, money }: PricedLine) => money?.amount ?? credits

describe('a request of any rates', () => {
  it('costs the same in any order of its lines, and is refused in any order or in none', () => {
    const outcomes = { taken: 0, refused: 0 }
    const order = fc.array(fc.nat(), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(limited, someUsage, order, ({ card }, lines, keys) => {
        const usage = usageOf(card.rates, lines)
        const shuffled = usage
          .map((line, index) => ({ line, key: need(keys[index]) }))
          .sort((a, b) => a.key - b.key)
          .map(({ line }) => line)
        const [one, other] = [price(card, usage), price(card, shuffled)]
        outcomes[one.ok ? 'taken' : 'refused']++
        expect(other.ok).toBe(one.ok)
        if (one.ok && other.ok) expect(sums(other.priced)).toEqual(sums(one.priced))
      }),
      { numRuns: 1000 },
    )
    // Each outcome has to be met often, or the property says little.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(100)
  })

  it('costs what its lines cost alone, together', () => {
    fc.assert(
      fc.property(unlimited, someUsage, ({ card }, lines) => {
        const usage = usageOf(card.rates, lines)
        const whole = cost(card, usage)
        const alone = usage.map((line) => cost(card, [line]))
        const add = (of: (priced: Priced) => bigint) => alone.reduce((sum, priced) => sum + of(priced), 0n)
        expect(whole.lines).toEqual(alone.flatMap((priced) => priced.lines))
        expect([whole.low, whole.total, whole.high]).toEqual([
          add(({ low }) => low),
          add(({ total }) => total),
          add(({ high }) => high),
        ])
        expect(whole.metered?.amount ?? 0n).toBe(add(({ metered }) => metered?.amount ?? 0n))
      }),
      { numRuns: 500 },
    )
  })

  it('has one price for each line, but for an automatic rate: from its least to its dearest choice', () => {
    fc.assert(
      fc.property(unlimited, someUsage, ({ card }, lines) => {
        const usage = usageOf(card.rates, lines)
        const { total, low, high, lines: priced } = cost(card, usage)
        expect(low <= total && total === high).toBe(true)
        for (const [index, line] of usage.entries()) {
          const { auto } = { auto: [line.rate], ...need(card.rates.get(line.rate)).price }
          const choices = auto.map((rate) => need(cost(card, [{ ...line, rate }]).lines[0]))
          const costs = choices.map(amount).sort((a, b) => (a < b ? -1 : 1))
          const it = need(priced[index])
          expect(amount(it)).toBe(costs.at(-1))
          expect([it.low, it.credits, it.high]).toEqual(
            choices.some(({ money }) => money !== null) ? [0n, 0n, 0n] : [costs[0], costs.at(-1), costs.at(-1)],
          )
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never costs less for more, at its least, at its most or in money', () => {
    fc.assert(
      fc.property(unlimited, someUsage, above0(1000, 0), fc.nat({ max: 50 }), ({ card }, lines, more, others) => {
        const usage = usageOf(card.rates, lines)
        const [first, ...rest] = usage
        const { quantity, count, rate } = need(first)
        const before = cost(card, usage)
        for (const grown of [
          { rate, quantity: quantity + need(parseDecimal(more)), count },
          { rate, quantity, count: count + others },
        ]) {
          const after = cost(card, [grown, ...rest])
          expect(after.low >= before.low && after.total >= before.total && after.high >= before.high).toBe(true)
          expect((after.metered?.amount ?? 0n) >= (before.metered?.amount ?? 0n)).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('costs no credits where it is metered, and money to the nano-unit', () => {
    fc.assert(
      fc.property(unlimited, someUsage, ({ card, texts, mode }, lines) => {
        const usage = usageOf(card.rates, lines).filter(({ rate }) => texts.get(rate)?.way.endsWith('metered'))
        fc.pre(usage.length > 0)
        const { total, low, high, metered, lines: priced } = cost(card, usage)
        expect([total, low, high]).toEqual([0n, 0n, 0n])
        const nanos = usage.map(({ rate, quantity, count }) => {
          const { way, price: each, per, roundsUp } = need(texts.get(rate))
          const ratio = over(fraction(formatDecimal(quantity)), fraction(per))
          const blocks = roundsUp ? { n: ceiling(ratio), d: 1n } : ratio
          const money = times(times(blocks, fraction(each)), { n: BigInt(count) * 1_000_000_000n, d: 1n })
          return way === 'metered' ? rounded(money, mode) : null
        })
        expect(priced.map(({ money }) => money?.amount ?? null)).toEqual(nanos)
        const recorded = nanos.filter((nano) => nano !== null)
        const sum = { amount: recorded.reduce((a, b) => a + b, 0n), currency: 'USD' }
        expect(metered).toEqual(recorded.length > 0 ? sum : null)
      }),
      { numRuns: 1000 },
    )
  })
})

/** Credits in steps of the card's rounding; prices stay small enough to be written down. */
describe('a line of one rate', () => {
  const small = fc.tuple(oneRate, fc.oneof(above0(4, 6), above0(4, 1))).map(([texts, price]): OneRate => {
    return { ...texts, price, per: texts.per.startsWith('0') ? '1' : texts.per }
  })
  const steps = (texts: Omit<OneRate, 'quantity' | 'count'>, quantity: bigint, count = 1): bigint =>
    cost(cardOf(texts), [{ rate: 'rate', quantity, count }]).total / need(parseCredits(texts.to))
  /** Whether the price needs no rounding: up and down agree. */
  const isExact = (texts: OneRate, quantity: bigint) =>
    steps({ ...texts, mode: 'up' }, quantity) === steps({ ...texts, mode: 'down' }, quantity)

  /** The number of steps by which two parts may cost more than the whole; exact prices differ by none. */
  const apart: Record<RoundingMode, [least: bigint, most: bigint]> = {
    up: [0n, 1n],
    down: [-1n, 0n],
    'half-even': [-1n, 1n],
    'half-up': [-1n, 1n],
  }

  it('costs as much in two parts as at once, but for the rounding of one line more', () => {
    const part = fc.oneof(above0(1000, 0), above0(1000, 6))
    let exact = 0
    fc.assert(
      fc.property(small, part, part, (texts, one, other) => {
        const whole = { ...texts, roundsUp: false }
        const [a, b] = [need(parseDecimal(one)), need(parseDecimal(other))]
        const more = steps(whole, a) + steps(whole, b) - steps(whole, a + b)
        const [least, most] = apart[texts.mode]
        expect(least <= more && more <= most).toBe(true)
        if (!isExact(whole, a) || !isExact(whole, b)) return
        exact++
        expect(more).toBe(0n)
      }),
      { numRuns: 2000 },
    )

    expect(exact).toBeGreaterThan(50)
  })

  it('costs as much for several assets as for each alone, but for the rounding of each', () => {
    let exact = 0
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 1000 }), (texts, count) => {
        const quantity = need(parseDecimal(texts.quantity))
        const assets = BigInt(count)
        const more = steps(texts, quantity) * assets - steps(texts, quantity, count)
        // To the nearest: each alone is off by half a step at most, and so are all together.
        const nearest = (assets + 1n) / 2n
        const [least, most] = apart[texts.mode]
        expect(least * (texts.mode === 'down' ? assets - 1n : nearest) <= more).toBe(true)
        expect(more <= most * (texts.mode === 'up' ? assets - 1n : nearest)).toBe(true)
        if (!isExact(texts, quantity)) return
        exact++
        expect(more).toBe(0n)
      }),
      { numRuns: 2000 },
    )

    expect(exact).toBeGreaterThan(50)
  })

  it('costs the same anywhere in a started block as at its end, and one block more behind it', () => {
    fc.assert(
      fc.property(small, fc.nat({ max: 1000 }), fc.nat(), (drawn, full, anywhere) => {
        const texts = { ...drawn, roundsUp: true }
        const per = need(parseDecimal(texts.per))
        const start = per * BigInt(full)
        const within = start + 1n + (BigInt(anywhere) % per)
        const price = steps(texts, within, texts.count)
        expect(price).toBe(steps(texts, start + per, texts.count))
        expect(price).toBe(steps({ ...texts, roundsUp: false }, start + per, texts.count))
        expect(steps(texts, start + per + 1n, texts.count)).toBe(steps(texts, start + per * 2n, texts.count))
      }),
      { numRuns: 2000 },
    )
  })
})
