import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crossings, newLevels } from '../../src/domain/alert-level.ts'
import { seed } from '../setup/random.ts'

/** Amounts only: a share is an amount once it is resolved, which low-balance.ts does. */
const amounts = fc.array(fc.bigInt(1n, 50n), { maxLength: 5 })
const balances = fc.array(fc.bigInt(-10n, 60n), { minLength: 1, maxLength: 30 })

test('each fall below a level is told once, at the step at which it happens', () => {
  fc.assert(
    fc.property(amounts, balances, (levels, [first = 0n, ...rest]) => {
      const told: bigint[][] = []
      let state = newLevels(
        levels.map((credits) => ({ credits })),
        { available: first, monthlyUsage: 0n },
      )
      for (const available of rest) {
        const step = crossings(state, available, 0n)
        state = step.levels
        told.push([...step.crossed])
      }
      // The model: a level is crossed where the balance before was at it or above, and the balance now is below.
      const steps = rest.map((now, index) => [index === 0 ? first : (rest[index - 1] ?? 0n), now] as const)
      const expected = steps.map(([before, now]) =>
        levels.filter((level) => before >= level && now < level).sort((one, other) => Number(other - one)),
      )
      expect(told).toEqual(expected)
    }),
    { seed },
  )
})

test('a share follows the usage: it is told when the usage lifts the level over the balance', () => {
  const quarter = { percent: 25_000_000n }
  const levels = newLevels([quarter], { available: 20n, monthlyUsage: 80n })
  expect(levels).toEqual([{ below: quarter, isTold: false }])
  expect(crossings(levels, 20n, 80n)).toEqual({ levels, crossed: [] })
  expect(crossings(levels, 20n, 84n)).toEqual({ levels: [{ below: quarter, isTold: true }], crossed: [21n] })
})
