import { Temporal } from 'temporal-polyfill'
import type { Instant } from './identity.ts'
import { dayMs, instantOf, type WallTime, wallTimeAt } from './wall-clock.ts'

export const cadences = ['WEEK', 'MONTH', 'YEAR'] as const
export type Cadence = (typeof cadences)[number]

/**
 * The begin of periods: `calendar` (Monday, the first of the month, 1 January), a weekday (1 is Monday) for weeks, a
 * day of the month for months, or `subscription`: the day the plan began.
 */
export type PeriodAnchor = 'calendar' | 'subscription' | { readonly weekday: number } | { readonly dayOfMonth: number }

const unit = { DAY: 'days', WEEK: 'weeks', MONTH: 'months', YEAR: 'years' } as const

/**
 * Start of period `index`, counted from the anchor's own calendar day and wall-clock time in `timeZone`, never from
 * the period before: a month that began on the 31st comes back to the 31st after February. Days that a month lacks are
 * clamped to its last; a wall-clock time that daylight saving skips moves forward.
 */
export function periodStart(anchor: Instant, cadence: Cadence, timeZone: string, index: number): Instant {
  if (index === 0) return anchor
  const wall = wallTimeAt(anchor, timeZone)
  return instantOf(cadence === 'WEEK' ? wall + index * 7 * dayMs : monthsLater(wall, index * months[cadence]), timeZone)
}

const months = { MONTH: 1, YEAR: 12 } as const

/** The same day and time a number of months later, or the last day of a month that lacks the day. */
function monthsLater(wall: WallTime, count: number): WallTime {
  const date = new Date(wall)
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() + count, 1)
  if (day <= 28) return date.setUTCDate(day)
  const last = new Date(date)
  last.setUTCMonth(date.getUTCMonth() + 1, 0)
  return date.setUTCDate(Math.min(day, last.getUTCDate()))
}

/** The period that contains `at`: startsAt ≤ at < start of the next one. Negative before the anchor. */
export function periodIndexAt(anchor: Instant, cadence: Cadence, timeZone: string, at: Instant): number {
  let index = periodsBetween(wallTimeAt(anchor, timeZone), wallTimeAt(at, timeZone), cadence)
  while (periodStart(anchor, cadence, timeZone, index) > at) index -= 1
  while (periodStart(anchor, cadence, timeZone, index + 1) <= at) index += 1
  return index
}

/**
 * A key that two anchors share if they count the same periods: the time of day, and the day of the week, month or year.
 */
export function phaseOf(anchor: Instant, cadence: Cadence, timeZone: string): string {
  const wall = wallTimeAt(anchor, timeZone)
  if (cadence === 'WEEK') return `${remainder(wall, 7 * dayMs)}`
  const date = new Date(wall)
  const day = cadence === 'MONTH' ? `${date.getUTCDate()}` : `${date.getUTCMonth()}-${date.getUTCDate()}`
  return `${day} ${remainder(wall, dayMs)}`
}

/** The non-negative remainder, also of a time before 1970. */
const remainder = (time: number, length: number) => ((time % length) + length) % length

/** The anchor itself if it is not after `at`, or the last anchor up to `at` that counts the same periods. */
export function anchorBefore(anchor: Instant, cadence: Cadence, timeZone: string, at: Instant): Instant {
  if (anchor <= at) return anchor
  const phase = phaseOf(anchor, cadence, timeZone)
  for (let index = periodIndexAt(anchor, cadence, timeZone, at); ; index -= 1) {
    const before = periodStart(anchor, cadence, timeZone, index)
    if (phaseOf(before, cadence, timeZone) === phase) return before
  }
}

/** The number of periods between, or one more or less. */
function periodsBetween(from: WallTime, to: WallTime, cadence: Cadence): number {
  if (cadence === 'WEEK') return Math.floor((to - from) / (7 * dayMs))
  const [first, last] = [new Date(from), new Date(to)]
  const years = last.getUTCFullYear() - first.getUTCFullYear()
  return cadence === 'YEAR' ? years : 12 * years + last.getUTCMonth() - first.getUTCMonth()
}

