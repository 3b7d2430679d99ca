import { Temporal } from 'temporal-polyfill'
import type { Instant } from './identity.ts'

export const cadences = ['WEEK', 'MONTH', 'YEAR'] as const
export type Cadence = (typeof cadences)[number]

/**
 * Where periods begin: `calendar` (Monday, the first of the month, 1 January), a weekday (1 is Monday) for weeks, a day
 * of the month for months, or `subscription`: the day the plan began.
 */
export type PeriodAnchor = 'calendar' | 'subscription' | { readonly weekday: number } | { readonly dayOfMonth: number }

const unit = { WEEK: 'weeks', MONTH: 'months', YEAR: 'years' } as const

/**
 * Start of period `index`, counted from the anchor's own calendar day and wall-clock time in `timeZone`, never from
 * the period before: a month that began on the 31st comes back to the 31st after February. Days that a month lacks are
 * clamped to its last; a wall-clock time that daylight saving skips moves forward.
 */
export function periodStart(anchor: Instant, cadence: Cadence, timeZone: string, index: number): Instant {
  return zoned(anchor, timeZone).add({ [unit[cadence]]: index }, { overflow: 'constrain' }).epochMilliseconds
}

/** The period that contains `at`: startsAt ≤ at < start of the next one. Negative before the anchor. */
export function periodIndexAt(anchor: Instant, cadence: Cadence, timeZone: string, at: Instant): number {
  const since = zoned(anchor, timeZone).until(zoned(at, timeZone), { largestUnit: unit[cadence] })
  let index = since[unit[cadence]]
  while (periodStart(anchor, cadence, timeZone, index) > at) index -= 1
  while (periodStart(anchor, cadence, timeZone, index + 1) <= at) index += 1
  return index
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
  const day = zoned(at, timeZone)
  const weekday = typeof begins === 'object' && 'weekday' in begins ? begins.weekday : 1
  const dayOfMonth = typeof begins === 'object' && 'dayOfMonth' in begins ? begins.dayOfMonth : 1
  let first = firstDay(day, cadence, weekday, dayOfMonth)
  while (first.startOfDay().hour > 0) first = firstDay(first.subtract({ days: 1 }), cadence, weekday, dayOfMonth)
  return first.startOfDay().epochMilliseconds
}

function firstDay(day: Temporal.ZonedDateTime, cadence: Cadence, weekday: number, dayOfMonth: number) {
  if (cadence === 'WEEK') return day.subtract({ days: (day.dayOfWeek - weekday + 7) % 7 })
  if (cadence === 'YEAR') return day.with({ month: 1, day: 1 })
  let month = day.day >= dayOfMonth ? day : day.with({ day: 1 }).subtract({ months: 1 })
  while (month.daysInMonth < dayOfMonth) month = month.with({ day: 1 }).subtract({ months: 1 })
  return month.with({ day: dayOfMonth })
}

/** The calendar day of an instant, `2026-11-16`. */
export const dayOf = (at: Instant, timeZone: string) => zoned(at, timeZone).toPlainDate().toString()

/** The instant at which the calendar day of `at` began. */
export const startOfDay = (at: Instant, timeZone: string): Instant => zoned(at, timeZone).startOfDay().epochMilliseconds

function zoned(at: Instant, timeZone: string) {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
}
