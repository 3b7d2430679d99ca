import fc from 'fast-check'
import { expect } from 'vitest'
import type { PlanTerms, Policy } from '../../../src/domain/account.ts'
import type { Rollover } from '../../../src/domain/allowance.ts'
import { cadences } from '../../../src/domain/period.ts'
import type { World } from '../../../src/domain/rules.ts'
import { AllowanceDays, type Lot, type PlanDays } from './allowance-days.ts'
import { expectEqual } from './expect-equal.ts'
import { startOfPeriod } from './periods.ts'
import { inOrder, PlannedTeam } from './planned-team.ts'
import { Days, type Terms } from './wall-days.ts'
import { card, policy, usageOf } from './world.ts'

const hour = 3_600_000
const day = 24 * hour
/** With daylight saving by an hour, by half an hour and at midnight, with odd offsets, and without any. */
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'America/Havana', 'Africa/Cairo']
const zone = fc.constantFrom(...zones, 'Asia/Beirut', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Auckland')
const anyInstant = fc.integer({ min: Date.parse('2012-01-01T00:00:00Z'), max: Date.parse('2028-12-31T00:00:00Z') })
/** Days that some months lack, and the hours at which clocks are moved. */
const awkward = fc
  .record({
    year: fc.integer({ min: 2012, max: 2028 }),
    date: fc.constantFrom('01-29', '01-30', '01-31', '02-28', '02-29', '03-31', '04-24', '08-01', '10-31', '12-31'),
    time: fc.constantFrom('00:00', '00:30', '01:30', '02:30', '03:00', '21:59', '23:59'),
  })
  .map(({ year, date, time }) => Date.parse(`${year}-${date}T${time}:00Z`))
  .filter((at) => new Date(at).toISOString().length === 24)
const start = fc.oneof(anyInstant, awkward)

const credits = fc.oneof(
  fc.bigInt({ min: 1n, max: 60n }).map((whole) => whole * 1_000_000n),
  fc.bigInt({ min: 1n, max: 40_000_000n }),
)
const every = fc.constantFrom(...cadences)
const weekday = fc.record({ weekday: fc.integer({ min: 1, max: 7 }) })
const dayOfMonth = fc.record({ dayOfMonth: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constantFrom(29, 30, 31)) })
const caller = { id: null, role: 'MEMBER' } as const
const anchorOf = (cadence: Terms['every']) => {
  const always = fc.constantFrom('calendar' as const, 'subscription' as const)
  if (cadence === 'YEAR') return always
  return fc.oneof<[typeof always, fc.Arbitrary<Terms['anchor']>]>(always, cadence === 'WEEK' ? weekday : dayOfMonth)
}
const rollover = fc.oneof(fc.constantFrom(0n, null), credits)
const termsOf = (id: string): fc.Arbitrary<Terms> =>
  every.chain((cadence) =>
    fc.record({
      id: fc.constant(id),
      credits,
      every: fc.constant(cadence),
      perSeat: fc.boolean(),
      anchor: anchorOf(cadence),
      interval: fc.constantFrom(null, null, 'MONTH' as const, 'YEAR' as const),
      rollover,
    }),
  )
const plan = fc
  .subarray(['week', 'month', 'year', 'extra'], { minLength: 1 })
  .chain((ids) => fc.tuple(...ids.map(termsOf)))

const soon = fc.integer({ min: 0, max: 40 * day })
const late = fc.integer({ min: 0, max: 400 * day })
const boundary = fc.constantFrom('to the next instant' as const, 'to right before it' as const)
const wait = fc.oneof(
  { weight: 4, arbitrary: soon },
  { weight: 1, arbitrary: late },
  { weight: 3, arbitrary: boundary },
)
const share = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(100))
/** Acts of a team that leave its plan alone. */
export const spending = [
  fc.record({ do: fc.constant('spend' as const), share }),
  fc.record({ do: fc.constant('hold' as const), share, seconds: fc.constantFrom(1, 3600, 86_400) }),
  fc.constant({ do: 'look' as const }),
]
/** `later`: how far behind the change the periods of subscriptions begin; null: they stay where they are. */
export const change = fc.record({
  do: fc.constant('change' as const),
  plan: fc.nat({ max: 2 }),
  seats: fc.integer({ min: 1, max: 4 }),
  interval: fc.constantFrom(null, 'MONTH' as const, 'YEAR' as const),
  anchor: fc.oneof(
    fc.constantFrom(null, null, 'as before' as const),
    fc.integer({ min: -400 * day, max: 30 * day }),
    fc.integer({ min: -13, max: 0 }).map((months) => ({ months })),
  ),
})
/**
 * `paid`: to the end of which month of the anchor, from the one that runs now (0: paid as it should be); by time; or as it
 * was. `trial`: for so long from now, and from its end on the periods are counted.
 */
