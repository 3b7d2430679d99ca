import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../src/domain/account.ts'
import type { Charge } from '../../../src/domain/charge.ts'
import type { Answer, Command } from '../../../src/domain/decisions/command.ts'
import { scopeOf } from '../../../src/domain/grant-scope.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { type LimitPeriod, limitAt, limitPeriods } from '../../../src/domain/spending-limit.ts'
import { seed } from '../../setup/random.ts'
import {
  at,
  capture,
  charge,
  chargeOf,
  credits,
  day,
  extendHold,
  failureOf,
  grantOf,
  heldBy,
  hour,
  limit,
  minute,
  openScene,
  placeHold,
  refund,
  release,
  type Scene,
  settle,
  startHold,
  submission,
  use,
} from './scene.ts'

let scene: Scene
let clock = at('2026-11-26T09:00:00Z')
beforeAll(async () => {
  scene = await openScene(undefined, clock)
})
afterAll(() => scene.close())

const members = ['ana', 'ben', 'cem', 'dia']
const groupIds = ['g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6']

type Ask =
  | { do: 'charge' | 'hold' | 'fit' | 'start'; member: string; amount: number }
  | { do: 'extend' | 'capture' | 'settle' | 'settle-other'; of: number; amount: number }
  | { do: 'release'; of: number }
  | { do: 'refund'; of: number }
  | { do: 'wait'; hours: number }
  | { do: 'set'; group: string; parent: string | null }
  | { do: 'delete'; group: string }
  | { do: 'move'; member: string; group: string | null }
  | { do: 'limit'; group: string; per: LimitPeriod; most: number | null }

const amount = fc.integer({ min: 1, max: 9 })
const member = fc.constantFrom(...members)
const group = fc.constantFrom(...groupIds)
const orNone = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null, freq: 5 })
const per = fc.constantFrom(...limitPeriods)
const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('charge', 'hold', 'fit', 'start'), member, amount }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('extend', 'capture', 'settle', 'settle-other'), of: fc.nat(3), amount }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('release', 'refund'), of: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), hours: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set'), group, parent: orNone(group) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), group }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move'), member, group: orNone(group) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('limit'), group, per, most: orNone(fc.integer({ min: 0, max: 40 })) }),
  },
)
const step = fc.record({ ask, elsewhere: fc.boolean() })

/** A calendar window in UTC, without the code under test. */
function windowStart(period: LimitPeriod, now: number): number {
  const date = new Date(now)
  const back = period === 'DAY' ? 0 : period === 'WEEK' ? (date.getUTCDay() + 6) % 7 : date.getUTCDate() - 1
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - back)
}

type Counted = { readonly whom: string; readonly since: number; readonly chain: readonly string[] }

/** The history of a team, of which every sum is added up anew. */
class Model {
  readonly parents = new Map<string, string | null>()
  readonly places = new Map<string, string>()
  readonly limits = new Map<
    string,
    { readonly of: string; readonly per: LimitPeriod; readonly most: number; readonly setAt: number }
  >()
  /** All that was ever taken (above 0) or given back. `since`: when it was taken. */
  readonly log: (Counted & { readonly at: number; readonly amount: number })[] = []

  took(counted: Counted, taken: number, when = clock): void {
    this.log.push({ ...counted, at: when, amount: taken })
  }

  /** The groups from one up to its root; null: it never ends, or is too long, or has a gap. */
  chain(from: string | null | undefined): string[] | null {
    const chain: string[] = []
    for (let id = from; id != null; id = this.parents.get(id)) {
      if (!this.parents.has(id) || chain.length === 5) return null
      chain.push(id)
    }
    return chain
  }

  useBy(whom: string): Counted {
    return { whom, since: clock, chain: this.chain(this.places.get(whom)) ?? [] }
  }

  /** A limit of a group counts from its setting on. */
  used(of: string, period: LimitPeriod): number {
    const setAt = this.limits.get(`${of} ${period}`)?.setAt ?? 0
    const start = Math.max(windowStart(period, clock), members.includes(of) ? 0 : setAt)
    const counted = this.log.filter((one) => one.at >= start && one.since >= start)
    return counted.reduce((sum, one) => (one.whom === of || one.chain.includes(of) ? sum + one.amount : sum), 0)
  }

  levels({ whom, chain }: Counted) {
    return [...this.limits.values()].filter(({ of }) => of === whom || chain.includes(of))
  }

