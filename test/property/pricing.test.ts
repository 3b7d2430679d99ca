import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalog } from '../../src/catalog/load.ts'
import { formatCredits } from '../../src/domain/amounts/credits.ts'
import { parseDecimal } from '../../src/domain/amounts/decimal.ts'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Priced, RateCard, Unit } from '../../src/domain/rate-card.ts'
import type { Usage } from '../../src/domain/usage.ts'
import { above0, need } from './model/decimal-texts.ts'
import { cardOf, type OneRate, oneRate } from './model/one-rate.ts'
import { schoolbookPrice } from './model/schoolbook-price.ts'

function cost(card: RateCard, usage: readonly Usage[]): Priced {
  const result = price(card, usage)
  if (!result.ok) throw new Error(result.failure.message)
  return result.priced
}

/** A sum that has no notation is refused; among totals it stands above all others. */
const above = 10n ** 18n
function totalOrAbove(card: RateCard, usage: readonly Usage[]): bigint {
  const result = price(card, usage)
  if (result.ok) return result.priced.total
  expect(result.failure).toMatchObject({ code: 'INVALID_USAGE', path: ['usage'] })
  return above
}

const exact = { inMoney: false, per: '1', roundsUp: false, to: '0.000001', creditsPerUnit: '1' } as const

const use = (quantity: bigint, count = 1): Usage[] => [{ rate: 'rate', quantity, count }]

/** The oracle, in whole credits. */
function oracle(texts: OneRate): string {
  const micro = schoolbookPrice(texts)
  if (micro === null) return 'refused'
  const digits = String(micro).padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}

/*
 * The oracle of what a request may ask for, over texts again. Each image and each use that is asked for is written out
 * in a list and counted, instead of summed up.
 */
type Line = { rate: string; quantity: string; count: number }
type Limit = { unit: Unit; maxCount: number | undefined }

function faultIn(lines: readonly Line[], limitOf: (rate: string) => Limit): string[] | undefined {
  const pieces: string[] = []
  for (const [index, { rate, quantity, count }] of lines.entries()) {
    const { unit, maxCount = Infinity } = limitOf(rate)
    const [units = '', part = ''] = quantity.split('.')
    const comesWhole = ['USE', 'IMAGE'].includes(unit)
    if (comesWhole && /[1-9]/.test(part)) return ['usage', `${index}`, 'quantity']
    const each = comesWhole ? Number(units) : 1
    if (comesWhole && each > maxCount) return ['usage', `${index}`, 'quantity']
    // What has no limit needs no list.
    if (maxCount === Infinity) continue
    for (let asset = 0; asset < count; asset++) pieces.push(...Array<string>(each).fill(rate))
    if (pieces.filter((piece) => piece === rate).length > maxCount) return ['usage', `${index}`, 'count']
  }
  return undefined
}

const read = ({ rate, quantity, count }: Line): Usage => ({ rate, quantity: need(parseDecimal(quantity)), count })

describe('pricing', () => {
  it('equals fractions worked out by hand', () => {
    fc.assert(
      fc.property(oneRate, (texts) => {
        const total = totalOrAbove(cardOf(texts), use(need(parseDecimal(texts.quantity)), texts.count))
        expect(total === above ? 'refused' : formatCredits(total)).toBe(oracle(texts))
      }),
      { numRuns: 5000 },
    )
  })

  it('lies between the least and the most it can cost, and each choice of an automatic rate does too', () => {
    const { rateCard } = loadCatalog('catalogs/wevion.yaml')
    const limitOf = (rate: string) => need(rateCard.rates.get(rate))
    const line = fc.record({
      rate: fc.constantFrom(...rateCard.rates.keys()),
      quantity: fc.oneof(above0(100_000, 6), above0(3, 0)),
      count: fc.integer({ min: 1, max: 10 }),
    })
    const allowed = fc
      .array(line, { minLength: 1, maxLength: 50 })
      .map((lines) => {
        const taken: Line[] = []
        for (const next of lines) {
          taken.push(next)
          if (faultIn(taken, limitOf)) taken.pop()
        }
        return taken
      })
      .filter((lines) => lines.length > 0)
    fc.assert(
      fc.property(allowed, (drawn) => {
        const usage = drawn.map(read)
        const { low, total, high, lines } = cost(rateCard, usage)
        expect(low <= total && total <= high).toBe(true)
        expect(lines.reduce((sum, { credits }) => sum + credits, 0n)).toBe(total)
        for (const [index, used] of usage.entries()) {
          const auto = rateCard.rates.get(used.rate)?.price
          const choices = auto && 'auto' in auto ? auto.auto : [used.rate]
          const costs = choices.map((rate) => cost(rateCard, [{ ...used, rate }]).total)
          expect(costs).toContain(lines[index]?.low)
          expect(costs).toContain(lines[index]?.high)
          for (const chosen of costs) {
            expect(need(lines[index]).low <= chosen && chosen <= need(lines[index]).high).toBe(true)
          }
        }
      }),
    )
  })

  it('takes images and uses only whole, and no more of a rate than one request may ask for', () => {
    const base = cardOf({ ...exact, price: '1', mode: 'half-up' })
    const rate = need(base.rates.get('rate'))
    const limit = fc.record({
      unit: fc.constantFrom<Unit>('USE', 'IMAGE', 'SECOND', 'TOKEN', 'CHARACTER', 'GB_DAY', 'MINUTE'),
      maxCount: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    })
    const line = fc.record({
      rate: fc.constantFrom('one', 'other', 'either'),
      quantity: fc.oneof({ weight: 4, arbitrary: fc.constant('1') }, above0(4, 0), above0(25, 0), above0(3, 6)),
      count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 25 })),
    })
    const lines = fc.array(line, { minLength: 1, maxLength: 12 })
    const outcomes = { taken: 0, count: 0, quantity: 0 }
    fc.assert(
      fc.property(limit, limit, limit, lines, (one, other, { maxCount }, asked) => {
        const limits: Record<string, Limit> = { one, other, either: { unit: one.unit, maxCount } }
        const rates = Object.entries(limits).map(([id, its]) => ({
          ...rate,
          ...its,
          id,
          price: id === 'either' ? { auto: ['one'] } : rate.price,
        }))
        const card = compileRateCard({ ...base, categories: [{ id: 'all', name: 'All', rates }] })
        const result = price(card, asked.map(read))
        const fault = faultIn(asked, (rate) => need(limits[rate]))
        if (fault) expect(result.ok ? 'taken' : result.failure).toMatchObject({ code: 'INVALID_USAGE', path: fault })
        else expect(result.ok).toBe(true)
        outcomes[fault ? (fault[2] as 'count' | 'quantity') : 'taken']++
      }),
      { numRuns: 3000 },
    )
    // Each outcome has to be met often, or the property says little.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(200)
  })
})
