import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import { InvalidUsage } from '../../src/domain/errors.ts'
import { fitLast } from '../../src/domain/fit.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Price, RateCard, Unit } from '../../src/domain/rate-card.ts'
import { need } from './model/decimal-texts.ts'
import { cardOf, type OneRate, oneRate } from './model/one-rate.ts'
import { schoolbookPrice } from './model/schoolbook-price.ts'

type Drawn = {
  readonly choices: readonly OneRate[]
  readonly unit: Unit
  readonly maxCount: number | undefined
  /** The quantity of a line before, of the same rate; null: there is none. */
  readonly before: bigint | null
  readonly count: number
  readonly atLeast: bigint
  readonly width: bigint
  /** The place of the balance between the prices of the least and the most, and how far it is off. */
  readonly place: bigint
  readonly off: bigint
}

const M = 1_000_000n
const wholeUnits: readonly Unit[] = ['TOKEN', 'CHARACTER', 'USE', 'IMAGE']
const stepOf = ({ unit }: Drawn): bigint => (wholeUnits.includes(unit) ? M : 1n)

const drawnWith = (width: fc.Arbitrary<bigint>) =>
  fc
    .record({
      choices: fc.array(oneRate, { minLength: 1, maxLength: 3 }),
      unit: fc.constantFrom<Unit>('USE', 'IMAGE', 'SECOND', 'TOKEN', 'CHARACTER', 'GB_DAY', 'MINUTE'),
      maxCount: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
      before: fc.option(fc.bigInt({ min: 1n, max: 20n }), { nil: null }),
      count: fc.constantFrom(1, 1, 2, 7, 1000),
      atLeast: fc.bigInt({ min: 1n, max: 30n }),
      width,
      place: fc.bigInt({ min: 0n, max: 10n ** 6n }),
      off: fc.constantFrom(-1n, 0n, 1n),
    })
    .map((drawn): Drawn => ({ ...drawn, atLeast: drawn.atLeast * stepOf(drawn), width: drawn.width * stepOf(drawn) }))

/** A card whose rate `fit` chooses among the drawn ones, if they are several. */
function cardFor({ choices, unit, maxCount }: Drawn): RateCard {
  const base = cardOf(need(choices[0]))
  const rates = choices.map((texts, index) => {
    const rate = need(cardOf({ ...texts, creditsPerUnit: need(choices[0]).creditsPerUnit }).rates.get('rate'))
    return { ...rate, id: `choice-${index}`, unit }
  })
  const [first] = rates
  const auto: Price = { auto: rates.map(({ id }) => id) }
  const fit = { ...need(first), id: 'fit', maxCount, price: rates.length > 1 ? auto : need(first).price }
  return compileRateCard({ ...base, categories: [{ id: 'all', name: 'All', rates: [...rates, fit] }] })
}

const textOf = (micro: bigint): string => `${micro / M}.${String(micro % M).padStart(6, '0')}`

/** The dearest choice, at the rounding and the conversion of the card. */
function lineCost({ choices }: Drawn, quantity: bigint, count: number): bigint | null {
  const { to, mode, creditsPerUnit } = need(choices[0])
  const costs = choices.map((texts) =>
    schoolbookPrice({ ...texts, to, mode, creditsPerUnit, quantity: textOf(quantity), count }),
  )
  return costs.reduce((most, cost) => (most === null || cost === null ? null : cost > most ? cost : most))
}

/** Whether both lines cost at most this much, and one request may ask for them. */
function isAccepted(drawn: Drawn, quantity: bigint, spendable: bigint): boolean {
  const { before, count, maxCount, unit } = drawn
  if (maxCount !== undefined) {
    const each = ['USE', 'IMAGE'].includes(unit) ? Number(quantity / M) : 1
    const earlier = before === null ? 0 : ['USE', 'IMAGE'].includes(unit) ? Number(before) : 1
    if (earlier + each * count > maxCount) return false
  }
  const cost = lineCost(drawn, quantity, count)
  const earlier = before === null ? 0n : lineCost(drawn, before * M, 1)
  return cost !== null && earlier !== null && cost + earlier <= spendable && cost + earlier < 10n ** 18n
}

function fitted(drawn: Drawn) {
  const { atLeast, width, before, count, place, off } = drawn
  const card = cardFor(drawn)
  const atMost = atLeast + width
  const near = atLeast + ((width * place) / 10n ** 6n / stepOf(drawn)) * stepOf(drawn)
  const earlier = before === null ? 0n : (lineCost(drawn, before * M, 1) ?? 0n)
  const spendable = earlier + (lineCost(drawn, near, count) ?? 10n ** 18n) + off
  const lines = before === null ? [] : [{ rate: 'fit', quantity: before * M, count: 1 }]
  const asked = { usage: [...lines, { rate: 'fit', quantity: M, count }], fit: { atLeast, atMost } }
  const usage = fitLast(card, asked, () => () => spendable)
  const priced = usage instanceof InvalidUsage ? null : price(card, usage)
  const isHeld = priced?.ok === true && priced.priced.high <= spendable
  const quantity = usage instanceof InvalidUsage ? null : (usage.at(-1)?.quantity ?? null)
  return { quantity, isHeld, atMost, spendable }
}

describe('a fit', () => {
  it('is the largest quantity that is accepted, as trying each of them finds it', () => {
    const found = { all: 0, some: 0, none: 0 }
    fc.assert(
      fc.property(drawnWith(fc.bigInt({ min: 0n, max: 40n })), (drawn) => {
        const { quantity, isHeld, atMost, spendable } = fitted(drawn)
        let largest: bigint | null = null
        for (let tried = drawn.atLeast; tried <= atMost; tried += stepOf(drawn)) {
          if (isAccepted(drawn, tried, spendable)) largest = tried
        }
        expect(isHeld).toBe(largest !== null)
        if (isHeld) expect(quantity).toBe(largest)
        found[largest === null ? 'none' : largest === atMost ? 'all' : 'some']++
      }),
      { numRuns: 2000 },
    )
    // Each outcome has to be met often, or the property says little.
    expect(Math.min(...Object.values(found))).toBeGreaterThan(100)
  })

  it('is accepted, and one step more is not, in a range of any width', () => {
    fc.assert(
      fc.property(drawnWith(fc.bigInt({ min: 0n, max: 10n ** 9n })), (drawn) => {
        const { quantity, isHeld, atMost, spendable } = fitted(drawn)
        expect(isHeld).toBe(isAccepted(drawn, drawn.atLeast, spendable))
        if (!isHeld || quantity === null) return
        expect(isAccepted(drawn, quantity, spendable)).toBe(true)
        if (quantity < atMost) expect(isAccepted(drawn, quantity + stepOf(drawn), spendable)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})