  left(counted: Counted): number {
    return Math.min(...this.levels(counted).map((one) => Math.max(0, one.most - this.used(one.of, one.per))))
  }

  set(id: string, parent: string | null): boolean {
    const before = this.parents.get(id)
    this.parents.set(id, parent)
    if ([...this.parents.keys()].every((one) => this.chain(one) !== null)) return true
    if (before === undefined) this.parents.delete(id)
    else this.parents.set(id, before)
    return false
  }

  delete(id: string): boolean {
    const parent = this.parents.get(id)
    if (parent === undefined) return false
    this.parents.delete(id)
    for (const [child, above] of this.parents) if (above === id) this.parents.set(child, parent)
    for (const [whom, place] of this.places) if (place === id) this.place(whom, parent)
    for (const [key, { of }] of this.limits) if (of === id) this.limits.delete(key)
    return true
  }

  place(whom: string, id: string | null): boolean {
    if (id === null) this.places.delete(whom)
    else if (this.parents.has(id)) this.places.set(whom, id)
    return id === null || this.parents.has(id)
  }

  limit(of: string, period: LimitPeriod, most: number | null): boolean {
    if (!this.parents.has(of) && !members.includes(of)) return false
    if (most === null) this.limits.delete(`${of} ${period}`)
    else {
      const key = `${of} ${period}`
      this.limits.set(key, { of, per: period, most, setAt: this.limits.get(key)?.setAt ?? clock })
    }
    return true
  }

  /** The used and the remaining credits of each limit. */
  counts(): Record<string, number[]> {
    return Object.fromEntries(
      [...this.limits].map(([key, one]) => {
        const used = this.used(one.of, one.per)
        return [key, [used, Math.max(0, one.most - used)]]
      }),
    )
  }
}

function countsOf({ limits }: Account): Record<string, number[]> {
  return Object.fromEntries(
    limits.flatMap((known) => {
      const most = known.credits
      if (most === null) return []
      const used = Number(limitAt(known, 'UTC', clock).used) / 1e6
      return [[`${known.id} ${known.per}`, [used, Math.max(0, Number(most) / 1e6 - used)]]]
    }),
  )
}

/** A team and its model, which takes the same steps. */
class Run {
  readonly team: TeamId
  readonly model = new Model()
  readonly holds: { hold: Hold; counted: Counted; remaining: number; closed: boolean; started: boolean }[] = []
  readonly charges: { charge: Charge; counted: Counted; refunded: boolean }[] = []

  constructor(team: TeamId) {
    this.team = team
  }

  async take({ ask: one, elsewhere }: { ask: Ask; elsewhere: boolean }): Promise<void> {
    if (one.do === 'wait') return this.wait(one.hours)
    // A setting is later than the uses before it: the gateway's own clock is some milliseconds ahead.
    await this.wait(1 / 60)
    const open = 'of' in one ? this.holds.filter(({ closed }) => !closed).at(-1 - one.of) : undefined
    const paid = 'of' in one ? this.charges.filter(({ refunded }) => !refunded).at(-1 - one.of) : undefined
    const command = commandOf(one, open?.hold, paid?.charge)
    const isUnusual = (one.do === 'extend' || one.do === 'capture') && open?.started === true
    if (command === null || isUnusual) return
    const answer = await (elsewhere ? scene.other : scene.ledger).submit(submission(this.team, command))
    if ('group' in one) this.configure(one, answer)
    else if (this.mayTake(one, open?.counted, answer)) this.follow(one, answer, { open, paid })
    expect(countsOf(answer.account ?? expect.unreachable())).toEqual(this.model.counts())
  }

  async wait(hours: number): Promise<void> {
    clock += hours * hour
    await scene.setClock(clock)
    for (const open of this.holds.filter(({ hold, closed }) => !closed && hold.expiresAt <= clock)) {
      open.closed = true
      this.model.took(open.counted, -open.remaining, open.hold.expiresAt)
    }
  }

  configure(one: Extract<Ask, { do: 'set' | 'delete' | 'move' | 'limit' }>, { outcome }: Answer): void {
    const isDone =
      one.do === 'set'
        ? this.model.set(one.group, one.parent)
        : one.do === 'delete'
          ? this.model.delete(one.group)
          : one.do === 'move'
            ? this.model.place(one.member, one.group)
            : this.model.limit(one.group, one.per, one.most)
    expect(outcome.kind).toBe(isDone ? 'done' : 'refused')
  }

