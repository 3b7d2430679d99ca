import { Temporal } from 'temporal-polyfill'
import type { Instant } from './identity.ts'

export const cadences = ['WEEK', 'MONTH', 'YEAR'] as const
export type Cadence = (typeof cadences)[number]

/**
 * Where periods begin: `calendar` (Monday, the first of the month, 1 January), a weekday (1 is Monday) for weeks, a day
 * of the month for months, or `subscription`: the day the plan began.
 */
export type PeriodAnchor = 'calendar' | 'subscription' | { readonly weekday: number } | { readonly dayOfMonth: number }

const unit = { DAY: 'days', WEEK: 'weeks', MONTH: 'months', YEAR: 'years' } as const

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

/** Midnight of the day, the Monday, the first of the month or 1 January on or before `at`: where calendar periods begin. */
export function calendarAnchor(period: Cadence | 'DAY', timeZone: string, at: Instant): Instant {
  return firstDay(zoned(at, timeZone), period).startOfDay().epochMilliseconds
}

/** Where the calendar period that contains `at` ends, and the next one begins. */
export function calendarEnd(period: Cadence | 'DAY', timeZone: string, at: Instant): Instant {
  const next = firstDay(zoned(at, timeZone), period).add({ [unit[period]]: 1 })
  return next.startOfDay().epochMilliseconds
}

function firstDay(day: Temporal.ZonedDateTime, cadence: Cadence | 'DAY'): Temporal.ZonedDateTime {
  if (cadence === 'DAY') return day
  if (cadence === 'WEEK') return day.subtract({ days: day.dayOfWeek - 1 })
  return cadence === 'MONTH' ? day.with({ day: 1 }) : day.with({ month: 1, day: 1 })
}

/** The calendar day of an instant, `2026-11-16`. */
export const dayOf = (at: Instant, timeZone: string) => zoned(at, timeZone).toPlainDate().toString()

/** The instant at which the calendar day of `at` began. */
export const startOfDay = (at: Instant, timeZone: string): Instant => zoned(at, timeZone).startOfDay().epochMilliseconds

function zoned(at: Instant, timeZone: string) {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
}
