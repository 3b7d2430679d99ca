import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import type { Account } from '../../src/domain/account.ts'
import type { Command, ImportTeam } from '../../src/domain/decisions/command.ts'
import { newAccount } from '../../src/domain/decisions/commands/assign-plan.ts'
import { ExpectedError } from '../../src/domain/errors.ts'
import { teamId } from '../../src/domain/identity.ts'
import type { Posting } from '../../src/domain/posting.ts'
import { type Folded, follow } from '../../src/domain/rehearsal/follow.ts'
import { inOrder } from '../../src/domain/rehearsal/in-order.ts'
import { isSum, rehearse, replayOf } from '../../src/domain/rehearsal/rehearse.ts'
import type { Rehearsal, RehearsedEvent } from '../../src/domain/rehearsal/rehearsed-event.ts'
import { Shadow } from '../../src/domain/rehearsal/shadow.ts'
import { contextAt, type World } from '../../src/domain/rules.ts'
import { readReplay, storeReplay } from '../../src/entities/json/stored-rehearsal.ts'
import { decideTeam } from '../../src/ledger/deciding/decide-batch.ts'
import { keyless } from '../../src/ledger/deciding/team-state.ts'
import { charge, grantOf, plainIn, use } from '../integration/ledger/scene.ts'

const team = teamId('acme')
const rules = rulesOf(plainIn('Europe/Berlin'))
const world: World = { rulesAt: () => rules, cardOf: () => rules.card }
const worlds = { in: () => world }
const start = Date.parse('2026-11-18T12:00:00Z')
const credit = 1_000_000n

const moved: ImportTeam = {
  ...{ kind: 'import-team', planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null },
  grants: [
    { source: 'old:week', amount: 40n * credit, kind: 'INCLUDED', startsAt: null, expiresAt: null },
    { source: 'old:pack', amount: 60n * credit, kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ],
}
const nothing = {
  holds: new Map(),
  nextHoldDeadline: null,
  charges: new Map(),
  stored: new Map(),
  usedBefore: new Map(),
  posted: new Map(),
}

/** A system with the gateway's own rules: the ledger's decisions, told as entries. */
class OtherSystem {
  readonly events: RehearsedEvent[] = []
  #account: Account | null = null

  /** The postings of the effects of time and of the command. */
  decide(command: Command, at: number): void {
    const state = { ...nothing, account: this.#account, leftover: [], hasPaid: false, checkpoint: 0 }
    const { account, postings } = decideTeam(state, [keyless(team, command)], worlds, at)
    const isOpening = this.#account === null
    this.#account = account
    if (!isOpening) this.events.push(...postings.map((posting) => this.#eventOf(posting, command)))
  }

  #eventOf({ type, at, revision, change, entries, reference }: Posting, command: Command): RehearsedEvent {
    const last = entries.at(-1)
    const grant = this.#account?.grants.find(({ source }) => source === reference)
    return {
      ...{ id: `${revision}`, at, type: type as RehearsedEvent['type'], source: reference, charge: null },
      amount: change < 0n ? -change : change,
      balanceAfter: (last?.availableAfter ?? 0n) - (last?.owedAfter ?? 0n),
      usage: type === 'CHARGE' && command.kind === 'charge-usage' ? command.usage : null,
      kind: grant?.kind ?? null,
      expiresAt: type === 'GRANT' ? (grant?.expiresAt ?? null) : null,
    }
  }
}

const turn = fc.record({
  wait: fc.integer({ min: 0, max: 3 * 86_400_000 }),
  quantity: fc.integer({ min: 1, max: 30 }),
  act: fc.constantFrom('charge', 'charge', 'double', 'grant'),
})

function history(turns: readonly { wait: number; quantity: number; act: string }[]): RehearsedEvent[] {
  const system = new OtherSystem()
  let at = start
  system.decide(moved, at)
  for (const [index, { wait, quantity, act }] of turns.entries()) {
    at += wait
    if (act === 'grant') system.decide(grantOf(quantity, `gift-${index}`, { grantKind: 'PROMOTION' }), at)
    else system.decide(charge(quantity, { usage: use(quantity, act === 'charge' ? 'credit' : 'double') }), at)
  }
  return system.events
}

function opened(): Shadow {
  const shadow = Shadow.open(world, team, moved, start)
  return shadow instanceof ExpectedError ? expect.unreachable(shadow.message) : shadow
}
const rehearsed = (events: readonly RehearsedEvent[]) => rehearse(opened(), events, world)

test('a system with the same rules never diverges, and a changed price is found where it is', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 30 }), fc.nat(), (turns, chosen) => {
      const events = history(turns)
      if (events.length === 0) return
      const { firstDivergence, ours, theirs } = rehearsed(events)
      expect([firstDivergence, ours]).toEqual([null, theirs])

      const changed = dearerAt(events, chosen)
      const dearer = events.find(({ amount }, index) => amount !== changed[index]?.amount)
      if (dearer === undefined) return
      const found = rehearsed(changed)
      const amounts = { theirs: dearer.amount + credit, ours: dearer.amount }
      expect(found.firstDivergence).toMatchObject({ event: dearer.id, ...amounts })
      expect(found.ours - found.theirs).toBe(credit)
    }),
  )
})