  /** Whether no level refuses; a refusal names one that does, and what it has used. */
  mayTake(one: Ask, held: Counted | undefined, { outcome }: Answer): boolean {
    const asked = one.do === 'fit' ? 1 : ['charge', 'hold', 'start', 'extend'].includes(one.do) ? amountOf(one) : 0
    const counted = 'member' in one ? this.model.useBy(one.member) : held
    const passed = counted === undefined || asked === 0 ? [] : this.model.levels(counted)
    const refusing = passed.filter((level) => this.model.used(level.of, level.per) + asked > level.most)
    if (refusing.length === 0) {
      expect(outcome.kind).not.toBe('refused')
      return true
    }
    if (outcome.kind !== 'refused' || outcome.failure.code !== 'SPENDING_LIMIT_REACHED') return expect.unreachable()
    const { id, per: period, limit: most, used } = outcome.failure
    expect(refusing).toContainEqual(expect.objectContaining({ of: id, per: period, most: Number(most) / 1e6 }))
    expect(Number(used) / 1e6).toBe(this.model.used(id, period))
    return false
  }

  follow(
    one: Ask,
    { outcome }: Answer,
    { open, paid }: { open: Run['holds'][number] | undefined; paid: Run['charges'][number] | undefined },
  ): void {
    const { model } = this
    if ('member' in one && one.do !== 'move') {
      const counted = model.useBy(one.member)
      const taken = one.do === 'fit' ? Math.min(one.amount, model.left(counted)) : one.amount
      model.took(counted, taken)
      if (outcome.kind === 'charge') this.charges.push({ charge: outcome.charge, counted, refunded: false })
      if (outcome.kind !== 'hold') return
      expect(Number(outcome.hold.amount) / 1e6).toBe(taken)
      this.holds.push({ hold: outcome.hold, counted, remaining: taken, closed: false, started: one.do === 'start' })
      return
    }
    if (one.do === 'refund' && paid !== undefined && outcome.kind === 'refund') {
      paid.refunded = true
      model.took(paid.counted, -Number(outcome.refund.amount) / 1e6)
    }
    if (open === undefined || one.do === 'refund') return
    const { counted } = open
    if (one.do === 'extend') {
      model.took({ ...counted, since: clock }, one.amount)
      open.remaining += one.amount
    } else if (one.do === 'settle-other' || (one.do === 'settle' && open.started)) {
      // Scoped credits, or a charge at the start: nothing that the hold took pays for other usage.
      model.took({ ...counted, since: clock }, one.amount)
      if (outcome.kind === 'charge') this.charges.push({ charge: outcome.charge, counted, refunded: false })
    } else if (one.do === 'capture' || one.do === 'settle') {
      model.took({ ...counted, since: clock }, Math.max(0, one.amount - open.remaining))
      open.remaining = Math.max(0, open.remaining - one.amount)
      if (outcome.kind === 'charge') this.charges.push({ charge: outcome.charge, counted, refunded: false })
    }
    if (one.do === 'settle' || one.do === 'settle-other' || one.do === 'release') {
      open.closed = true
      model.took(counted, -open.remaining)
    }
  }
}

const amountOf = (one: Ask): number => ('amount' in one ? one.amount : 0)
const lasts = 20 * hour

function commandOf(
  one: Exclude<Ask, { do: 'wait' }>,
  hold: Hold | undefined,
  paid: Charge | undefined,
): Command | null {
  switch (one.do) {
    case 'charge':
      return charge(one.amount, { memberId: memberId(one.member) })
    case 'hold':
      return placeHold(one.amount, { memberId: memberId(one.member), expiresInSeconds: lasts / 1000 })
    case 'start':
      return startHold(one.amount, { memberId: memberId(one.member), expiresInSeconds: lasts / 1000 })
    case 'fit': {
      const fit = { atLeast: credits(1), atMost: credits(one.amount) }
      const usage = { usage: use(1), fit }
      return placeHold(1, { memberId: memberId(one.member), expiresInSeconds: lasts / 1000, usage })
    }
    case 'set':
      return { kind: 'set-member-group', groupId: one.group, name: one.group, parentId: one.parent }
    case 'delete':
      return { kind: 'delete-member-group', groupId: one.group }
    case 'move':
      return { kind: 'move-member', memberId: memberId(one.member), groupId: one.group }
    case 'limit':
      return limit(one.group, one.most, { subject: 'GROUP', per: one.per })
    case 'refund':
      return paid === undefined ? null : refund(paid)
    case 'release':
      return hold === undefined ? null : release(hold)
    default:
      return hold === undefined ? null : onHold(one, hold)
  }
}

