import type { Credits } from './amounts/credits.ts'
import { divideRounded } from './amounts/fixed-point.ts'
import type { Lock } from './grant.ts'
import type { Instant } from './identity.ts'
import { hourMs } from './wall-clock.ts'

/** How much of a purchase of a new team is available at once, and how long the rest is locked. Source: decision 32. */
export type NewTeamCredits = { readonly percentAtOnce: number; readonly restAfterHours: number }

/**
 * The lock on credits that a new team buys; null: all of them are available at once. The part that is available at once is
 * rounded up to the micro-credit. What the team owes is paid in full, first from that part.
 */
export function lockOn(
  credits: Credits,
  owed: Credits,
  { percentAtOnce, restAfterHours }: NewTeamCredits,
  at: Instant,
): Lock | null {
  const atOnce = divideRounded(credits * BigInt(percentAtOnce), 100n, 'up')
  const amount = credits - (owed > atOnce ? owed : atOnce)
  return amount > 0n ? { amount, until: at + restAfterHours * hourMs } : null
}
