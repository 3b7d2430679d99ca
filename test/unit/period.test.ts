import { describe, expect, test } from 'vitest'
import { calendarAnchor, calendarDay, dayOf, monthSpan, periodIndexAt, periodStart } from '../../src/domain/period.ts'

const at = Date.parse
const iso = (instant: number) => new Date(instant).toISOString()

describe('a period', () => {
  test('W1: of a week begins on Monday at midnight in its own zone', () => {
    const anchor = calendarAnchor('WEEK', 'Europe/Berlin', at('2026-10-21T10:00:00Z'))
    expect(iso(anchor)).toBe('2026-10-18T22:00:00.000Z')
    // Daylight saving ends on 25 October.
    expect(iso(periodStart(anchor, 'WEEK', 'Europe/Berlin', 1))).toBe('2026-10-25T23:00:00.000Z')
    expect(periodIndexAt(anchor, 'WEEK', 'Europe/Berlin', at('2026-10-25T22:59:59.999Z'))).toBe(0)
    expect(periodIndexAt(anchor, 'WEEK', 'Europe/Berlin', at('2026-10-25T23:00:00Z'))).toBe(1)
  })

  test('before its anchor has a negative number', () => {
    const anchor = at('2026-03-31T00:00:00Z')
    expect(periodIndexAt(anchor, 'MONTH', 'UTC', anchor - 1)).toBe(-1)
    expect(iso(periodStart(anchor, 'MONTH', 'UTC', -1))).toBe('2026-02-28T00:00:00.000Z')
  })

  test('whose time is skipped by daylight saving begins later that day, and only that once', () => {
    const anchor = at('2026-03-01T07:30:00Z')
    const starts = [0, 1, 2].map((week) => iso(periodStart(anchor, 'WEEK', 'America/New_York', week)))
    expect(starts).toEqual(['2026-03-01T07:30:00.000Z', '2026-03-08T07:30:00.000Z', '2026-03-15T06:30:00.000Z'])
  })

  test('of a calendar month or year begins on its first day', () => {
    expect(iso(calendarAnchor('MONTH', 'UTC', at('2028-02-29T23:59:59Z')))).toBe('2028-02-01T00:00:00.000Z')
    expect(iso(calendarAnchor('YEAR', 'Pacific/Auckland', at('2026-12-31T12:00:00Z')))).toBe('2026-12-31T11:00:00.000Z')
  })

  test('of a calendar week begins at midnight also when looked up on a day that has none', () => {
    expect(iso(calendarAnchor('WEEK', 'Africa/Cairo', at('2026-04-24T09:00:00Z')))).toBe('2026-04-19T22:00:00.000Z')
  })
})

test('a day is told and begun in its own zone', () => {
  expect(dayOf(at('2026-11-22T23:30:00Z'), 'Europe/Berlin')).toBe('2026-11-23')
  expect(iso(calendarDay(at('2026-11-22T23:30:00Z'), 'Europe/Berlin').startsAt)).toBe('2026-11-22T23:00:00.000Z')
})

describe('a calendar month', () => {
  const span = (month: string, timeZone: string) => {
    const found = monthSpan(month, timeZone)
    return found && [iso(found.startsAt), iso(found.endsAt)]
  }

  test('has 28 to 31 days of its own zone, also where one of them has no midnight', () => {
    expect(span('2027-02', 'UTC')).toEqual(['2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'])
    expect(span('2028-02', 'UTC')).toEqual(['2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'])
    expect(span('2026-04', 'Asia/Kolkata')).toEqual(['2026-03-31T18:30:00.000Z', '2026-04-30T18:30:00.000Z'])
    expect(span('2026-10', 'Europe/Berlin')).toEqual(['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'])
    // In Asunción, 1 October 2017 began at one o'clock.
    expect(span('2017-10', 'America/Asuncion')?.[0]).toBe('2017-10-01T04:00:00.000Z')
    expect(span('2026-12', 'UTC')?.[1]).toBe('2027-01-01T00:00:00.000Z')
  })

  test('is written in one way only', () => {
    for (const text of ['2026-13', '2026-00', '2026-1', ' 2026-11', '2026-11\n', '+002026-11', '20261']) {
      expect(monthSpan(text, 'UTC')).toBeUndefined()
    }
  })
})
