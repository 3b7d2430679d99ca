import { describe, expect, test } from 'vitest'
import { rulesOf } from '../../src/catalog/rules.ts'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import type { ImportTeam } from '../../src/domain/decisions/command.ts'
import { ExpectedError } from '../../src/domain/errors.ts'
import { teamId } from '../../src/domain/identity.ts'
import { rehearse } from '../../src/domain/rehearsal/rehearse.ts'
import type { RehearsedEvent } from '../../src/domain/rehearsal/rehearsed-event.ts'
import { Shadow } from '../../src/domain/rehearsal/shadow.ts'
import type { World } from '../../src/domain/rules.ts'
import { plainIn } from '../integration/ledger/scene.ts'

const rules = rulesOf(plainIn('UTC'))
const world: World = { rulesAt: () => rules, cardOf: () => rules.card }
const start = Date.parse('2026-11-18T12:00:00Z')
const monday = Date.parse('2026-11-23T00:00:00Z')
const hour = 3_600_000
const micro = (credits: number) => BigInt(Math.round(credits * 1e6))

/** 40 of the weekly allowance, and a package of 60. */
const moved: ImportTeam = {
  ...{ kind: 'import-team', planId: 'weekly', teamName: null, seats: 1, interval: null, anchor: null },
  grants: [
    { source: 'old:week', amount: 40n * MICRO, kind: 'INCLUDED', startsAt: null, expiresAt: null },
    { source: 'old:pack', amount: 60n * MICRO, kind: 'PACKAGE', startsAt: null, expiresAt: null },
  ],
}

type Said = Partial<Omit<RehearsedEvent, 'amount' | 'at'>> & Pick<RehearsedEvent, 'type'>
/** The other system's history, with its balances. */
class Theirs {
  readonly events: RehearsedEvent[] = []
  #balance = 100n * MICRO

