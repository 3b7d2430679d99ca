import { describe, expect, it } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import type { Allowance } from '../../src/domain/allowance.ts'
import type { Grant } from '../../src/domain/grant.ts'
import { grantId, holdId, type Instant } from '../../src/domain/identity.ts'
import { finest, type LiveSession, paceOf } from '../../src/domain/live-session.ts'
import { price } from '../../src/domain/pricing.ts'
import { cutOffOf, isNear, runwaySeconds, warningAt } from '../../src/domain/runway.ts'
import { accountWith, aivah, at, credits, unused, weekly } from '../setup/sessions.ts'

const second = 1000
const minute = 60 * second
const day = 86_400_000

/** The pace that a capture of `usage` shows at `at`. */
function measured(usage: readonly { rate: string; quantity: number; count?: number }[], before: LiveSession | null) {
  const lines = usage.map(({ rate, quantity, count = 1 }) => ({ rate, quantity: credits(quantity), count }))
  const priced = price(aivah.rateCard, lines)
  if (!priced.ok) throw new Error(priced.failure.message)
  return paceOf(priced.priced.lines, aivah.rateCard, at, before)
}

/** Credits an hour. */
const perHour = (amount: number): bigint => (credits(amount) * finest) / 3_600_000n

const session = (amountPerHour: number, held = 0, since: Instant = at, id = 1): LiveSession => ({
  holdId: holdId(id),
  rate: perHour(amountPerHour),
  since,
  held: credits(held),
})

const grant = (amount: number, expiresAt: Instant | null = null, given: Partial<Grant> = {}): Grant => ({
  id: grantId(1),
  kind: 'PACKAGE',
  priority: 100,
  startsAt: at - day,
  expiresAt,
  granted: credits(amount),
  available: credits(amount),
  ...unused,
  ...given,
})

const cutOffIn = (sessions: LiveSession[], grants: Grant[], given: Partial<Account> = {}): number | null => {
  const cutOff = cutOffOf(accountWith(sessions, grants, given), at)
  return cutOff === null ? null : (cutOff - at) / second
}

describe('the pace of a live session', () => {
  it('is what the time of its last capture cost, whatever its length', () => {
    for (const quantity of [0.25, 1, 7]) {
      expect(measured([{ rate: 'conversation.avatar', quantity }], null)?.rate).toBe(perHour(1200))
    }
    expect(measured([{ rate: 'media.video', quantity: 10 }], null)).toEqual({ rate: perHour(14_400), since: at })
  })

  it('counts assets and lines as side by side, and nothing that is not time', () => {
    expect(measured([{ rate: 'conversation.voice', quantity: 1, count: 3 }], null)?.rate).toBe(perHour(3 * 480))
    const both = [
      { rate: 'conversation.avatar', quantity: 2 },
      { rate: 'conversation.voice', quantity: 2 },
      { rate: 'media.image', quantity: 4 },
    ]
    expect(measured(both, null)?.rate).toBe(perHour(1200 + 480))
  })

  it('of started minutes is what was charged for them', () => {
    expect(measured([{ rate: 'call.phone', quantity: 2 }], null)?.rate).toBe(perHour(720))
    expect(measured([{ rate: 'call.phone', quantity: 1.5 }], null)?.rate).toBe(perHour(960))
  })

  it('stays as it was where a capture counts no time, and is none before', () => {
    const before = session(1200, 0, at - minute)
    expect(measured([{ rate: 'media.image', quantity: 1 }], before)).toBe(before)
    expect(measured([{ rate: 'media.speech', quantity: 500 }], null)).toBeNull()
  })
})

