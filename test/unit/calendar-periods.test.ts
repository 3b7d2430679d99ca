import { describe, expect, test } from 'vitest'
import {
  anchorBefore,
  type Cadence,
  calendarAnchor,
  calendarDay,
  calendarEnd,
  calendarStart,
  type PeriodAnchor,
  periodIndexAt,
  periodStart,
  phaseOf,
} from '../../src/domain/period.ts'
import { instantOf, wallTimeAt } from '../../src/domain/wall-clock.ts'

const at = Date.parse
const iso = (instant: number) => new Date(instant).toISOString().slice(0, 16)

test.each<[string, Cadence, Exclude<PeriodAnchor, 'subscription'>, string, string]>([
  ['a Monday itself', 'WEEK', 'calendar', '2026-11-16T00:00', '2026-11-16T00:00'],
  ['the Monday before a Sunday', 'WEEK', 'calendar', '2026-11-22T23:59', '2026-11-16T00:00'],
  ['the last Thursday', 'WEEK', { weekday: 4 }, '2026-11-18T12:00', '2026-11-12T00:00'],
  ['that Thursday itself', 'WEEK', { weekday: 4 }, '2026-11-19T00:00', '2026-11-19T00:00'],
  ['the first of the month', 'MONTH', 'calendar', '2026-11-30T12:00', '2026-11-01T00:00'],
  ['the last 15th, in the month before', 'MONTH', { dayOfMonth: 15 }, '2026-11-14T12:00', '2026-10-15T00:00'],
  ['the 15th itself', 'MONTH', { dayOfMonth: 15 }, '2026-11-15T00:00', '2026-11-15T00:00'],
  ['the last 31st that there was', 'MONTH', { dayOfMonth: 31 }, '2026-11-30T12:00', '2026-10-31T00:00'],
  ['the last 31st, two months before', 'MONTH', { dayOfMonth: 31 }, '2027-03-30T12:00', '2027-01-31T00:00'],
  ['the last 30th, not in February', 'MONTH', { dayOfMonth: 30 }, '2027-03-01T12:00', '2027-01-30T00:00'],
  ['1 January', 'YEAR', 'calendar', '2026-11-15T12:00', '2026-01-01T00:00'],
])('calendar periods are counted from %s', (_, cadence, begins, now, anchor) => {
  expect(iso(calendarAnchor(cadence, 'UTC', at(`${now}Z`), begins))).toBe(anchor)
})

test('calendar periods are counted from no day whose midnight is skipped', () => {
  // In Cairo, clocks are turned at midnight before Friday, 24 April 2026.
  const friday = calendarAnchor('WEEK', 'Africa/Cairo', at('2026-04-25T09:00:00Z'), { weekday: 5 })
  expect(iso(friday)).toBe('2026-04-16T22:00')
})

test.each<[Cadence | 'DAY', string, string]>([
  ['DAY', '2026-11-18T00:00', '2026-11-19T00:00'],
  ['WEEK', '2026-11-16T00:00', '2026-11-23T00:00'],
  ['MONTH', '2026-11-01T00:00', '2026-12-01T00:00'],
  ['YEAR', '2026-01-01T00:00', '2027-01-01T00:00'],
])('the calendar %s of an instant begins and ends at midnight', (period, start, end) => {
  expect(iso(calendarStart(period, 'UTC', at('2026-11-18T12:00:00Z')))).toBe(start)
  expect(iso(calendarEnd(period, 'UTC', at('2026-11-18T12:00:00Z')))).toBe(end)
})

test('a calendar day has its own hours', () => {
  const begin = at('2026-10-25T00:00:00+02:00')
  const day = { startsAt: begin, endsAt: begin + 25 * 3_600_000, date: '2026-10-25' }
  expect(calendarDay(begin, 'Europe/Berlin')).toEqual(day)
  expect(calendarDay(begin + 24 * 3_600_000, 'Europe/Berlin')).toEqual(day)
  expect(calendarDay(begin + 25 * 3_600_000, 'Europe/Berlin').date).toBe('2026-10-26')
  expect(calendarDay(begin - 1, 'Europe/Berlin').date).toBe('2026-10-24')
  expect(calendarDay(begin, 'UTC').date).toBe('2026-10-24')
})

