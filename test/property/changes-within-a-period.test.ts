import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Customer, ids, start } from './model/customer.ts'

const [hour, day] = [3_600_000, 86_400_000]
/** All changes are made before the end of the first period that any of them begins. */
const most = 27 * day

const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('spend' as const), percent: fc.constantFrom(20, 50, 100, 100) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('seats' as const), seats: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('plan' as const), plan: fc.constantFrom(...ids) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'other interval' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cancel and come back' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cancel and try' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('catalog' as const), catalog: fc.nat({ max: 2 }) }) },
)
const wait = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 * day }), fc.constantFrom(1, 1000, hour))
const lives = fc.record({
  plan: fc.constantFrom(...ids),
  seats: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(fc.record({ wait, act }), { minLength: 1, maxLength: 40, size: 'max' }),
})

test('whatever a team changes within a period, it was given what is paid, and less than a credit above the most that ever was', () => {
  const reached = { turns: 0, surplus: 0, trials: 0 }
  fc.assert(
    fc.property(lives, ({ plan, seats, steps }) => {
      const customer = new Customer(plan, seats)
      for (const { wait, act } of steps) {
        if (customer.team.now + wait + 1000 - start >= most) break
        customer.team.pass(wait)
        customer.act(act)
        if (act.do !== 'catalog' && act.do !== 'spend') reached.turns += 1
        if (act.do === 'cancel and try') reached.trials += 1
        customer.expectLaw(act)
        if (customer.given > customer.paid.paid + 1_000_000n) reached.surplus += 1
      }
    }),
    { numRuns: 600 },
  )
  expect(reached.turns).toBeGreaterThan(2_000)
  expect(reached.surplus).toBeGreaterThan(300)
  expect(reached.trials).toBeGreaterThan(200)
}, 120_000)
