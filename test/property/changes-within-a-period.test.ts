import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'
import { StripeSum } from './model/stripe-sum.ts'

const [hour, day] = [3_600_000, 86_400_000]
const start = Date.parse('2027-01-01T12:00:00Z')
/** All changes are made before the end of the first period that any of them begins. */
const most = 27 * day

/** Credits a month, for each seat if the plan has seats. */
const plans = { small: 60, team: 150, third: 0.3, renamed: 150 } as const
type PlanId = keyof typeof plans
const ids = Object.keys(plans) as PlanId[]
const perSeat = (plan: PlanId) => plan !== 'small'

/** `named`: the id that the catalog gives the month of one plan. */
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
  { weight: 2, arbitrary: fc.constant({ do: 'cancel and try' as const }) },
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

const trialLasts = 28 * day

function periodOf(anchor: number, interval: 'MONTH' | 'YEAR') {
  const months = interval === 'MONTH' ? 1 : 12
  return { start: anchor, end: new Date(anchor).setUTCMonth(new Date(anchor).getUTCMonth() + months) }
}

/** A team and its payments: the subscription's state goes to the team, the bills to the sum. */
class Customer {
  readonly team = new PlanTeam(catalogs[0] as (typeof catalogs)[number], start)
  readonly paid = new StripeSum()
  /** The value of trials, as if they were paid. */
  readonly tried = new StripeSum()
  terms: { plan: PlanId; seats: number; interval: 'MONTH' | 'YEAR' }
  #period: { readonly start: number; readonly end: number; readonly isTrial: boolean }

  constructor(plan: PlanId, seats: number) {
    this.terms = { plan, seats, interval: 'MONTH' }
    this.#period = { ...periodOf(start, 'MONTH'), isTrial: false }
    this.follow()
  }

  beginPeriod(): void {
    this.#period = { ...periodOf(this.team.now, this.terms.interval), isTrial: false }
  }

  beginTrial(): void {
    this.#period = { start: this.team.now, end: this.team.now + trialLasts, isTrial: true }
  }

  cancel(): void {
    for (const sum of [this.paid, this.tried]) sum.cancelled(this.team.now)
    this.team.cancel(true)
    this.team.pass(1000)
  }

  follow(): void {
    const { start, end, isTrial } = this.#period
    const [one, other] = isTrial ? [this.tried, this.paid] : [this.paid, this.tried]
    other.cancelled(this.team.now)
    one.stands(rateOf(this.terms), { start, end }, this.team.now)
    const { plan: planId, seats, interval } = this.terms
    this.team.follow({ planId, seats, interval, anchor: isTrial ? end : start, paidThrough: end })
  }
}

test('whatever a team changes within a period, it was given what is paid, and less than a credit above the most that ever was', () => {
  const reached = { turns: 0, surplus: 0, trials: 0 }
  fc.assert(
    fc.property(lives, ({ plan, seats, steps }) => {
      const customer = new Customer(plan, seats)
      const { team, paid, tried } = customer
      for (const { wait, act } of steps) {
        if (team.now + wait + 1000 - start >= most) break
        team.pass(wait)
        if (act.do === 'spend') team.spend(act.percent)
        else if (act.do === 'catalog') team.publish(catalogs[act.catalog] as (typeof catalogs)[number])
        else {
          const { terms } = customer
          if (act.do === 'seats') customer.terms = { ...terms, seats: act.seats }
          if (act.do === 'plan') customer.terms = { ...terms, plan: act.plan }
          if (act.do === 'other interval') {
            customer.terms = { ...terms, interval: terms.interval === 'MONTH' ? 'YEAR' : 'MONTH' }
            customer.beginPeriod()
          }
          if (act.do === 'cancel and come back' || act.do === 'cancel and try') {
            customer.cancel()
            if (act.do === 'cancel and try') customer.beginTrial()
            else customer.beginPeriod()
          }
          customer.follow()
          reached.turns += 1
          if (act.do === 'cancel and try') reached.trials += 1
        }
        const given = BigInt(Math.round(team.given * 1e6))
        // What a period comes to is rounded up to a whole credit; a trial's is another period.
        const rounding = tried.most > 0n ? 1_999_998n : 999_999n
        expect(given).toBeLessThanOrEqual(paid.most + tried.most + rounding)
        if (act.do !== 'catalog' && act.do !== 'spend') expect(given).toBeGreaterThanOrEqual(paid.paid - 2n)
        if (given > paid.paid + 1_000_000n) reached.surplus += 1
      }
    }),
    { numRuns: 600 },
  )
  expect(reached.turns).toBeGreaterThan(2_000)
  expect(reached.surplus).toBeGreaterThan(300)
  expect(reached.trials).toBeGreaterThan(200)
}, 120_000)