describe('the cut-off', () => {
  it('is none without a live session', () => {
    expect(cutOffIn([], [grant(1000)])).toBeNull()
    expect(runwaySeconds(null, at)).toBeNull()
  })

  it('is when what is held and available is used', () => {
    expect(cutOffIn([session(3600)], [grant(100)])).toBe(100)
    expect(cutOffIn([session(3600, 50)], [grant(100)])).toBe(150)
    expect(cutOffIn([session(3600, 50)], [])).toBe(50)
  })

  it('counts from the last capture on, so it may have passed', () => {
    expect(cutOffIn([session(3600, 0, at - 40 * second)], [grant(100)])).toBe(60)
    const late = cutOffOf(accountWith([session(3600, 0, at - minute)], [grant(10)]), at)
    expect(late).toBe(at - 50 * second)
    expect(runwaySeconds(late, at)).toBe(0)
  })

  it('of several sessions is that of the first: what one holds is no use to another', () => {
    expect(cutOffIn([session(3600), session(3600, 0, at, 2)], [grant(100)])).toBe(50)
    expect(cutOffIn([session(3600, 1000), session(3600, 0, at, 2)], [grant(10)])).toBe(10)
    expect(cutOffIn([session(3600, 20), session(3600, 0, at, 2)], [grant(100)])).toBe(60)
  })

  it('comes sooner where a grant ends on the way, by what is left of it then', () => {
    const ending = grant(40, at + 10 * second)
    expect(cutOffIn([session(3600)], [ending, grant(100)])).toBe(110)
    expect(cutOffIn([session(3600)], [grant(100), ending])).toBe(100)
    expect(cutOffIn([session(3600, 30)], [ending, grant(100)])).toBe(130)
    expect(cutOffIn([session(3600)], [ending])).toBe(10)
  })

  it('comes later where an allowance lands in time, which pays first what is owed', () => {
    const resets = at + 30 * second
    const allowance: Allowance = { ...weekly, nextAt: resets }
    const own = grant(100, resets, { kind: 'INCLUDED', allowance: { id: 'week', period: allowance.nextPeriod - 1 } })
    expect(cutOffIn([session(3600)], [own], { allowances: [allowance] })).toBe(30 + 500)
    expect(cutOffIn([session(3600)], [own], { allowances: [allowance], owed: credits(450) })).toBe(30 + 50)
    const carried: Allowance = { ...allowance, rollover: { upTo: credits(25) } }
    expect(cutOffIn([session(3600)], [own], { allowances: [carried] })).toBe(30 + 525)
    expect(cutOffIn([session(3600)], [grant(20)], { allowances: [allowance] })).toBe(20)
    expect(cutOffIn([session(3600)], [own], { allowances: [{ ...allowance, ended: true }] })).toBe(30)
    const unpaid = { allowances: [allowance], paidThrough: resets }
    expect(cutOffIn([session(3600)], [own], unpaid)).toBe(30)
  })

  it('is found for whoever never runs out within weeks of deposits', () => {
    const spare = cutOffIn([session(1)], [grant(60)], { allowances: [weekly] })
    expect(spare).toBeGreaterThan(90 * 86_400)
    expect(runwaySeconds(cutOffOf(accountWith([session(0.000001)], [grant(1e12)]), at), at)).toBe(2 ** 31 - 1)
  })
})

describe('the warning', () => {
  const cutOff = at + 5 * minute
  it('comes 60 seconds before the cut-off, and at no moment sooner', () => {
    expect(warningAt(cutOff)).toBe(cutOff - minute)
    expect(isNear(cutOff, warningAt(cutOff), false)).toBe(true)
    expect(isNear(cutOff, warningAt(cutOff) - 1, false)).toBe(false)
    expect(isNear(cutOff, cutOff + day, false)).toBe(true)
    expect(isNear(null, at, false)).toBe(false)
  })

  it('stands while captures come some moments early or late, and is over with the session or twice the time', () => {
    expect(isNear(cutOff, warningAt(cutOff) - second, true)).toBe(true)
    expect(isNear(cutOff, cutOff - 2 * minute, true)).toBe(false)
    expect(isNear(null, at, true)).toBe(false)
  })
})

it('a runway is told in whole seconds, rounded down', () => {
  const cutOff = cutOffOf(accountWith([session(3600)], [grant(100)]), at)
  expect([0, 1, 1000, 1001].map((passed) => runwaySeconds(cutOff, at + passed))).toEqual([100, 99, 99, 98])
})
