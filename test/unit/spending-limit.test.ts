import { describe, expect, test } from 'vitest'
import { memberId } from '../../src/domain/identity.ts'
import { calendarEnd } from '../../src/domain/period.ts'
import { countTaken, limitAt, limitPassed, type SpendingLimit, windowAt } from '../../src/domain/spending-limit.ts'

const at = Date.parse
const iso = (instant: number) => new Date(instant).toISOString()
const noon = at('2026-11-18T12:00:00Z')
const ben = { memberId: memberId('ben'), callerId: memberId('backend') }

const limitOf = (credits: bigint | null, given: Partial<SpendingLimit> = {}): SpendingLimit => ({
  ...{ subject: 'MEMBER', id: 'ben', per: 'DAY', credits, used: 0n, setAt: 0 },
  ...windowAt(given.per ?? 'DAY', 'UTC', noon),
  ...given,
})

describe('a window', () => {
  test.each([
    ['DAY', 'Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T22:00:00.000Z'],
    ['DAY', 'Africa/Cairo', '2026-04-23T21:59:59Z', '2026-04-23T22:00:00.000Z'],
    ['DAY', 'Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00.000Z'],
    ['WEEK', 'Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-25T23:00:00.000Z'],
    ['MONTH', 'UTC', '2028-02-29T23:59:59Z', '2028-03-01T00:00:00.000Z'],
    ['MONTH', 'UTC', '2027-01-31T00:00:00Z', '2027-02-01T00:00:00.000Z'],
  ] as const)('of a %s in %s that contains %s ends at midnight', (per, timeZone, instant, end) => {
    expect(iso(calendarEnd(per, timeZone, at(instant)))).toBe(end)
  })

  test('runs to its end also when the time zone changes, and the next one begins there', () => {
    const limit = limitOf(10n, { used: 7n })
    expect(limitAt(limit, 'America/New_York', at('2026-11-18T23:59:59Z'))).toBe(limit)
    const next = limitAt(limit, 'America/New_York', at('2026-11-19T00:00:00Z'))
    expect([iso(next.windowStart), iso(next.resetsAt)]).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-19T05:00:00.000Z',
    ])
    expect(next.used).toBe(0n)
  })
})

describe('limits', () => {
  test('are passed by the first micro-credit beyond them, by those they are of', () => {
    const limits = [limitOf(10n, { used: 7n }), limitOf(9n, { subject: 'CALLER', id: 'backend', per: 'MONTH' })]
    const passed = (spender: typeof ben, required: bigint) =>
      limitPassed(limits, spender, required, 'UTC', noon)?.subject
    expect(passed(ben, 3n)).toBeUndefined()
    expect(passed(ben, 4n)).toBe('MEMBER')
    expect(passed({ ...ben, memberId: memberId('ana') }, 9n)).toBeUndefined()
    expect(passed({ ...ben, callerId: memberId('ben') }, 10n)).toBe('MEMBER')
  })

  test('that are several are told by the one that resets last', () => {
    const limits = [limitOf(1n, { per: 'MONTH', ...windowAt('MONTH', 'UTC', noon) }), limitOf(1n)]
    expect(limitPassed(limits, ben, 2n, 'UTC', noon)?.per).toBe('MONTH')
    expect(limitPassed(limits.toReversed(), ben, 2n, 'UTC', noon)?.per).toBe('MONTH')
  })

  test('that were lowered or lifted stop nothing that is free, and nothing at all', () => {
    expect(limitPassed([limitOf(1n, { used: 5n })], ben, 0n, 'UTC', noon)).toBeNull()
    expect(limitPassed([limitOf(null, { used: 5n })], ben, 1n, 'UTC', noon)).toBeNull()
  })

  test('get back only what was taken in the window that runs, and never fall below zero', () => {
    const limits = [limitOf(10n, { used: 4n })]
    const usedAfter = (taken: bigint, since: number, now: number) =>
      countTaken(limits, ben, taken, since, 'UTC', now)[0]?.used
    expect(usedAfter(-3n, noon - 1, noon)).toBe(1n)
    expect(usedAfter(-3n, at('2026-11-17T23:59:59Z'), noon)).toBe(4n)
    expect(usedAfter(-3n, noon, at('2026-11-19T00:00:00Z'))).toBe(4n)
    expect(usedAfter(-9n, noon, noon)).toBe(0n)
    expect(usedAfter(6n, noon, at('2026-11-19T00:00:00Z'))).toBe(6n)
  })
})
