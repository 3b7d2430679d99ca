import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRateCard } from '../../src/domain/compile-rate-card.ts'
import { price } from '../../src/domain/pricing.ts'
import type { Rate, Rounding } from '../../src/domain/rate-card.ts'
import { decimalOf, PriceList } from '../../web/server/price-list.ts'

const modes = { up: 'UP', down: 'DOWN', 'half-even': 'HALF_EVEN', 'half-up': 'HALF_UP' } as const
const micro = (most: bigint) => fc.bigInt({ min: 1n, max: most })

const rounding: fc.Arbitrary<Rounding> = fc.record({
  to: fc.constantFrom(1n, 10n, 250_000n, 1_000_000n, 3_000_000n),
  mode: fc.constantFrom('up', 'down', 'half-even', 'half-up'),
})
const pricing = fc.record({
  rounding,
  credits: micro(1_000_000_000n),
  per: micro(1_000_000_000n),
  roundsUp: fc.boolean(),
  quantity: micro(10_000_000_000n),
  count: fc.integer({ min: 1, max: 1_000 }),
})

test('a lease computes the price of a line as the ledger does', () => {
  fc.assert(
    fc.property(pricing, ({ rounding, credits, per, roundsUp, quantity, count }) => {
      const rate: Rate = {
        id: 'work',
        name: 'Work',
        category: 'all',
        per,
        unit: 'TOKEN',
        price: { credits },
        roundsUp,
        settlement: 'CREDITS',
        requires: [],
        plans: [],
        maxCount: undefined,
        charge: 'at-success',
        role: 'MEMBER',
        illustrative: false,
      }
      const categories = [{ id: 'all', name: 'All', rates: [rate] }]
      const card = compileRateCard({ version: '1', categories, rounding, creditsPerMoney: null })
      const told = { code: 'work', credits: decimalOf(credits), per: decimalOf(per), roundsUp } as const
      const list = new PriceList(
        {
          roundedTo: decimalOf(rounding.to),
          roundingMode: modes[rounding.mode],
          categories: [{ rates: [{ ...told, settlement: 'CREDITS', charge: 'AT_SUCCESS' }] }],
        },
        new Set(['work']),
      )
      const priced = price(card, [{ rate: 'work', quantity, count }])
      const own = list.priceOf([{ rate: 'work', quantity: decimalOf(quantity), count }])
      // Too much for a ledger is refused there.
      fc.pre(priced.ok)
      expect(priced.priced.total).toBe(own)
    }),
  )
})
