import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'
import { StripeSum } from './model/stripe-sum.ts'

const [hour, day] = [3_600_000, 86_400_000]
const start = Date.parse('2027-01-01T12:00:00Z')
/** All changes are made before the first period that any of them begins has ended. */
const most = 27 * day

/** Whole credits a month; of a seat, but for what has none. */
const plans = { small: 60, team: 150, third: 0.3, renamed: 150 } as const
type PlanId = keyof typeof plans
const ids = Object.keys(plans) as PlanId[]
const perSeat = (plan: PlanId) => plan !== 'small'

/** `named`: what the catalog calls the month of one plan. */
const catalog = (named: string) => {
  const month = (id: string, plan: PlanId) =>
    `{ id: ${id}, credits: ${plans[plan]}, every: MONTH, perSeat: ${perSeat(plan)}, anchor: subscription, interval: MONTH }`
  const year = (plan: PlanId) =>
    `{ id: year, credits: ${(plans[plan] * 12).toFixed(1)}, every: YEAR, perSeat: ${perSeat(plan)}, anchor: subscription, interval: YEAR }`
  const planOf = (plan: PlanId, id: string) =>
    `  - { id: ${plan}, name: ${plan}, topUp: true, allowances: [${month(id, plan)}, ${year(plan)}] }`
  const all = ids.map((plan) => planOf(plan, plan === 'renamed' ? named : 'month'))
  return catalogWith(all.join('\n'), 'timeZone: UTC\nplanChanges: at-once')
}
const catalogs = ['month', 'monat', 'mois'].map(catalog)

const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('spend' as const), percent: fc.constantFrom(20, 50, 100, 100) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('seats' as const), seats: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('plan' as const), plan: fc.constantFrom(...ids) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'other interval' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'cancel and come back' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('catalog' as const), catalog: fc.nat({ max: 2 }) }) },
)
const wait = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 * day }), fc.constantFrom(1, 1000, hour))
const lives = fc.record({
  plan: fc.constantFrom(...ids),
  seats: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(fc.record({ wait, act }), { minLength: 1, maxLength: 40, size: 'max' }),
})

/** Micro-credits that the subscription's plan deposits a whole period. */
const rateOf = ({ plan, seats, interval }: { plan: PlanId; seats: number; interval: 'MONTH' | 'YEAR' }) =>
  BigInt(Math.round(plans[plan] * 10)) * 100_000n * BigInt(perSeat(plan) ? seats : 1) * (interval === 'YEAR' ? 12n : 1n)

test('whatever a team changes within a period, it was given at most the most that was ever paid, to a credit, and nothing less than is paid', () => {
  const reached = { spent: 0, renamed: 0, surplus: 0, turns: 0 }
  fc.assert(
    fc.property(lives, ({ plan, seats, steps }) => {
      const team = new PlanTeam(catalogs[0] as (typeof catalogs)[number], start)
      const stripe = new StripeSum()
      const state = { plan, seats, interval: 'MONTH' as 'MONTH' | 'YEAR', anchor: start }
      const follow = () => {
        const end = stripe.stands(rateOf(state), state.anchor, state.interval, team.now)
        team.follow({
          planId: state.plan,
          seats: state.seats,
          interval: state.interval,
          anchor: state.anchor,
          paidThrough: end,
        })
      }
      follow()
      for (const { wait, act } of steps) {
        if (team.now + wait - start >= most) break
        team.pass(wait)
        if (act.do === 'spend') team.spend(act.percent)
        else if (act.do === 'catalog') team.publish(catalogs[act.catalog] as (typeof catalogs)[number])
        else {
          reached.turns += 1
          if (act.do === 'seats') state.seats = act.seats
          if (act.do === 'plan') state.plan = act.plan
          if (act.do === 'other interval') {
            state.interval = state.interval === 'MONTH' ? 'YEAR' : 'MONTH'
            state.anchor = team.now
          }
          if (act.do === 'cancel and come back') {
            stripe.cancelled(team.now)
            team.cancel(true)
            team.pass(1000)
            state.anchor = team.now
          }
          follow()
        }
        const given = BigInt(Math.round(team.given * 1e6))
        // Less than a credit, because what a period comes to is rounded for the team.
        expect(given).toBeLessThanOrEqual(stripe.most + 999_999n)
        if (act.do !== 'catalog' && act.do !== 'spend') expect(given).toBeGreaterThanOrEqual(stripe.paid - 2n)
        if (given > stripe.paid + 1_000_000n) reached.surplus += 1
      }
      reached.spent += team.used
    }),
    { numRuns: 600 },
  )
  expect(reached.turns).toBeGreaterThan(2_000)
  expect(reached.surplus).toBeGreaterThan(300)
}, 120_000)
