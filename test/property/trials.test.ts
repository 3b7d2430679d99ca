import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import type { Command } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { decide } from '../../src/domain/decisions/decide.ts'
import { rollForward } from '../../src/domain/decisions/roll-forward.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { teamId } from '../../src/domain/identity.ts'
import type { Posting } from '../../src/domain/posting.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { seed } from '../setup/random.ts'

const hour = 3_600_000
const day = 24 * hour
const start = Date.parse('2026-12-01T12:00:00Z')
const trials: Readonly<Record<string, { credits: number; days: number } | undefined>> = {
  pro: { credits: 40, days: 7 },
  team: { credits: 90, days: 14 },
  short: { credits: 10, days: 1 },
}
const planIds = ['free', 'pro', 'team', 'short', 'plain'] as const
const planOf = (id: string, of: string) => {
  const trial = trials[id]
  const key = trial === undefined ? '' : `, trial: { credits: ${trial.credits}, days: ${trial.days} }`
  return `  - { id: ${id}, name: ${id}, topUp: true, allowances: [${of}]${key} }`
}
const monthly = (credits: number) => `{ id: month, credits: ${credits}, every: MONTH, anchor: subscription }`
const plans = `
${planOf('free', '{ id: week, credits: 16, every: WEEK, rollover: full }')}
${planOf('pro', monthly(150))}
${planOf('team', `${monthly(300)}, { id: week, credits: 20, every: WEEK }`)}
${planOf('short', '{ id: week, credits: 30, every: WEEK }')}
${planOf('plain', monthly(60))}
`
const defaults = ['free', 'short', null] as const
const more = `  - id: more
    name: More
    rates:
      - { id: start, name: Start, credits: 1, unit: TOKEN, charge: at-start }
      - { id: gb, name: GB, credits: 1, unit: GB_DAY }`
const catalogs = defaults.map((plan) => {
  const atZero = plan === 'short' ? 'stop' : 'owe'
  const settings = `timeZone: UTC\nstorageAtZero: ${atZero}\n${plan === null ? '' : `defaultPlan: ${plan}`}`
  return catalogWith(plans, `${more}\n${settings}`)
})
const caller = { id: null, role: 'PLATFORM' } as const
const use = (quantity: bigint, rate = 'credit') => [{ rate, quantity, count: 1 }]

/** A team in the pure core, with its holds and all that was posted. */
class Team {
  now = start
  account: Account
  readonly holds = new Map<number, Hold>()
  readonly postings: Posting[] = []
  readonly sources: string[] = []
  readonly #world: World

