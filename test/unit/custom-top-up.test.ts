import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { customerChanges } from '../../src/catalog/diff.ts'
import { CatalogError } from '../../src/catalog/faults.ts'
import { parseCatalog } from '../../src/catalog/load.ts'
import { rateCardText } from '../../src/catalog/rate-card-text.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { NANO } from '../../src/domain/amounts/money.ts'
import { isSold, leastSoldFor, topUpPrice } from '../../src/domain/custom-top-up.ts'
import { smallWith } from './catalogs/small.ts'

type Offer = { least?: string; most?: string; step?: string; tiers?: string; currency?: string }

const textWith = ({ least = '100', most = '1000', step = '100', tiers, currency = 'USD' }: Offer) =>
  smallWith(
    'packages: []',
    `packages: []\ncustomTopUp: { least: ${least}, most: ${most}, step: ${step}, tiers: [${tiers ?? '{ from: 100, perCredit: 0.01 }'}] }`,
  )
    .replace('currency: USD', `currency: ${currency}`)
    .replace('price: 1 }', currency === 'JPY' ? 'price: 100 }' : 'price: 1 }')

const offered = (offer: Offer) =>
  parseCatalog(textWith(offer), 'product.yaml').customTopUp ?? expect.unreachable('sold')

function faultsOf(offer: Offer): string[] {
  try {
    parseCatalog(textWith(offer), 'product.yaml')
  } catch (error) {
    if (error instanceof CatalogError) return error.faults.map(({ path, expected }) => `${path}: ${expected}`)
    throw error
  }
  return []
}

const two = (from: string, perCredit: string) =>
  `{ from: 100, perCredit: 0.01 }, { from: ${from}, perCredit: ${perCredit} }`

describe('an offer of any amount', () => {
  test.each<[string, Offer, string[]]>([
    ['one tier', {}, []],
    ['a cheaper tier that begins at the price before it', { tiers: two('500', '0.008') }, []],
    ['one amount only', { most: '100' }, []],
    ['a most below the least', { most: '50' }, ['customTopUp.most: the least amount and a number of steps']],
    ['a most between two steps', { most: '1050' }, ['customTopUp.most: the least amount and a number of steps']],
    [
      'a first tier above the least',
      { tiers: '{ from: 200, perCredit: 0.01 }' },
      ['customTopUp.tiers[0].from: the least amount, because this is the first'],
    ],
    [
      'a tier as low as the one before',
      { tiers: two('100', '0.01') },
      ['customTopUp.tiers[1].from: more than the tier before it'],
    ],
    [
      'a tier that begins between two steps',
      { tiers: two('450', '0.01') },
      ['customTopUp.tiers[1].from: an amount that is sold: the least and a number of steps'],
    ],
    [
      'a price that falls for more credits',
      { tiers: two('500', '0.0079') },
      [
        'customTopUp.tiers[1].perCredit: a price at which the first amount of the tier costs no less than the last one before it',
      ],
    ],
    [
      'a least price below what can be paid',
      { tiers: '{ from: 100, perCredit: 0.004 }' },
      ['customTopUp.least: an amount whose price can be paid'],
    ],
    [
      'a most price above what can be paid',
      { tiers: '{ from: 100, perCredit: 1000 }' },
      ['customTopUp.most: an amount whose price can be paid'],
    ],
    [
      'no tier',
      { tiers: '' },
      [
        'customTopUp.tiers: what a credit costs, by the whole amount: a list of 1 to 50 tiers, from the least amount on',
      ],
    ],
  ])('with %s', (_, offer, faults) => {
    expect(faultsOf(offer)).toEqual(faults)
  })

  it('changes no version of a catalog without it', () => {
    const without = parseCatalog(smallWith('name: Product', 'name: Product'), 'product.yaml')
    expect(without.customTopUp).toBeNull()
    expect(without.version).not.toBe(parseCatalog(textWith({}), 'product.yaml').version)
  })

  it('is told to people who compare catalogs, and in the rate card', () => {
    const without = parseCatalog(smallWith('name: Product', 'name: Product'), 'product.yaml')
    const [one, two] = [{ tiers: '{ from: 100, perCredit: 0.01 }' }, { most: '2000' }].map((offer) =>
      parseCatalog(textWith(offer), 'product.yaml'),
    )
    if (!one || !two) throw new Error('Both catalogs are right')
    const words = (most: string) => `100 to ${most} credits in steps of 100: $0.01 a credit`
    expect(customerChanges(without, one)).toEqual([`Any amount: not sold → ${words('1,000')}`])
    expect(customerChanges(one, two)).toEqual([`Any amount: ${words('1,000')} → ${words('2,000')}`])
    expect(rateCardText(one)).toContain(`Any amount\n  ${words('1,000')}`)
    expect(rateCardText(without)).not.toContain('Any amount')
  })
})