/** The store of a rehearsal: its shadow as JSON, and the events that wait behind it. */
class FollowedTeam {
  #stored = JSON.stringify(storeReplay(replayOf(opened())))
  #waiting = new Map<string, RehearsedEvent>()
  #foldedThrough = -Infinity
  folds = 0

  record(events: readonly RehearsedEvent[]): Rehearsal {
    for (const event of events) if (event.at > this.#foldedThrough) this.#waiting.set(event.id, event)
    const state = readReplay(JSON.parse(this.#stored), newAccount(team, contextAt(world, start)))
    const steps = follow(state, [...this.#waiting.values()], world)
    let step = steps.next()
    while (!step.done) step = steps.next()
    const { folded, rehearsal } = step.value
    if (folded !== null) this.#fold(folded)
    return rehearsal
  }

  #fold({ state, through, count }: Folded): void {
    this.folds += 1
    this.#stored = JSON.stringify(storeReplay(state))
    this.#foldedThrough = through
    const before = this.#waiting.size
    for (const { id, at } of [...this.#waiting.values()]) if (at <= through) this.#waiting.delete(id)
    expect(before - this.#waiting.size).toBe(count)
  }
}

const day = 86_400_000

test('a team that is followed through events in any order, repeated and late, comes to the same as all events at once', () => {
  let folds = 0
  fc.assert(
    fc.property(
      fc.array(turn, { minLength: 30, maxLength: 60 }),
      fc.array(fc.record({ late: fc.nat({ max: 20 * day }), twice: fc.boolean() }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.nat()),
      (turns, arrivals, size, dearer) => {
        const events = dearerAt(history(turns), dearer)
        if (events.length === 0) return
        const sent = events.flatMap((event, index) => {
          const { late, twice } = arrivals[index % arrivals.length] ?? { late: 0, twice: false }
          const first = { event, arrives: event.at + late }
          return twice ? [first, { event, arrives: first.arrives + day }] : [first]
        })
        const inTurn = sent.toSorted((one, other) => one.arrives - other.arrives).map(({ event }) => event)
        const followed = new FollowedTeam()
        let rehearsal: Rehearsal | null = null
        for (let from = 0; from < inTurn.length; from += size)
          rehearsal = followed.record(inTurn.slice(from, from + size))
        expect(rehearsal).toEqual(rehearsed(events))
        folds += followed.folds
      },
    ),
  )
  expect(folds).toBeGreaterThan(0)
})

/** The history with one charge that costs a credit more in the other system. */
function dearerAt(events: readonly RehearsedEvent[], chosen: number | null): readonly RehearsedEvent[] {
  const charges = events.filter(({ type }) => type === 'CHARGE')
  const dearer = chosen === null ? undefined : charges[chosen % Math.max(charges.length, 1)]
  if (dearer === undefined) return events
  const place = events.indexOf(dearer)
  return events.map((event, index) => ({
    ...event,
    amount: event === dearer ? event.amount + credit : event.amount,
    balanceAfter: index < place ? event.balanceAfter : event.balanceAfter - credit,
  }))
}

test('a team with more events than are kept is followed to the same end', () => {
  const turns = Array.from({ length: 1_300 }, (_, index) => ({ wait: 60_000, quantity: 1 + (index % 2), act: 'grant' }))
  const events = history(turns.map((one, index) => (index % 3 === 0 ? one : { ...one, act: 'charge' })))
  const followed = new FollowedTeam()
  let rehearsal: Rehearsal | null = null
  for (let from = 0; from < events.length; from += 100)
    rehearsal = followed.record(events.slice(from, from + 120).toReversed())
  expect(rehearsal).toEqual(rehearsed(events))
  expect(followed.folds).toBeGreaterThan(1)
})

test('events of one instant follow on each other by their balances, whatever their ids are', () => {
  const amount = fc.integer({ min: 1, max: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(amount, fc.boolean(), fc.uuid()), { maxLength: 12 }), (moves) => {
      let balance = 100n
      const events = moves.map(([size, isTaken, id]): RehearsedEvent => {
        balance += BigInt(isTaken ? -size : size)
        const facts = {
          at: start,
          type: isTaken ? 'CHARGE' : 'REFUND',
          amount: BigInt(size),
          balanceAfter: balance,
        } as const
        return { id, ...facts, usage: null, charge: null, kind: null, source: null, expiresAt: null }
      })
      let before = 100n
      for (const event of inOrder(events, before)) {
        expect(isSum(event, before)).toBe(true)
        before = event.balanceAfter
      }
      expect(before).toBe(balance)
    }),
  )
})
