import type { Credits } from './credits.ts'
import { type Hold, type Pace, remainingOf } from './hold.ts'
import type { HoldId, Instant } from './identity.ts'
import type { PricedLine, RateCard, Unit } from './rate-card.ts'

/** An open hold that is being metered by time, with what it still holds. */
export type LiveSession = Pace & { readonly holdId: HoldId; readonly held: Credits }

/** Of the unit in which `Pace.rate` counts, in a micro-credit. */
export const finest = 10n ** 12n

/** Microseconds in a micro-unit. */
const timeIn: Partial<Record<Unit, bigint>> = { SECOND: 1n, MINUTE: 60n }

/**
 * The pace that a capture shows: what its lines that count time (SECOND, MINUTE) cost, over the time they count. Several
 * such lines ran side by side, and the assets of a line, too, so the longest tells the time: never too slow a pace.
 * A capture that counts no time leaves the pace as it was; one whose time is free or metered has none.
 *
 * So a hold is a live session from its first capture by time until it closes. Before, nothing tells a conversation from a
 * video that is reserved by its length; nor does an extension, which a video that becomes longer asks for as well
 * (facts V6). Only what runs is charged while it runs. A hold charged at its start is never captured.
 */
export function paceOf(
  lines: readonly PricedLine[],
  { rates }: RateCard,
  at: Instant,
  before: Pace | null,
): Pace | null {
  let credits = 0n
  let microseconds = 0n
  for (const { rate, quantity, credits: cost } of lines) {
    const unit = rates.get(rate)?.unit
    const time = unit === undefined ? undefined : timeIn[unit]
    if (time === undefined) continue
    credits += cost
    if (quantity * time > microseconds) microseconds = quantity * time
  }
  if (microseconds === 0n) return before
  const rate = (credits * finest * 1000n) / microseconds
  return rate === 0n ? null : { rate, since: at }
}

/** The sessions once a hold stands like this: live while it is open and has a pace. By hold. */
export function sessionsAfter(sessions: readonly LiveSession[], hold: Hold): readonly LiveSession[] {
  const others = sessions.filter(({ holdId }) => holdId !== hold.id)
  if (hold.pace === null) return others.length === sessions.length ? sessions : others
  const held = remainingOf(hold)
  return [...others, { ...hold.pace, holdId: hold.id, held }].sort((one, other) => one.holdId - other.holdId)
}
