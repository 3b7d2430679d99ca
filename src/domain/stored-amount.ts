import { type Decimal, ONE, parseDecimal } from './amounts/decimal.ts'
import { divideRounded } from './amounts/fixed-point.ts'
import type { Instant } from './identity.ts'
import { type CalendarDay, calendarDay } from './period.ts'
import type { Rate, RateCard } from './rate-card.ts'
import { dayMs } from './wall-clock.ts'

/**
 * The amount that a team keeps stored at a rate that counts by the day. The day ends at midnight in the catalog's time
 * zone.
 *
 * A GB-day is one GB kept for one whole calendar day, however many hours it has. A day is charged in its last
 * millisecond, while its own grants still run. A change in that millisecond counts from the next day on.
 */
export type StoredAmount = {
  readonly rate: string
  /** In micro-units (of a GB). */
  readonly amount: Decimal
  /** The instant from which the amount counts. */
  readonly changedAt: Instant
  /** Micro-units × milliseconds of the running day, up to `changedAt`; 0 if the day began later. */
  readonly accrued: bigint
  readonly dayEndsAt: Instant
}

/** The most that can be stored at one rate: 10^9 GB. */
export const maxStored: Decimal = 10n ** 9n * ONE
/** How many rates one team may have stored at a time. */
export const maxStoredRates = 20

/** When the accrued use is charged next; null: nothing is stored and nothing has accrued. */
export const nextAccrual = ({ amount, accrued, dayEndsAt }: StoredAmount): Instant | null =>
  amount > 0n || accrued > 0n ? dayEndsAt - 1 : null

/** Reads an amount in GB: a plain decimal from 0 to 10^9 with at most 6 fraction digits; undefined for any other text. */
export function readStored(text: string): Decimal | undefined {
  const amount = parseDecimal(text)
  return amount === undefined || amount < 0n || amount > maxStored ? undefined : amount
}

/** The rate, if it prices storage: by GB and day, at a price of its own. */
export function storageRate(card: RateCard, id: string): Rate | undefined {
  const rate = card.rates.get(id)
  return rate?.unit === 'GB_DAY' && !('auto' in rate.price) ? rate : undefined
}

/**
 * The running day. A day in which the catalog's time zone changed ends where it would have ended and counts as 24
 * hours; the rest, up to the next midnight, counts as a part of the next day.
 */
export function dayEndingAt(endsAt: Instant, timeZone: string): CalendarDay {
  const day = calendarDay(endsAt - 1, timeZone)
  return day.endsAt === endsAt ? day : { ...day, startsAt: endsAt - dayMs, endsAt }
}

/** Micro-units × milliseconds of the running day, up to `at`. */
function accruedBy({ amount, changedAt, accrued }: StoredAmount, day: CalendarDay, at: Instant): bigint {
  return accrued + amount * BigInt(Math.max(0, at - Math.max(changedAt, day.startsAt)))
}

const inDays = (accrued: bigint, { startsAt, endsAt }: CalendarDay, mode: 'down' | 'half-up'): Decimal =>
  divideRounded(accrued, BigInt(endsAt - startsAt), mode)

/** The use of the running day up to `at`, in micro-GB-days; rounded down. */
export function accruedToday(stored: StoredAmount, timeZone: string, at: Instant): Decimal {
  const day = dayEndingAt(stored.dayEndsAt, timeZone)
  return inDays(accruedBy(stored, day, at), day, 'down')
}

/** The use of the whole running day if nothing changes any more, in micro-GB-days; ties up. */
export const accruedByDay = (stored: StoredAmount, day: CalendarDay): Decimal =>
  inDays(accruedBy(stored, day, day.endsAt), day, 'half-up')

/** The amount after its running day was charged. `next`: the day that begins then. */
export function dayCharged(stored: StoredAmount, next: CalendarDay): StoredAmount {
  const { changedAt, dayEndsAt } = stored
  const counted = next.startsAt === dayEndsAt ? changedAt : Math.max(changedAt, dayEndsAt)
  return { ...stored, changedAt: counted, accrued: 0n, dayEndsAt: next.endsAt }
}

/** The stored amount after a change at `at`. The use of the old amount up to then has accrued. */
export function changeStored(stored: StoredAmount, amount: Decimal, timeZone: string, at: Instant): StoredAmount {
  const day = dayEndingAt(stored.dayEndsAt, timeZone)
  // The last day is charged already in its last millisecond; and the clocks of two processes may differ a little.
  const from = Math.max(at, stored.changedAt, day.startsAt)
  return { ...stored, amount, changedAt: from, accrued: accruedBy(stored, day, from) }
}

/** The first amount of a rate that had nothing stored. */
export function beginStored(rate: string, amount: Decimal, timeZone: string, at: Instant): StoredAmount {
  const today = calendarDay(at, timeZone)
  const changedAt = at === today.endsAt - 1 ? today.endsAt : at
  const { endsAt } = changedAt === at ? today : calendarDay(changedAt, timeZone)
  return { rate, amount, changedAt, accrued: 0n, dayEndsAt: endsAt }
}