test('a price is rounded once, to what the currency can pay', () => {
  const usd = offered({ tiers: '{ from: 100, perCredit: 0.012345 }' })
  expect(topUpPrice(usd, 100n * MICRO)).toEqual({ amount: 1_230_000_000n, currency: 'USD' })
  const yen = offered({ currency: 'JPY', tiers: '{ from: 100, perCredit: 1.505 }' })
  expect([100n, 300n].map((credits) => topUpPrice(yen, credits * MICRO).amount / NANO)).toEqual([150n, 452n])
})

/** Tiers in whole thousandths, as a list from which the rule can be written down again in plain numbers. */
const offers = fc.record({
  least: fc.integer({ min: 50, max: 200 }),
  step: fc.integer({ min: 1, max: 60 }),
  steps: fc.integer({ min: 1, max: 40 }),
  tiers: fc.array(fc.record({ at: fc.integer({ min: 1, max: 40 }), price: fc.integer({ min: 1, max: 30 }) }), {
    maxLength: 3,
  }),
})

test('a catalog is taken exactly if no amount costs less than a smaller one', () => {
  let [taken, refused] = [0, 0]
  fc.assert(
    fc.property(offers, ({ least, step, steps, tiers }) => {
      const marks = new Map([
        [0, 20],
        ...tiers.filter(({ at }) => at <= steps).map(({ at, price }) => [at, price] as const),
      ])
      const ascending = [...marks].toSorted(([one], [other]) => one - other)
      const cents = (index: number) => {
        const [, price] = ascending.findLast(([at]) => at <= index) ?? [0, 0]
        const tenths = (least + index * step) * price
        const [whole, rest] = [Math.floor(tenths / 10), tenths % 10]
        return rest > 5 || (rest === 5 && whole % 2 === 1) ? whole + 1 : whole
      }
      const prices = Array.from({ length: steps + 1 }, (_, index) => cents(index))
      const rises = prices.every((price, index) => index === 0 || price >= (prices[index - 1] ?? 0))
      const isPayable = prices.every((price) => price >= 50)
      const text = ascending.map(
        ([at, price]) => `{ from: ${least + at * step}, perCredit: ${(price / 1000).toFixed(3)} }`,
      )
      const offer = { least: `${least}`, step: `${step}`, most: `${least + steps * step}`, tiers: text.join(', ') }
      const isTaken = faultsOf(offer).length === 0
      expect(isTaken).toBe(rises && isPayable)
      if (!isTaken) refused += 1
      else {
        taken += 1
        const terms = offered(offer)
        const all = prices.map((_, index) => topUpPrice(terms, BigInt(least + index * step) * MICRO).amount)
        expect(all.map((amount) => Number(amount / 10_000_000n))).toEqual(prices)
      }
    }),
    { numRuns: 200 },
  )
  expect(Math.min(taken, refused)).toBeGreaterThan(20)
})

test('the least amount for a wish is sold, and no smaller one suffices', () => {
  const range = fc.record({
    least: fc.integer({ min: 1, max: 50 }),
    step: fc.integer({ min: 1, max: 20 }),
    steps: fc.integer({ min: 0, max: 20 }),
    wanted: fc.integer({ min: -20, max: 500 }),
  })
  fc.assert(
    fc.property(range, ({ least, step, steps, wanted }) => {
      const all = Array.from({ length: steps + 1 }, (_, index) => least + index * step)
      const most = all.at(-1) ?? least
      const terms = { least: BigInt(least), most: BigInt(most), step: BigInt(step) }
      expect(Number(leastSoldFor(terms, BigInt(wanted)))).toBe(all.find((amount) => amount >= wanted) ?? most)
      expect(isSold(terms, BigInt(wanted))).toBe(all.includes(wanted))
    }),
  )
})