/**
 * Midnight of a day on or before `at` from which calendar periods can be counted: the last Monday, first of the month or
 * 1 January, or the last such weekday or day of the month. A 31st is counted from a month that has one, and no day whose
 * midnight daylight saving skips is counted from: all later periods would begin an hour into the day.
 */
export function calendarAnchor(
  cadence: Cadence,
  timeZone: string,
  at: Instant,
  begins: Exclude<PeriodAnchor, 'subscription'> = 'calendar',
): Instant {
  const weekday = typeof begins === 'object' && 'weekday' in begins ? begins.weekday : 1
  const dayOfMonth = typeof begins === 'object' && 'dayOfMonth' in begins ? begins.dayOfMonth : 1
  let first = firstDay(zoned(at, timeZone), cadence, weekday, dayOfMonth)
  while (first.startOfDay().hour > 0) first = firstDay(first.subtract({ days: 1 }), cadence, weekday, dayOfMonth)
  return first.startOfDay().epochMilliseconds
}

/** The begin of the calendar period that contains `at`: its day, Monday, first of the month or 1 January. */
export const calendarStart = (period: Cadence | 'DAY', timeZone: string, at: Instant): Instant =>
  firstDay(zoned(at, timeZone), period).startOfDay().epochMilliseconds

/** The end of the calendar period that contains `at`, where the next one begins. */
export function calendarEnd(period: Cadence | 'DAY', timeZone: string, at: Instant): Instant {
  const next = firstDay(zoned(at, timeZone), period).add({ [unit[period]]: 1 })
  return next.startOfDay().epochMilliseconds
}

function firstDay(day: Temporal.ZonedDateTime, period: Cadence | 'DAY', weekday = 1, dayOfMonth = 1) {
  if (period === 'DAY') return day
  if (period === 'WEEK') return day.subtract({ days: (day.dayOfWeek - weekday + 7) % 7 })
  if (period === 'YEAR') return day.with({ month: 1, day: 1 })
  let month = day.day >= dayOfMonth ? day : day.with({ day: 1 }).subtract({ months: 1 })
  while (month.daysInMonth < dayOfMonth) month = month.with({ day: 1 }).subtract({ months: 1 })
  return month.with({ day: dayOfMonth })
}

const calendarMonth = /^[12]\d{3}-(0[1-9]|1[0-2])$/

/**
 * The first instant of the calendar month `2026-11` in `timeZone`, and that of the month after it; undefined for a text
 * that is no month of the years 1000 to 2999.
 */
export function monthSpan(month: string, timeZone: string): { startsAt: Instant; endsAt: Instant } | undefined {
  if (!calendarMonth.test(month)) return undefined
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 })
  const [startsAt, endsAt] = [first, first.add({ months: 1 })].map((day) => day.toZonedDateTime(timeZone))
  return startsAt && endsAt && { startsAt: startsAt.epochMilliseconds, endsAt: endsAt.epochMilliseconds }
}

/** The calendar day of an instant, `2026-11-16`. */
export const dayOf = (at: Instant, timeZone: string) => zoned(at, timeZone).toPlainDate().toString()

/** The calendar month of a day, `2026-11`. */
export const monthOf = (day: string): string => day.slice(0, '2026-11'.length)

/** `startsAt` ≤ an instant of the day < `endsAt`, which is 23 to 25 hours later. `date`: `2026-11-16`. */
export type CalendarDay = { readonly startsAt: Instant; readonly endsAt: Instant; readonly date: string }

/** The day that was computed last in each time zone: callers often need the same one. */
const lastDays = new Map<string, CalendarDay>()

/** The calendar day that contains `at`. */
export function calendarDay(at: Instant, timeZone: string): CalendarDay {
  const last = lastDays.get(timeZone)
  if (last !== undefined && last.startsAt <= at && at < last.endsAt) return last
  const start = zoned(at, timeZone).startOfDay()
  const startsAt = start.epochMilliseconds
  const endsAt = start.add({ days: 1 }).startOfDay().epochMilliseconds
  const day = { startsAt, endsAt, date: start.toPlainDate().toString() }
  lastDays.set(timeZone, day)
  return day
}

function zoned(at: Instant, timeZone: string) {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
}