  on(at: number, amount: number, said: Said): this {
    const isTaken = said.type === 'CHARGE' || said.type === 'EXPIRY'
    this.#balance += isTaken ? -micro(amount) : micro(amount)
    this.events.push({
      ...{ id: `e${this.events.length + 1}`, at, amount: micro(amount), balanceAfter: this.#balance },
      ...{ usage: null, charge: null, kind: null, source: null, expiresAt: null },
      ...said,
    })
    return this
  }

  charge(at: number, amount: number, quantities: readonly number[] = []): this {
    const usage = quantities.map((quantity) => ({ rate: 'credit', quantity: micro(quantity), count: 1 }))
    return this.on(at, amount, { type: 'CHARGE', usage: usage.length === 0 ? null : usage })
  }

  /** The allowance that has ended, with its rest, and the next one. */
  week(at: number, rest: number, later = 0): this {
    if (rest > 0) this.on(at, rest, { type: 'EXPIRY', source: 'old:week' })
    return this.on(at + later, 100, { type: 'GRANT', kind: 'INCLUDED', source: 'week' })
  }
}

function rehearsed({ events }: Theirs) {
  const shadow = Shadow.open(world, teamId('acme'), moved, start)
  if (shadow instanceof ExpectedError) return expect.unreachable(shadow.message)
  return rehearse(shadow, events, world)
}

describe('a system that has the same rules', () => {
  test('agrees on charges, refunds, grants, the end of the allowance and the next one', () => {
    const theirs = new Theirs()
      .charge(start + hour, 30, [10, 20])
      .charge(start + 2 * hour, 5)
      .on(start + 3 * hour, 5, { type: 'REFUND', charge: 'e1' })
      .on(start + 4 * hour, 7, { type: 'GRANT', kind: 'PROMOTION', source: 'gift' })
      .week(monday + 900, 10, 20_000)
      .charge(monday + hour, 50, [50])
    expect(rehearsed(theirs)).toEqual({ ours: micro(117), theirs: micro(117), firstDivergence: null })
  })

  test('agrees also where its clock is some seconds ahead, and while its own entries are still to come', () => {
    expect(rehearsed(new Theirs().week(monday - 30_000, 40).charge(monday + hour, 1)).firstDivergence).toBeNull()
    expect(rehearsed(new Theirs().week(monday - 30_000, 40)).firstDivergence).toBeNull()
    expect(rehearsed(new Theirs().charge(monday + 1_000, 1)).firstDivergence).toBeNull()
  })
})

describe('the first diverging entry is explained by', () => {
  const first = (theirs: Theirs) => rehearsed(theirs).firstDivergence

  test('rounding up per line', () => {
    const theirs = new Theirs()
      .charge(start + hour, 2, [2])
      .charge(start + 2 * hour, 4, [1.2, 1.1])
      .charge(start + 3 * hour, 9, [1])
    expect(rehearsed(theirs)).toMatchObject({ ours: micro(94.7), theirs: micro(85) })
    expect(first(theirs)).toMatchObject({
      ...{ event: 'e2', theirs: micro(4), ours: micro(2.3) },
      rule: 'The other system rounds each line up to a multiple of 1, and the rate card rounds each line half-up to 0.000001.',
    })
  })

  test('rounding of the whole charge, and other prices', () => {
    expect(first(new Theirs().charge(start, 3, [1.2, 1.3]))?.rule).toMatch(/rounds each charge up to a multiple of 1/)
    expect(first(new Theirs().charge(start, 44, [20]))?.rule).toBe(
      'The rate card has other prices. It charges 20 here: credit 20.',
    )
  })

  test('an allowance that ends at midnight in another time zone', () => {
    expect(first(new Theirs().week(monday - hour, 40).charge(monday + hour, 1))).toMatchObject({
      ...{ event: 'e1', at: monday - hour, theirs: micro(40), ours: 0n },
      rule: 'The grant old:week ends at 2026-11-23T00:00:00.000Z here, by the time zone UTC, 1 hour later than in the other system.',
    })
    expect(first(new Theirs().week(monday + 8 * hour, 40).charge(monday + 9 * hour, 1))).toMatchObject({
      ...{ event: 'e1', at: monday, ours: micro(40) },
      rule: 'The grant old:week ends at 2026-11-23T00:00:00.000Z here, in the time zone UTC, and 8 hours later in the other system.',
    })
  })

  test('packages that are used before the allowance', () => {
    const theirs = new Theirs()
      .charge(start + hour, 30)
      .week(monday, 40)
      .charge(monday + hour, 1)
    expect(first(theirs)).toMatchObject({
      ...{ event: 'e2', theirs: micro(40), ours: micro(10) },
      rule: expect.stringMatching(/old:week has another rest here: .* order is INCLUDED \(0\), PACKAGE \(\d+\), then/),
    })
  })

  test('a deposit of another amount, and one that does not come', () => {
    const other = new Theirs().on(monday, 40, { type: 'EXPIRY' }).on(monday, 90, { type: 'GRANT', kind: 'INCLUDED' })
    expect(first(other.charge(monday + hour, 1))).toMatchObject({ event: 'e2', theirs: micro(90), ours: micro(100) })
    const none = new Theirs().on(monday, 40, { type: 'EXPIRY' }).charge(monday + hour, 1)
    expect(first(none)).toMatchObject({
      event: null,
      ours: micro(100),
      rule: expect.stringMatching(/not in the other/),
    })
  })

  test('one of two ends alike that does not come', () => {
    const gift = { type: 'GRANT', kind: 'PROMOTION', expiresAt: start + hour } as const
    const two = new Theirs().on(start, 7, { ...gift, source: 'a' }).on(start, 7, { ...gift, source: 'b' })
    two.on(start + hour, 7, { type: 'EXPIRY' })
    expect(first(two.charge(start + 2 * hour, 1))).toMatchObject({ event: null, at: start + hour, ours: micro(7) })
  })

  test('a refusal', () => {
    expect(first(new Theirs().charge(start, 100, [100.5]))).toMatchObject({
      rule: expect.stringMatching(/^The gateway would refuse it\. This needs 100\.5 credits and 100 are available/),
    })
    const expired = new Theirs().on(start, 1, { type: 'GRANT', kind: 'PROMOTION', source: 'a', expiresAt: start })
    expect(first(expired)?.rule).toMatch(/would have expired already/)
  })

  test('an entry that is missing', () => {
    const theirs = new Theirs().charge(start, 10)
    const events = theirs.events.map((event) => ({ ...event, balanceAfter: event.balanceAfter - micro(3) }))
    expect(first(Object.assign(new Theirs(), { events }))).toMatchObject({
      ...{ event: 'e1', rule: expect.stringMatching(/an entry before this one is missing/) },
    })
  })
})
