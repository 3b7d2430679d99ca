import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Account, PlanTerms, Policy } from '../../src/domain/account.ts'
import type { Rollover } from '../../src/domain/allowance.ts'
import { balanceOf } from '../../src/domain/balance.ts'
import { type Command, contextAt, type World } from '../../src/domain/command.ts'
import { newAccount } from '../../src/domain/commands/assign-plan.ts'
import { decide } from '../../src/domain/decide.ts'
import { type Grant, isOpen } from '../../src/domain/grant.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { teamId } from '../../src/domain/identity.ts'
import { cadences } from '../../src/domain/period.ts'
import type { Posting } from '../../src/domain/posting.ts'
import { rollForward } from '../../src/domain/roll-forward.ts'
import { AllowanceDays, type Lot, type PlanDays, type Terms } from './model/allowance-days.ts'
import { card, policy, usageOf } from './model/world.ts'

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
const spending = [
  fc.record({ do: fc.constant('spend' as const), share }),
  fc.record({ do: fc.constant('hold' as const), share, seconds: fc.constantFrom(1, 3600, 86_400) }),
  fc.constant({ do: 'look' as const }),
]
/** `later`: how far behind the change the periods of subscriptions begin; null: they stay where they are. */
const change = fc.record({
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
const life = (acts: readonly fc.Arbitrary<Act>[], planChanges: fc.Arbitrary<PlanDays['planChanges']>) =>
  fc.record({
    ...{ zone, start, planChanges },
    plans: fc.tuple(plan, plan, plan),
    first: change,
    steps: fc.array(fc.record({ wait, act: fc.oneof(...acts) }), { minLength: 3, maxLength: 30, size: 'max' }),
  })

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
type Act = Change | { do: 'spend'; share: number } | { do: 'hold'; share: number; seconds: number } | { do: 'look' }
type Life = ReturnType<typeof life> extends fc.Arbitrary<infer T> ? T : never

const mode = fc.constantFrom('next-deposit' as const, 'at-once' as const)

test('the allowances of any plan over any years are those of a day-by-day calendar', () => {
  const reached = lived(life(spending, mode), 300)
  expect(reached.carried).toBeGreaterThan(200)
  expect(reached.deposits).toBeGreaterThan(3_000)
}, 300_000)

test('so they are while plans, seats, intervals and anchors change, at once or from the next deposit on', () => {
  const reached = lived(life([...spending, change, change], mode), 1_000)
  expect(reached.carried).toBeGreaterThan(200)
  expect(reached.change).toBeGreaterThan(200)
  expect(reached.revoked).toBeGreaterThan(100)
}, 300_000)

function lived(lives: fc.Arbitrary<Life>, numRuns: number) {
  const reached = { deposits: 0, carried: 0, change: 0, revoked: 0 }
  fc.assert(
    fc.property(lives, (given) => {
      for (const { part, revoked } of live(given)) {
        if (part === 'deposit') reached.deposits += 1
        else reached[part] += 1
        if (revoked > 0n) reached.revoked += 1
      }
    }),
    { numRuns },
  )
  return reached
}

/** Each step is lived by a team and by the calendar; after each, both must have the same. */
function live({ zone, start, planChanges, plans, first, steps }: Life): readonly Lot[] {
  const model = new AllowanceDays({ planChanges, zone })
  const team = new Team(worldOf(plans, planChanges, zone))
  let now = start
  let anchor = start
  const take = (act: Act) => {
    const due = 'share' in act ? (model.available * BigInt(act.share)) / 100n : 0n
    if (act.do === 'change') {
      const { seats, interval } = act
      const given = anchorFor(act, now, anchor)
      anchor = given ?? anchor
      model.assign({ terms: plans[act.plan] ?? [], seats, interval, anchor: given }, now)
      const command = { kind: 'assign-plan', planId: `plan${act.plan}`, teamName: null, seats, interval } as const
      team.ask({ ...command, anchor: given }, now)
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
    expect([seen.available, seen.period]).toEqual([model.available, model.period(now)])
    take(act)
  }
  team.ask({ kind: 'roll-forward' }, now)
  expect(team.lots()).toEqual(model.lots.map(lotOf))
  expect(team.told()).toEqual(inOrder(model.told))
  expect(team.names().filter((name, index, names) => names.indexOf(name) !== index)).toEqual([])
  return model.lots
}

function anchorFor({ anchor }: Change, now: number, before: number): number | null {
  if (anchor === null) return null
  if (anchor === 'as before') return before
  if (typeof anchor === 'number') return now + anchor
  const date = new Date(now)
  return date.setUTCMonth(date.getUTCMonth() + anchor.months)
}

const lotOf = ({ of, part, startsAt, endsAt, granted, available, held, spent, expired, revoked }: Lot) => ({
  ...{ of: { deposit: of, carried: `${of}:rollover`, change: null }[part], startsAt, endsAt },
  ...{ granted, available, held, spent, expired, revoked },
})

/** What lands or ends at the same instant does so in no order of its own. */
const inOrder = (told: AllowanceDays['told']) =>
  told
    .map(({ at, what, amount }) => `${at} ${what} ${amount}`)
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0))

function worldOf(plans: readonly (readonly Terms[])[], planChanges: PlanDays['planChanges'], timeZone: string): World {
  const rolloverOf = (most: bigint | null): Rollover => (most === null ? 'full' : most === 0n ? 'none' : { upTo: most })
  const known = new Map<string, PlanTerms>(
    plans.map((terms, index) => {
      const allowances = terms.map((one) => ({ ...one, rollover: rolloverOf(one.rollover) }))
      return [`plan${index}`, { id: `plan${index}`, allowances, addOn: null, topUp: true, contact: null }]
    }),
  )
  const own: Policy = { ...policy, planChanges, timeZone, plan: (id) => known.get(id) }
  return { rulesAt: () => ({ card, policy: own }), cardOf: () => card }
}

/** The pure core, between whose commands only what a database keeps is remembered: open grants. */
class Team {
  readonly #world: World
  #account: Account | null = null
  readonly #grants = new Map<number, Grant>()
  readonly #holds = new Map<number, Hold>()
  readonly #postings: Posting[] = []

  constructor(world: World) {
    this.#world = world
  }

  ask(command: Command, at: number): void {
    const context = contextAt(this.#world, at)
    const before = this.#account ?? newAccount(teamId('team'), context)
    const rolled = this.#rolled(before, at)
    const decision = decide(rolled.account, command, {}, context)
    if (decision.outcome.kind === 'refused') throw decision.outcome.failure
    for (const hold of [...rolled.holds, ...(decision.hold === null ? [] : [decision.hold])]) {
      this.#holds.set(hold.id, hold)
    }
    this.#postings.push(...rolled.postings, ...decision.postings)
    for (const grant of decision.account.grants) this.#grants.set(grant.id, grant)
    const grants = decision.account.grants.filter((grant) => isOpen(grant, at))
    this.#account = { ...decision.account, grants }
  }

  balance(at: number) {
    if (this.#account === null) throw new Error('A plan was assigned first')
    return balanceOf(this.#rolled(this.#account, at).account, at)
  }

  lots() {
    const numbered = [...this.#grants.values()].sort((one, other) => one.id - other.id)
    return numbered.map(({ allowance, startsAt, expiresAt, ...grant }) => {
      const { granted, available, held, spent, expired, revoked } = grant
      const window = { of: allowance?.id ?? null, startsAt, endsAt: expiresAt }
      return { ...window, granted, available, held, spent, expired, revoked }
    })
  }

  /** Of which the database takes each once. */
  names(): string[] {
    return [...this.#grants.values()].flatMap(({ source, allowance }) =>
      allowance === null ? [source] : [source, `period ${allowance.period} of ${allowance.id}`],
    )
  }

  told(): string[] {
    const told = this.#postings.flatMap(({ type, at, entries }) =>
      type === 'GRANT' || type === 'EXPIRY' ? entries.map(({ amount }) => ({ what: type, at, amount })) : [],
    )
    return inOrder(told)
  }

  #rolled(account: Account, at: number) {
    const open = [...this.#holds.values()].filter(({ state }) => state === 'OPEN')
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt).filter((expiresAt) => expiresAt > at))
    const due = open.filter(({ expiresAt }) => expiresAt <= at)
    return rollForward(account, due, next === Infinity ? null : next, this.#world.rulesAt, at)
  }
}
