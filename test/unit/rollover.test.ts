import { describe, expect, test } from 'vitest'
import type { Allowance } from '../../src/domain/allowance.ts'
import { leftoverIn } from '../../src/domain/decisions/deposits.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId } from '../../src/domain/identity.ts'
import type { Entry, Posting } from '../../src/domain/posting.ts'
import { catalogWith } from '../integration/ledger/told.ts'
import { PlanTeam } from '../setup/plan-team.ts'

const [hour, day] = [3_600_000, 86_400_000]
/** A Monday: each week of these plans begins on one. */
const start = Date.parse('2026-11-30T00:00:00Z')
const week = 7 * day

const terms = 'credits: 100, every: WEEK'
const catalog = catalogWith(`
  - { id: none, name: None, topUp: true, allowances: [{ id: week, ${terms} }] }
  - { id: full, name: Full, topUp: true, allowances: [{ id: week, ${terms}, rollover: full }] }
  - { id: some, name: Some, topUp: true, allowances: [{ id: week, ${terms}, rollover: { upTo: 50 } }] }
  - { id: two, name: Two, topUp: true, allowances: [{ id: week, ${terms}, rollover: full }, { id: other, credits: 7, every: WEEK }] }
  - { id: month, name: Month, topUp: true, allowances: [{ id: month, credits: 300, every: MONTH, anchor: subscription, rollover: full }] }
`)
const teamOn = (planId: string) => {
  const team = new PlanTeam(catalog, start)
  team.assign(planId, 1)
  return team
}

describe('what a period leaves', () => {
  test.each<[string, string, number, number]>([
    ['is lost where nothing is carried over', 'none', 30, 100],
    ['is carried over in full', 'full', 30, 170],
    ['is carried over in full, if nothing was used', 'full', 0, 200],
    ['is carried over up to an amount', 'some', 30, 150],
    ['is carried over as it is, if it is that amount', 'some', 50, 150],
    ['is carried over as it is, if it is less', 'some', 80, 120],
    ['is nothing, if all was used', 'full', 100, 100],
  ])('%s', (_, plan, percent, available) => {
    const team = teamOn(plan)
    team.spend(percent)
    team.pass(week)
    expect(team.available).toBe(available)
  })

  test('ends with the next period, and is carried over again', () => {
    const team = teamOn('full')
    team.spend(40)
    team.pass(week)
    expect(team.grants).toEqual({
      'plan:full:2026-11-30': 100,
      'plan:full:2026-12-07:rollover': 60,
      'plan:full:2026-12-07': 100,
    })
    team.pass(week)
    expect(team.available).toBe(260)
  })

  test('is carried over from each of the periods that have passed since', () => {
    const [read, late] = [teamOn('some'), teamOn('some')]
    for (let weeks = 0; weeks < 3; weeks += 1) read.pass(week)
    late.pass(3 * week)
    expect(late.grants).toEqual(read.grants)
    expect(late.available).toBe(150)
  })

  test('is carried over for its own allowance alone', () => {
    const team = teamOn('two')
    team.pass(week)
    expect(team.available).toBe(207)
  })

  test('is not carried over with credits of another kind that end at the same time', () => {
    const team = teamOn('full')
    team.ask({
      kind: 'grant-credits',
      amount: 9_000_000n,
      grantKind: 'PROMOTION',
      expiresAt: start + week,
      source: 'gift',
    })
    team.pass(week)
    expect(team.available).toBe(200)
  })

  test('is not carried over with what expired before', () => {
    const team = teamOn('full')
    team.ask({
      kind: 'grant-credits',
      amount: 9_000_000n,
      grantKind: 'PROMOTION',
      expiresAt: start + day,
      source: 'gift',
    })
    team.pass(week)
    expect(team.available).toBe(200)
  })

  test('is carried over by the terms that count as it ends', () => {
    const team = teamOn('none')
    team.assign('full', 1)
    team.pass(week)
    expect(team.available).toBe(200)
  })

  test.each([
    ['that follows, if that is paid late', 1, 450],
    ['that is paid, not over one that passed unpaid', 2, 300],
  ])('is carried over into the period %s', (_, months, available) => {
    const team = new PlanTeam(catalog, start)
    const ends = ['2026-12-30', '2027-01-30', '2027-02-28'].map(Date.parse)
    team.follow({ planId: 'month', anchor: start, paidThrough: ends[0] ?? 0 })
    team.spend(50)
    team.pass((ends[months - 1] ?? 0) + day - start)
    expect(team.available).toBe(0)
    team.follow({ planId: 'month', anchor: start, paidThrough: ends[months] ?? 0 })
    expect(team.available).toBe(available)
  })
})

describe('credits that expired before a late payment', () => {
  const [ended, other] = [start + week, start + week + hour]
  const grant = (id: number, expiresAt: number, allowance: string | null) =>
    ({ id: grantId(id), expiresAt, allowance: allowance && { id: allowance, period: 0 } }) as Grant
  const allowances = [{ id: 'week' }, { id: 'other' }] as Allowance[]
  const grants = [
    grant(1, ended, 'week'),
    grant(2, ended, 'week:rollover'),
    grant(3, ended, null),
    grant(4, other, 'other'),
  ]
  const expiry = (at: number, ...amounts: [id: number | null, amount: bigint][]) =>
    ({
      type: 'EXPIRY',
      at,
      entries: amounts.map(([id, amount]) => ({ grantId: id, amount }) as Entry),
    }) as unknown as Posting

  test.each<[string, Posting[], unknown[]]>([
    ['are nothing without a posting', [], []],
    ['are those of a deposit', [expiry(ended, [1, 5n])], [['week', ended, 5n]]],
    ['are those that were carried over before', [expiry(ended, [2, 6n])], [['week', ended, 6n]]],
    [
      'are told one by one',
      [expiry(ended, [1, 5n], [2, 6n]), expiry(other, [4, 7n])],
      [
        ['week', ended, 5n],
        ['week', ended, 6n],
        ['other', other, 7n],
      ],
    ],
    ['are not those of another kind', [expiry(ended, [3, 5n])], []],
    ['are not those of a grant that ended at another time', [expiry(other, [1, 5n])], []],
    ['are not those of no grant, or one that is not known', [expiry(ended, [null, 5n], [9, 5n])], []],
    ['are not those that were charged', [{ ...expiry(ended, [1, 5n]), type: 'CHARGE' }], []],
  ])('%s', (_, postings, leftover) => {
    const told = leftoverIn(postings, { grants, allowances })
    expect(told.map(({ allowanceId, at, amount }) => [allowanceId, at, amount])).toEqual(leftover)
  })
})