export const subscription = fc.record({
  do: fc.constant('subscription' as const),
  plan: fc.oneof(fc.constant(0), fc.nat({ max: 2 })),
  seats: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 3 })),
  interval: fc.constantFrom('MONTH' as const, 'MONTH' as const, 'YEAR' as const),
  units: fc.oneof(fc.constant(1), fc.nat({ max: 3 })),
  counts: fc.oneof(
    { weight: 8, arbitrary: fc.constant('as before' as const) },
    { weight: 1, arbitrary: fc.constant('from now' as const) },
    { weight: 1, arbitrary: fc.record({ trial: fc.integer({ min: 1, max: 70 * day }) }) },
  ),
  paid: fc.oneof(
    { weight: 4, arbitrary: fc.record({ months: fc.constantFrom(-1, 0, 0, 0, 1, 11) }) },
    { weight: 2, arbitrary: fc.record({ time: fc.integer({ min: -30 * day, max: 60 * day }) }) },
    { weight: 1, arbitrary: fc.record({ time: fc.integer({ min: -4 * hour, max: 4 * hour }) }) },
    { weight: 2, arbitrary: fc.constant('as before' as const) },
  ),
  ended: fc.integer({ min: 0, max: 7 }).map((one) => one === 0),
  refunded: fc.boolean(),
})
const unit = fc.oneof(fc.constant(null), credits)
/** A team over years: its plans, and what it does one after the other. */
export const life = (acts: readonly fc.Arbitrary<Act>[], planChanges: fc.Arbitrary<PlanDays['planChanges']>) =>
  fc.record({
    zone,
    start,
    planChanges,
    falls: fc.boolean(),
    units: fc.tuple(unit, unit, unit),
    plans: fc.tuple(plan, plan, plan),
    first: change,
    steps: fc.array(fc.record({ wait, act: fc.oneof(...acts) }), { minLength: 3, maxLength: 30, size: 'max' }),
  })

type Subscription = typeof subscription extends fc.Arbitrary<infer T> ? T : never
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
type Act =
  | Change
  | Subscription
  | { do: 'spend'; share: number }
  | { do: 'hold'; share: number; seconds: number }
  | { do: 'look' }
type Life = ReturnType<typeof life> extends fc.Arbitrary<infer T> ? T : never

/** When a change of plan counts. */
export const mode = fc.constantFrom('next-deposit' as const, 'at-once' as const)

/** Lives so many lives; counts what they reached. */
export function lived(lives: fc.Arbitrary<Life>, numRuns: number) {
  const reached = { deposits: 0, carried: 0, change: 0, unit: 0, revoked: 0, late: 0, waited: 0 }
  fc.assert(
    fc.property(lives, (given) => {
      const { lots, told, waited } = live(given)
      reached.waited += waited
      for (const { part, startsAt, granted, revoked } of lots) {
        if (part === 'deposit') reached.deposits += 1
        else reached[part] += 1
        if (revoked > 0n) reached.revoked += 1
        if (part === 'carried' && !told.some((one) => one.at === startsAt && one.amount === granted)) reached.late += 1
      }
    }),
    { numRuns },
  )
  return reached
}