  constructor(of: number) {
    const rules = rulesOf(catalogs[of] as (typeof catalogs)[number])
    this.#world = { rulesAt: () => rules, cardOf: () => rules.card }
    this.account = newAccount(teamId('team'), contextAt(this.#world, start))
  }

  rolledTo(at: number, account = this.account) {
    const open = [...this.holds.values()]
    const due = open.filter(({ expiresAt }) => expiresAt <= at)
    const next = Math.min(...open.filter(({ expiresAt }) => expiresAt > at).map(({ expiresAt }) => expiresAt))
    return rollForward(account, { due, nextDeadline: next === Infinity ? null : next }, this.#world.rulesAt, at)
  }

  pass(ms: number): void {
    this.now += ms
    const { account, postings, holds } = this.rolledTo(this.now)
    for (const { id } of holds) this.holds.delete(id)
    this.#keep(account, postings)
  }

  ask(command: Command, hold?: Hold): void {
    const facts = hold === undefined ? {} : { hold }
    const decision = decide(this.account, command, facts, contextAt(this.#world, this.now))
    if (decision.outcome.kind === 'refused') throw decision.outcome.failure
    if (decision.hold?.state === 'OPEN') this.holds.set(decision.hold.id, decision.hold)
    else if (decision.hold !== null) this.holds.delete(decision.hold.id)
    this.#keep(decision.account, decision.postings)
  }

  #keep(account: Account, postings: readonly Posting[]): void {
    this.account = account
    this.postings.push(...postings)
    const arrived = postings.filter(({ type, entries }) => type === 'GRANT' && entries[0]?.from === 'none')
    this.sources.push(...arrived.map(({ reference }) => reference ?? ''))
  }
}

/** The rules of trials, told by the acts alone. */
class Model {
  had: { plan: string; from: number; endsAt: number; end: string | null; endedAt: number | null } | null = null
  plan: string | null = null
  deposits = false
  subscribed = false
  isImported = false
  readonly #defaultPlan: string | null

  constructor(defaultPlan: string | null) {
    this.#defaultPlan = defaultPlan
  }

  get runs(): boolean {
    return this.had !== null && this.had.end === null
  }

  pass(now: number): void {
    if (this.had !== null && this.had.end === null && this.had.endsAt <= now) this.over('DAYS', this.had.endsAt)
  }

  over(end: string, at: number): void {
    if (this.had === null || this.had.end !== null) return
    this.had = { ...this.had, end, endedAt: at }
    if (!this.subscribed) this.toDefault()
  }

  toDefault(): void {
    this.plan = this.#defaultPlan
    this.deposits = true
  }

  import(plan: string, now: number): void {
    this.plan = plan
    this.deposits = true
    if (trials[plan] === undefined) return
    this.had = { plan, from: now, endsAt: now, end: 'PLAN_CHANGED', endedAt: now }
    this.isImported = true
  }

  /** The team is put on a plan, while it owes credits; `begins`: the plan itself begins, without a trial. */
  put(plan: string, begins: boolean, { now, owed }: { readonly now: number; readonly owed: bigint }): void {
    const trial = trials[plan]
    const goesOn = !begins && this.had?.plan === plan && this.had.end === null
    if (!goesOn) this.over('PLAN_CHANGED', now)
    const isEaten = trial !== undefined && owed >= BigInt(trial.credits) * 1_000_000n
    if (!begins && this.had === null && trial !== undefined && this.plan !== plan && !isEaten) {
      this.had = { plan, from: now, endsAt: now + trial.days * day, end: null, endedAt: null }
    }
    this.plan = plan
    this.deposits = !this.runs
  }
}

const plan = fc.constantFrom(...planIds)
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('assign' as const), plan, trial: fc.constantFrom(true, true, false) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('try' as const), plan, days: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pay' as const), plan, anchorInDays: fc.constantFrom(0, 0, 15) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('store' as const), gigabytes: fc.constantFrom(0n, 2n, 60n) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('spend' as const), percent: fc.constantFrom(10, 50, 100, 100) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      percent: fc.constantFrom(50, 100),
      rate: fc.constantFrom('credit', 'start'),
      hours: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end hold' as const), percent: fc.constantFrom(0, 50, 100) }) },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never
const wait = fc.oneof(fc.constant(0), fc.constantFrom(1, hour, day, 7 * day), fc.integer({ min: 0, max: 6 * day }))
const lives = fc.record({
  of: fc.nat({ max: defaults.length - 1 }),
  begins: fc.oneof(fc.constantFrom('open' as const, null), fc.record({ imports: plan })),
  steps: fc.array(fc.record({ wait, act }), { minLength: 1, maxLength: 25, size: 'max' }),
})

function doIn(team: Team, model: Model, act: Act): void {
  const { now } = team
  const state = { now, owed: team.account.owed }
  const follows = {
    kind: 'follow-subscription',
    subscription: 's',
    seats: 1,
    interval: 'MONTH',
    addOnUnits: 0,
  } as const
  const stands = { ...follows, renews: true, isTrialing: false, ended: false, refunded: false } as const
  const part = (of: bigint, percent: number) => (of * BigInt(percent)) / 100n
  const [hold] = team.holds.values()
  switch (act.do) {
    case 'assign': {
      const terms = { planId: act.plan, teamName: null, seats: 1, interval: null, anchor: null, trial: act.trial }
      team.ask({ kind: 'assign-plan', ...terms })
      model.subscribed = false
      model.put(act.plan, !act.trial, state)
      return
    }
    case 'try': {
      const anchor = now + act.days * day
      team.ask({ ...stands, planId: act.plan, anchor, paidThrough: anchor, isTrialing: true })
      const isOnIt = model.plan === act.plan && model.deposits
      model.subscribed = true
      const tries = !isOnIt && trials[act.plan] !== undefined
      model.put(act.plan, !tries, state)
      if (tries) model.deposits = false
      return
    }
    case 'pay':
      team.ask({ ...stands, planId: act.plan, anchor: now + act.anchorInDays * day, paidThrough: now + 31 * day })
      model.subscribed = true
      model.put(act.plan, true, state)
      return
    case 'cancel':
      if (!model.subscribed) return
      team.ask({ ...stands, planId: '', anchor: now, paidThrough: now, ended: true, refunded: true })
      model.subscribed = false
      model.over('PLAN_CHANGED', now)
      model.toDefault()
      return
    case 'store':
      team.ask({ kind: 'set-stored-amount', rate: 'gb', amount: act.gigabytes * 1_000_000n, caller })
      return
    case 'spend': {
      const quantity = part(team.account.available, act.percent)
      if (quantity === 0n) return
      team.ask({ kind: 'charge-usage', usage: use(quantity), reference: null, memberId: null, caller })
      return
    }
    case 'hold': {
      const quantity = part(team.account.available, act.percent)
      if (quantity === 0n) return
      const terms = { expiresInSeconds: act.hours * 3600, reference: null, memberId: null, caller }
      team.ask({ kind: 'place-hold', usage: use(quantity, act.rate), ...terms })
      return
    }
    case 'end hold': {
      if (hold === undefined) return
      const quantity = part(hold.amount, act.percent)
      if (quantity === 0n) team.ask({ kind: 'release-hold', holdId: hold.id, reason: null, caller }, hold)
      else team.ask({ kind: 'settle-hold', holdId: hold.id, usage: use(quantity, hold.lines[0]?.rate), caller }, hold)
    }
  }
}

/** A trial whose grant is spent is over, also where a hold that was charged at its start may give credits back. */
function useUp(team: Team, model: Model): void {
  const kept = team.account.grants.find(({ source }) => source.endsWith(':trial'))
  if (model.runs && kept?.available === 0n && kept.held === 0n) model.over('USED_UP', team.now)
}

/** The instants from `from` to `to` at which storage is charged: the last millisecond of each day. */
function storageWithin(from: number, to: number): number[] {
  const first = Math.ceil((from + 1) / day) * day - 1
  const days = Math.max(0, Math.floor((to - first) / day) + 1)
  return Array.from({ length: days }, (_, index) => first + index * day)
}

test('whatever a team does, it has one trial at most, and no period of a plan is deposited while that runs', () => {
  const reached = { DAYS: 0, USED_UP: 0, PLAN_CHANGED: 0 }
  fc.assert(
    fc.property(lives, ({ of, begins, steps }) => {
      const team = new Team(of)
      const defaultPlan = defaults[of] ?? null
      const model = new Model(defaultPlan)
      if (begins === 'open' && defaultPlan !== null) {
        team.ask({ kind: 'open-team' })
        model.put(defaultPlan, false, { now: start, owed: 0n })
      } else if (begins !== null && begins !== 'open') {
        const terms = { teamName: null, seats: 1, interval: null, anchor: null, grants: [] }
        team.ask({ kind: 'import-team', planId: begins.imports, ...terms })
        model.import(begins.imports, start)
      }
      for (const { wait, act } of steps) {
        const expected = team.rolledTo(team.now + wait).account
        for (const until of [...storageWithin(team.now, team.now + wait), team.now + wait]) {
          team.pass(until - team.now)
          model.pass(until)
          useUp(team, model)
        }
        expect(team.account).toEqual(expected)
        doIn(team, model, act)
        useUp(team, model)

        const { trial, planId } = team.account
        expect(planId).toBe(model.plan)
        const { had } = model
        expect(
          trial === null ? null : { plan: trial.planId, endsAt: trial.endsAt, end: trial.end, endedAt: trial.endedAt },
        ).toEqual(had === null ? null : { plan: had.plan, endsAt: had.endsAt, end: had.end, endedAt: had.endedAt })
        const given = team.sources.filter((source) => source.endsWith(':trial'))
        expect(given).toEqual(had === null || model.isImported ? [] : [`plan:${had.plan}:trial`])
        expect(new Set(team.sources).size).toBe(team.sources.length)
        if (had !== null) {
          const until = had.endedAt ?? Infinity
          const within = team.postings.filter(
            ({ type, at, reference, entries }) =>
              type === 'GRANT' &&
              entries[0]?.from === 'none' &&
              at > had.from &&
              at < until &&
              !reference?.endsWith(':trial'),
          )
          expect(within).toEqual([])
          if (had.end !== null) reached[had.end as keyof typeof reached] += 1
        }
      }
    }),
    { seed, numRuns: 400 },
  )
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(0)
})

test('a trial within the opening period costs a team nothing of the plan that begins in it', () => {
  const begun = fc.record({
    tried: fc.constantFrom('pro', 'team', 'short'),
    again: fc.boolean(),
    next: fc.constantFrom('pro', 'team', 'plain'),
    waits: fc.array(fc.nat({ max: day }), { minLength: 2, maxLength: 2 }),
    spent: fc.constantFrom(0n, 50n, 100n),
  })
  const isOf = (source: string) => !source.endsWith(':trial')
  fc.assert(
    fc.property(begun, ({ tried, again, next, waits: [before = 0, after = 0], spent }) => {
      const [team, untried] = [new Team(0), new Team(0)]
      const terms = { teamName: null, seats: 1, interval: null, anchor: null }
      const assigned = { kind: 'assign-plan', ...terms } as const
      for (const one of [team, untried]) {
        one.ask({ kind: 'open-team' })
        one.pass(before)
      }
      team.ask({ ...assigned, planId: tried })
      if (again) team.ask({ ...assigned, planId: tried })
      const quantity = (team.account.available * spent) / 100n
      if (quantity > 0n)
        team.ask({ kind: 'charge-usage', usage: use(quantity), reference: null, memberId: null, caller })
      for (const one of [team, untried]) {
        one.pass(after)
        one.ask({ ...assigned, planId: next, trial: false })
      }
      const deposits = ({ postings }: Team) =>
        postings
          .filter(({ type, reference }) => type === 'GRANT' && isOf(reference ?? ''))
          .map(({ reference, change }) => [reference, change])
      expect(deposits(team)).toEqual(deposits(untried))
    }),
    { seed, numRuns: 200 },
  )
})
