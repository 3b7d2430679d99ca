import { Temporal } from 'temporal-polyfill'
import type { Instant } from './identity.ts'

/** 24 hours; a calendar day has 23 to 25. */
export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** Milliseconds that the wall clock of a zone shows, counted as if the zone were UTC. */
export type WallTime = number

/** The time that the wall clock of the zone shows at an instant. */
export const wallTimeAt = (at: Instant, timeZone: string): WallTime => at + offsetAt(at, timeZone)

/**
 * The first instant at which the wall clock of the zone shows this time, as Temporal's `compatible` has it: a time that
 * daylight saving skips moves forward by what is skipped.
 */
export function instantOf(wall: WallTime, timeZone: string): Instant {
  const before = offsetAt(wall - dayMs, timeZone)
  const after = offsetAt(wall + dayMs, timeZone)
  if (before === after) return wall - before
  const candidates = before > after ? [before, after] : [after, before]
  const shown = candidates.find((offset) => offsetAt(wall - offset, timeZone) === offset)
  return wall - (shown ?? before)
}

/** How far the wall clock of the zone is ahead of UTC, in milliseconds. */
function offsetAt(at: Instant, timeZone: string): number {
  const day = Math.floor(at / dayMs)
  const offset = midnightOffset(day, timeZone)
  // A day on which clocks are turned has two offsets.
  return offset === midnightOffset(day + 1, timeZone) ? offset : exactOffsetAt(at, timeZone)
}

/** The offset at midnight UTC, by zone and by day since 1970. Bounded, since zones and days come from requests. */
const midnightOffsets = new Map<string, Map<number, number>>()
const maxMidnights = 20_000
let midnights = 0

function midnightOffset(day: number, timeZone: string): number {
  const known = midnightOffsets.get(timeZone)?.get(day)
  if (known !== undefined) return known
  const offset = exactOffsetAt(day * dayMs, timeZone)
  if (midnights >= maxMidnights) {
    midnightOffsets.clear()
    midnights = 0
  }
  const days = midnightOffsets.get(timeZone) ?? new Map<number, number>()
  midnightOffsets.set(timeZone, days.set(day, offset))
  midnights += 1
  return offset
}

/** Throws a RangeError for an instant or a zone that does not exist. */
function exactOffsetAt(at: Instant, timeZone: string): number {
  const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  return offsetNanoseconds / 1_000_000
}
