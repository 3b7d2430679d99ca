import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import type { Allowance, Rollover } from '../../src/domain/allowance.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId, holdId } from '../../src/domain/identity.ts'
import { finest, type LiveSession } from '../../src/domain/live-session.ts'
import { cutOffOf } from '../../src/domain/runway.ts'
import { accountWith, at, credits, weekly } from '../setup/sessions.ts'

const [second, day] = [1000, 86_400_000]
/** The next deposit of 500 credits a week. */
const resets = at + 30 * second

/** A session that uses so many credits an hour. */
const session = (perHour: number): LiveSession => ({
  ...{ holdId: holdId(1), rate: (credits(perHour) * finest) / 3_600_000n, since: at, held: 0n },
})
const aSecond = session(3600)
const grant = (amount: number, expiresAt: number | null, allowance: Grant['allowance'] = null): Grant => ({
  ...{ id: grantId(1), kind: 'PACKAGE', priority: 100, startsAt: at - day, expiresAt, granted: credits(amount) },
  ...{
    available: credits(amount),
    locked: 0n,
    lock: null,
    held: 0n,
    spent: 0n,
    expired: 0n,
    revoked: 0n,
    clawedBack: 0n,
    frozen: false,
  },
  ...{ source: 'pack', allowance, costBasis: null, scope: null },
})
const own = grant(100, resets, { id: 'week', period: weekly.nextPeriod - 1 })
const every = (rollover: Rollover): Allowance => ({ ...weekly, nextAt: resets, rollover })
const cutOffIn = (sessions: LiveSession[], grants: Grant[], given: Partial<Account>) =>
  ((cutOffOf(accountWith(sessions, grants, given), at) ?? 0) - at) / second

describe('a cut-off after the next deposit, of 500 credits in 30 seconds', () => {
  test.each<[string, Rollover, number]>([
    ['without what is left then', 'none', 530],
    ['with all that is left then', 'full', 600],
    ['with what is left, if no more is carried over', { upTo: credits(70) }, 600],
    ['with what is left, if more would be carried over', { upTo: credits(71) }, 600],
    ['with the most that is carried over', { upTo: credits(69) }, 599],
  ])('counts %s', (_, rollover, seconds) => {
    expect(cutOffIn([aSecond], [own], { allowances: [every(rollover)] })).toBe(seconds)
  })

  test('counts nothing of other credits that end with it', () => {
    expect(cutOffIn([aSecond], [own, grant(40, resets)], { allowances: [every('full')] })).toBe(600)
  })

  test('counts credits that end later, after the deposit', () => {
    expect(cutOffIn([aSecond], [own, grant(40, resets + 600 * second)], { allowances: [every('none')] })).toBe(570)
  })

  test('counts a deposit of seats for each of them', () => {
    const seats = { ...every('none'), perSeat: true }
    expect(cutOffIn([aSecond], [own], { allowances: [seats], seats: 2 })).toBe(1030)
  })
})

describe('a cut-off after several deposits', () => {
  test('counts each of them, and what each leaves', () => {
    const allowances = [{ ...weekly, rollover: 'full' as const }]
    const week = grant(200, weekly.nextAt, own.allowance)
    // 200 credits and two deposits: 1,200 credits at 0.0009 a second. The third deposit comes after them.
    expect(cutOffIn([session(3.24)], [week], { allowances })).toBe(1_333_333.333)
  })

  test('counts what a debt leaves of them', () => {
    const [allowances, owed] = [[every('none')], credits(600)]
    // The first deposit repays 500, the second 100; the third comes later.
    expect(cutOffIn([aSecond], [grant(864_000, null)], { allowances, owed })).toBe(864_400)
  })
})
