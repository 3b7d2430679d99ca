import type { Credits } from './amounts/credits.ts'
import { type Hold, type Pace, remainingOf } from './hold.ts'
import type { HoldId, Instant } from './identity.ts'
import type { PricedLine, RateCard, Unit } from './rate-card.ts'

/** An open hold that is metered by time, with the credits that it still holds. */
export type LiveSession = Pace & { readonly holdId: HoldId; readonly held: Credits }

/** The number of units of `Pace.rate` in a micro-credit. */
export const finest = 10n ** 12n

/** Microseconds in a micro-unit. */
const timeIn: Partial<Record<Unit, bigint>> = { SECOND: 1n, MINUTE: 60n }

/**
 * The pace that a capture shows: the cost of its lines that count time (SECOND, MINUTE), over the time that they count.
 * Several such lines ran side by side, and so did the assets of a line, so the longest one is the time: the pace is
 * never too slow. A capture that counts no time leaves the pace unchanged; one whose time is free or metered has none.
 *
 * So a hold is a live session from its first capture by time until it closes. Before that capture, a conversation can't
 * be told from a video that is reserved by its length. An extension does not tell them apart either: a video that
 * becomes longer is extended as well (facts V6). Only work that runs is captured while it runs. A hold charged at its
 * start is never captured.
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

/** The sessions after a change of a hold: the hold is among them while it is open and has a pace. In order of holds. */
export function sessionsAfter(sessions: readonly LiveSession[], hold: Hold): readonly LiveSession[] {
  const others = sessions.filter(({ holdId }) => holdId !== hold.id)
  if (hold.pace === null) return others.length === sessions.length ? sessions : others
  const held = remainingOf(hold)
  return [...others, { ...hold.pace, holdId: hold.id, held }].sort((one, other) => one.holdId - other.holdId)
}