function onHold(one: { do: 'extend' | 'capture' | 'settle' | 'settle-other'; amount: number }, hold: Hold): Command {
  if (one.do === 'settle-other') return settle(hold, 0, { usage: use(one.amount / 2, 'double') })
  if (one.do === 'extend') return extendHold(hold, { usage: use(one.amount) })
  return one.do === 'capture' ? capture(hold, one.amount) : settle(hold, one.amount)
}

test('every level of a tree of groups counts what a list of all uses, moves and returns tells', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
      const run = new Run(await scene.team())
      await scene.submit(run.team, grantOf(100_000, 'pack'))
      await scene.submit(run.team, grantOf(100_000, 'scoped', { scope: scopeOf([], ['credit']) }))
      for (const id of groupIds.slice(0, 4)) {
        const parent = id === 'g0' ? null : `g${Number(id[1]) - 1}`
        await run.take({ ask: { do: 'set', group: id, parent }, elsewhere: false })
      }
      for (const [index, one] of members.entries()) {
        await run.take({ ask: { do: 'move', member: one, group: `g${index}` }, elsewhere: true })
      }
      await scene.submit(run.team, limit('ben', 25))
      run.model.limit('ben', 'DAY', 25)
      for (const one of steps) await run.take(one)
      const { account } = await scene.account(run.team)
      expect(countsOf(account)).toEqual(run.model.counts())
      clock += day
      await scene.setClock(clock)
    }),
    { numRuns: 25, seed },
  )
  expect(await scene.verify()).toEqual([])
})

const ana = memberId('ana')
const ofGroup = { subject: 'GROUP', per: 'WEEK' } as const
const setGroup = (groupId: string, parentId: string | null = null): Command => ({
  kind: 'set-member-group',
  groupId,
  name: groupId,
  parentId,
})
const move = (whom: string, groupId: string | null): Command => ({
  kind: 'move-member',
  memberId: memberId(whom),
  groupId,
})

async function teamWithGroups(...commands: readonly Command[]): Promise<TeamId> {
  const team = await scene.team()
  await scene.submit(team, grantOf(1_000, 'pack'))
  for (const command of commands) await scene.submit(team, command)
  return team
}
const usedIn = async (team: TeamId): Promise<Record<string, number | undefined>> =>
  Object.fromEntries(Object.entries(countsOf((await scene.account(team)).account)).map(([key, [used]]) => [key, used]))

test('a new limit of a group counts from its setting on: neither earlier uses nor what comes back of them', async () => {
  const team = await teamWithGroups(setGroup('house'), setGroup('crew', 'house'), move('ana', 'crew'))
  const first = chargeOf(await scene.submit(team, charge(5, { memberId: ana })))
  const hold = heldBy(await scene.submit(team, placeHold(4, { memberId: ana })))
  await scene.setClock(clock + minute)
  const batch = [
    charge(7, { memberId: ana }),
    limit('house', 100, ofGroup),
    limit('crew', 100, ofGroup),
    charge(9, { memberId: ana }),
    refund(first, 2),
    extendHold(hold, { usage: use(3) }),
    release(hold),
  ]
  await scene.ledger.submitAll(batch.map((command) => submission(team, command)))
  expect(await usedIn(team)).toEqual({ 'house WEEK': 12, 'crew WEEK': 12 })
  await scene.submit(team, limit('crew', 50, ofGroup))
  expect(await usedIn(team)).toEqual({ 'house WEEK': 12, 'crew WEEK': 12 })
  for (const most of [null, 50]) await scene.submit(team, limit('crew', most, ofGroup))
  expect(await usedIn(team)).toEqual({ 'house WEEK': 12, 'crew WEEK': 0 })
  expect(await scene.verify()).toEqual([])
  await scene.setClock(clock)
})

