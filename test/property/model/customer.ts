import { expect } from 'vitest'
import { catalogWith } from '../../integration/ledger/told.ts'
import { PlanTeam } from '../../setup/plan-team.ts'
import { StripeSum } from './stripe-sum.ts'

const day = 86_400_000
export const start = Date.parse('2027-01-01T12:00:00Z')

/** Credits a month, for each seat if the plan has seats. */
const plans = { small: 60, team: 150, third: 0.3, renamed: 150 } as const
export type PlanId = keyof typeof plans
export const ids = Object.keys(plans) as PlanId[]
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
export const catalogs = ['month', 'monat', 'mois'].map(catalog)

/** One act of a customer within a period. */
export type Act =
  | { readonly do: 'spend'; readonly percent: number }
  | { readonly do: 'seats'; readonly seats: number }
  | { readonly do: 'plan'; readonly plan: PlanId }
  | { readonly do: 'catalog'; readonly catalog: number }
  | { readonly do: 'other interval' | 'cancel and come back' | 'cancel and try' }

/** Micro-credits that the subscription's plan deposits a whole period. */
const rateOf = ({ plan, seats, interval }: { plan: PlanId; seats: number; interval: 'MONTH' | 'YEAR' }) =>
  BigInt(Math.round(plans[plan] * 10)) * 100_000n * BigInt(perSeat(plan) ? seats : 1) * (interval === 'YEAR' ? 12n : 1n)

const trialLasts = 28 * day

function periodOf(anchor: number, interval: 'MONTH' | 'YEAR') {
  const months = interval === 'MONTH' ? 1 : 12
  return { start: anchor, end: new Date(anchor).setUTCMonth(new Date(anchor).getUTCMonth() + months) }
}

/** A team and its payments: the subscription's state goes to the team, the bills to the sum. */
export class Customer {
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

  act(act: Act): void {
    if (act.do === 'spend') this.team.spend(act.percent)
    else if (act.do === 'catalog') this.team.publish(catalogs[act.catalog] as (typeof catalogs)[number])
    else {
      this.#change(act)
      this.follow()
    }
  }

  #change(act: Act): void {
    const { terms } = this
    switch (act.do) {
      case 'seats':
        this.terms = { ...terms, seats: act.seats }
        break
      case 'plan':
        this.terms = { ...terms, plan: act.plan }
        break
      case 'other interval':
        this.terms = { ...terms, interval: terms.interval === 'MONTH' ? 'YEAR' : 'MONTH' }
        this.beginPeriod()
        break
      default:
        this.cancel()
        if (act.do === 'cancel and try') this.beginTrial()
        else this.beginPeriod()
    }
  }

  /** The team was given what is paid, and less than a credit above the most that ever was. */
  expectLaw(act: Act): void {
    const { paid, tried } = this
    // The total of a period is rounded up to a whole credit. A trial is a period of its own.
    const rounding = tried.most > 0n ? 1_999_998n : 999_999n
    expect(this.given).toBeLessThanOrEqual(paid.most + tried.most + rounding)
    if (act.do !== 'catalog' && act.do !== 'spend') expect(this.given).toBeGreaterThanOrEqual(paid.paid - 2n)
  }

  /** All micro-credits that the team was given, less those taken back. */
  get given(): bigint {
    return BigInt(Math.round(this.team.given * 1e6))
  }
}