/** Each step is lived by a team and by the calendar; after each, both must have the same. */
function live({ zone, start, planChanges, plans, units, falls, first, steps }: Life) {
  const model = new AllowanceDays({ planChanges, zone, defaultPlan: falls ? 'plan0' : null })
  const team = new PlannedTeam(worldOf(plans, units, falls, planChanges, zone))
  let now = start
  let anchor = start
  let paidThrough = start + 30 * day
  let waited = 0
  const planned = (plan: number) => ({ plan: `plan${plan}`, terms: plans[plan] ?? [], unit: units[plan] ?? null })
  const take = (act: Act) => {
    const due = 'share' in act ? (model.available * BigInt(act.share)) / 100n : 0n
    if (act.do === 'change') {
      const { seats, interval } = act
      const given = anchorFor(act, now, anchor)
      anchor = given ?? anchor
      model.assign({ ...planned(act.plan), seats, interval, anchor: given }, now)
      const command = { kind: 'assign-plan', planId: `plan${act.plan}`, teamName: null, seats, interval } as const
      team.ask({ ...command, anchor: given }, now)
    } else if (act.do === 'subscription') {
      const { seats, interval, units, counts, paid } = act
      if (counts === 'from now') anchor = now
      else if (counts !== 'as before') anchor = paidThrough = now + counts.trial
      if (paid !== 'as before') paidThrough = 'time' in paid ? now + paid.time : endOfMonth(anchor, now, paid.months)
      const terms = { seats, interval, anchor, paidThrough }
      const fallen = { ...planned(0), seats: 1, interval: null, anchor: null }
      const ended = act.ended ? (falls ? fallen : ('on none' as const)) : null
      model.follow({ ...planned(act.plan), ...terms, units, ended, refunded: act.refunded }, now)
      const said = { ...terms, planId: `plan${act.plan}`, addOnUnits: units, ended: act.ended, refunded: act.refunded }
      for (const _ of ['once', 'again']) {
        team.ask(
          { kind: 'follow-subscription', subscription: 'sub', renews: true, isTrialing: anchor > now, ...said },
          now,
        )
      }
    } else if (act.do === 'spend' && due > 0n) {
      model.spend(due, now)
      team.ask({ kind: 'charge-usage', usage: usageOf([due]), reference: null, memberId: null, caller }, now)
    } else if (act.do === 'hold' && due > 0n) {
      model.hold(due, act.seconds * 1000, now)
      const terms = { expiresInSeconds: act.seconds, reference: null, memberId: null, caller }
      team.ask({ kind: 'place-hold', usage: usageOf([due]), ...terms }, now)
    } else if (act.do === 'look') team.ask({ kind: 'roll-forward' }, now)
  }
  take(first)
  for (const { wait, act } of steps) {
    model.passTo(now)
    const next = Math.min(model.nextInstant(), now + 400 * day)
    now = typeof wait === 'number' ? now + wait : Math.max(now, wait === 'to right before it' ? next - 1 : next)
    model.passTo(now)
    const seen = team.balance(now)
    expectEqual(
      [seen.available, seen.period, team.nextDeposit(now)],
      [model.available, model.period(now), model.nextDeposit(now)],
    )
    if (model.isWaiting) waited += 1
    take(act)
  }
  team.ask({ kind: 'roll-forward' }, now)
  expectEqual(team.lots(), model.lots.map(lotOf))
  expectEqual(team.told(), inOrder(model.told))
  const names = team.names()
  expectEqual([...new Set(names)], names)
  expect(team.planChanges).toBe(model.planChanges)
  return { lots: model.lots, told: model.told, waited }
}

function endOfMonth(anchor: number, now: number, more: number): number {
  if (now < anchor) return anchor
  const months = Days.since(anchor, 'MONTH', 'UTC')
  let index = 0
  for (; months.next <= now; index += 1) months.step()
  return startOfPeriod(anchor, 'MONTH', 'UTC', Math.max(0, index + more))
}

function anchorFor({ anchor }: Change, now: number, before: number): number | null {
  if (anchor === null) return null
  if (anchor === 'as before') return before
  if (typeof anchor === 'number') return now + anchor
  const date = new Date(now)
  return date.setUTCMonth(date.getUTCMonth() + anchor.months)
}

const lotOf = ({ of, part, startsAt, endsAt, granted, available, held, spent, expired, revoked }: Lot) => ({
  ...{ of: { deposit: of, carried: `${of}:rollover`, change: null, unit: null }[part], startsAt, endsAt },
  granted,
  available,
  held,
  spent,
  expired,
  revoked,
})

function worldOf(
  plans: readonly (readonly Terms[])[],
  units: readonly (bigint | null)[],
  falls: boolean,
  planChanges: PlanDays['planChanges'],
  timeZone: string,
): World {
  const rolloverOf = (most: bigint | null): Rollover => (most === null ? 'full' : most === 0n ? 'none' : { upTo: most })
  const known = new Map<string, PlanTerms>(
    plans.map((terms, index) => {
      const allowances = terms.map((one) => ({ ...one, rollover: rolloverOf(one.rollover) }))
      const unit = units[index] ?? null
      const addOn = unit === null ? null : { credits: unit }
      return [
        `plan${index}`,
        { id: `plan${index}`, allowances, addOn, creditLine: null, trial: null, topUp: true, contact: null },
      ]
    }),
  )
  const burnPriority = { ...policy.burnPriority, INCLUDED: 0, ADD_ON: 0 }
  const defaultPlan = falls ? 'plan0' : null
  const own: Policy = { ...policy, burnPriority, defaultPlan, planChanges, timeZone, plan: (id) => known.get(id) }
  return { rulesAt: () => ({ card, policy: own }), cardOf: () => card }
}