test('a new limit counts what a hold of another day is settled for, in the same batch', async () => {
  const team = await teamWithGroups(setGroup('crew'), move('ana', 'crew'))
  await scene.submit(team, grantOf(100, 'scoped', { scope: scopeOf([], ['credit']) }))
  const lasting = { memberId: ana, expiresInSeconds: (2 * day) / 1000 }
  const caller = { id: memberId('key-1'), role: 'PLATFORM' } as const
  const held = heldBy(await scene.submit(team, placeHold(100, { ...lasting, caller })))
  const started = heldBy(await scene.submit(team, startHold(50, { ...lasting, caller })))
  clock += day
  await scene.setClock(clock)
  const batch = [
    settle(held, 0, { usage: use(40, 'double'), caller }),
    settle(started, 20, { caller }),
    limit('crew', 1_000, { subject: 'GROUP' }),
    limit('ana', 1_000),
    limit('key-1', 1_000, { subject: 'CALLER' }),
  ]
  await scene.ledger.submitAll(batch.map((command) => submission(team, command)))
  // A group's limit counts from its setting on.
  expect(await usedIn(team)).toEqual({ 'crew DAY': 0, 'ana DAY': 100, 'key-1 DAY': 100 })
  expect(await scene.verify()).toEqual([])
})

test('a change of groups by another gateway holds at once in one that has the team in memory', async () => {
  const team = await teamWithGroups(setGroup('crew'), limit('crew', 10, ofGroup))
  await scene.submit(team, charge(20, { memberId: ana }))
  await scene.submit(team, charge(20, { memberId: ana }))
  await scene.other.submit(submission(team, move('ana', 'crew')))
  const refused = await scene.submit(team, charge(11, { memberId: ana }))
  expect(failureOf(refused)).toMatchObject({ code: 'SPENDING_LIMIT_REACHED', subject: 'GROUP', id: 'crew', used: 0n })
  await scene.other.submit(submission(team, move('ana', null)))
  expect((await scene.submit(team, charge(11, { memberId: ana }))).outcome.kind).toBe('charge')
})

test('an open hold stays with the groups in which it was placed, whatever moves', async () => {
  const team = await teamWithGroups(setGroup('old'), setGroup('new'), move('ana', 'old'))
  for (const id of ['old', 'new']) await scene.submit(team, limit(id, 20, ofGroup))
  const hold = heldBy(await scene.submit(team, placeHold(10, { memberId: ana })))
  await scene.submit(team, move('ana', 'new'))
  await scene.submit(team, extendHold(hold, { usage: use(5) }))
  expect(await usedIn(team)).toEqual({ 'new WEEK': 0, 'old WEEK': 15 })
  expect(failureOf(await scene.submit(team, extendHold(hold, { usage: use(6) })))).toMatchObject({ id: 'old' })
  const settled = chargeOf(await scene.submit(team, settle(hold, 12)))
  expect(await usedIn(team)).toEqual({ 'new WEEK': 0, 'old WEEK': 12 })
  await scene.submit(team, refund(settled, 4))
  await scene.submit(team, charge(3, { memberId: ana }))
  expect(await usedIn(team)).toEqual({ 'new WEEK': 3, 'old WEEK': 8 })
})

test('a caller who acts on a hold counts in its own groups, and a group of both counts once', async () => {
  const groups = [setGroup('house'), setGroup('crew', 'house'), setGroup('leads', 'house')]
  const team = await teamWithGroups(...groups, move('ana', 'crew'), move('eve', 'leads'))
  for (const id of ['house', 'crew', 'leads']) await scene.submit(team, limit(id, 20, ofGroup))
  const hold = heldBy(await scene.submit(team, placeHold(10, { memberId: ana, caller: { id: ana, role: 'MEMBER' } })))
  await scene.submit(team, capture(hold, 6, { caller: { id: memberId('eve'), role: 'ADMIN' } }))
  expect(await usedIn(team)).toEqual({ 'house WEEK': 10, 'crew WEEK': 10, 'leads WEEK': 6 })
})

test('a hold that is charged at its start, and given back, counts in its groups', async () => {
  const team = await teamWithGroups(setGroup('crew'), move('ana', 'crew'), limit('crew', 20, ofGroup))
  const hold = heldBy(await scene.submit(team, startHold(8, { memberId: ana })))
  await scene.submit(team, move('ana', null))
  expect(await usedIn(team)).toEqual({ 'crew WEEK': 8 })
  await scene.submit(team, release(hold))
  expect(await usedIn(team)).toEqual({ 'crew WEEK': 0 })
  expect(await scene.verify()).toEqual([])
})