describe('a period that is counted from its anchor', () => {
  test.each<[string, Cadence, string, number, string]>([
    ['a week later', 'WEEK', '2026-11-18T12:00', 1, '2026-11-25T12:00'],
    ['three weeks before', 'WEEK', '2026-11-18T12:00', -3, '2026-10-28T12:00'],
    ['a month later', 'MONTH', '2026-11-18T12:00', 1, '2026-12-18T12:00'],
    ['a month later, on the 28th of February', 'MONTH', '2027-01-28T12:00', 1, '2027-02-28T12:00'],
    ['a month later, on the last of February', 'MONTH', '2027-01-31T12:00', 1, '2027-02-28T12:00'],
    ['two months later, on the 31st again', 'MONTH', '2027-01-31T12:00', 2, '2027-03-31T12:00'],
    ['a year later, without a 29th', 'YEAR', '2028-02-29T12:00', 1, '2029-02-28T12:00'],
    ['four years later, with one', 'YEAR', '2028-02-29T12:00', 4, '2032-02-29T12:00'],
  ])('begins %s', (_, cadence, anchor, index, start) => {
    const from = at(`${anchor}Z`)
    const begin = periodStart(from, cadence, 'UTC', index)
    expect(iso(begin)).toBe(start)
    expect(periodIndexAt(from, cadence, 'UTC', begin)).toBe(index)
    expect(periodIndexAt(from, cadence, 'UTC', begin - 1)).toBe(index - 1)
  })

  test('begins an hour later in UTC once summer time is over', () => {
    const anchor = at('2026-10-20T10:00:00Z')
    expect(iso(periodStart(anchor, 'WEEK', 'Europe/Berlin', 1))).toBe('2026-10-27T11:00')
  })

  test('begins at the first of two hours of the same name', () => {
    const anchor = at('2026-10-18T00:30:00Z')
    expect(iso(periodStart(anchor, 'WEEK', 'Europe/Berlin', 1))).toBe('2026-10-25T00:30')
  })
})

describe('two anchors count the same periods', () => {
  test.each<[string, Cadence, string, string, boolean]>([
    ['a week apart', 'WEEK', '2026-11-18T12:00', '2026-11-25T12:00', true],
    ['six days apart', 'WEEK', '2026-11-18T12:00', '2026-11-24T12:00', false],
    ['an hour apart', 'WEEK', '2026-11-18T12:00', '2026-11-25T13:00', false],
    ['before 1970, too', 'WEEK', '1969-12-25T12:00', '1970-01-01T12:00', true],
    ['on one day of the month', 'MONTH', '2026-11-18T12:00', '2026-12-18T12:00', true],
    ['on another day of the month', 'MONTH', '2026-11-18T12:00', '2026-11-19T12:00', false],
    ['on one day of the month at another time', 'MONTH', '2026-11-18T12:00', '2026-12-18T12:01', false],
    ['in another month of the year', 'YEAR', '2026-11-18T12:00', '2026-12-18T12:00', false],
    ['on another day of the year', 'YEAR', '2026-11-18T12:00', '2027-11-19T12:00', false],
    ['a year apart', 'YEAR', '2026-11-18T12:00', '2027-11-18T12:00', true],
  ])('%s', (_, cadence, one, other, same) => {
    const [first, second] = [one, other].map((time) => phaseOf(at(`${time}Z`), cadence, 'UTC'))
    expect(first === second).toBe(same)
  })

  test('and the last one up to now counts for one that is to come', () => {
    const anchorAt = (anchor: string, now: string) => iso(anchorBefore(at(`${anchor}Z`), 'MONTH', 'UTC', at(`${now}Z`)))
    expect(anchorAt('2026-11-18T12:00', '2026-11-18T12:00')).toBe('2026-11-18T12:00')
    expect(anchorAt('2026-10-01T00:00', '2026-11-18T12:00')).toBe('2026-10-01T00:00')
    expect(anchorAt('2027-03-31T00:00', '2026-12-01T12:00')).toBe('2026-10-31T00:00')
    expect(anchorAt('2027-03-18T12:00', '2026-11-18T12:00')).toBe('2026-11-18T12:00')
  })
})

describe('the wall clock of a zone', () => {
  test.each<[string, string, string, string]>([
    ['shows UTC in UTC', 'UTC', '2026-07-01T12:00', '2026-07-01T12:00'],
    ['shows summer time', 'Europe/Berlin', '2026-07-01T12:00', '2026-07-01T14:00'],
    ['shows it from the turn on', 'Europe/Berlin', '2026-03-29T01:00', '2026-03-29T03:00'],
    ['shows winter time up to the turn', 'Europe/Berlin', '2026-03-29T00:59', '2026-03-29T01:59'],
    ['shows half hours', 'Asia/Kolkata', '2026-07-01T12:00', '2026-07-01T17:30'],
  ])('%s', (_, zone, instant, wall) => {
    expect(iso(wallTimeAt(at(`${instant}Z`), zone))).toBe(wall)
    expect(iso(instantOf(at(`${wall}Z`), zone))).toBe(instant)
  })

  test.each<[string, string, string, string]>([
    ['that is skipped moves forward', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30'],
    ['that comes twice is the first one', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30'],
    ['just before the turn is itself', 'America/New_York', '2026-03-08T01:59', '2026-03-08T06:59'],
    ['just after the turn is itself', 'America/New_York', '2026-03-08T03:00', '2026-03-08T07:00'],
    ['after both hours of a name is itself', 'America/New_York', '2026-11-01T02:00', '2026-11-01T07:00'],
  ])('shows a time once: one %s', (_, zone, wall, instant) => {
    expect(iso(instantOf(at(`${wall}Z`), zone))).toBe(instant)
  })
})
