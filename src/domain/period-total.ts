import { type Credits, MICRO } from './amounts/credits.ts'
import { divideRounded } from './amounts/fixed-point.ts'
import type { Instant } from './identity.ts'

/**
 * The total of an allowance's running period. Whatever the order of changes, and however often they are reversed, the
 * period has given at most its present total, or an earlier one. A change is not rounded by itself; its total is.
 */
export type PeriodTotal = {
  /**
   * The deposit counts from this instant to the period's end: from the period's begin, or from the begin of a trial.
   */
  readonly from: Instant
  /** The deposit at the period's begin. */
  readonly base: Credits
  /** The deposit for a whole period under the plan and seats that count now; 0: nothing counts any more. */
  readonly covered: Credits
  /** The exact sum of all changes, in micro-credits × milliseconds of the time from `from` to the period's end. */
  readonly due: bigint
  /** The credits given for changes beyond `base`, less those taken back. */
  readonly given: Credits
  /** The deposit for a whole period under the largest plan and number of seats of this period. */
  readonly highest: Credits
  /**
   * The earlier names of the period: the allowance and number it was deposited as, and the part of its changes' sources
   * after the plan.
   */
  readonly former: readonly { readonly id: string; readonly period: number; readonly changes: string }[]
}

/** The total of a period that began with `base` and has seen no change. */
export const unchanged = (base: Credits, from: Instant): PeriodTotal => ({
  from,
  base,
  covered: base,
  due: 0n,
  given: 0n,
  highest: base,
  former: [],
})

/**
 * For the rest of the period (`restMs`), another plan or number of seats counts, which deposits `covered` in a whole
 * period.
 */
export const changedTo = (total: PeriodTotal, covered: Credits, restMs: number): PeriodTotal => ({
  ...total,
  covered,
  due: total.due + (covered - total.covered) * BigInt(restMs),
  highest: covered > total.highest ? covered : total.highest,
})

/** The total after its surplus has been noted elsewhere: everything given counts as due. */
export const settled = (total: PeriodTotal, lengthMs: number): PeriodTotal => ({
  ...total,
  due: total.given * BigInt(lengthMs),
})

/** The total after `amount`, which other periods gave, counts as given by this one. */
export const lessBy = (total: PeriodTotal, amount: Credits, lengthMs: number): PeriodTotal => ({
  ...total,
  due: total.due - amount * BigInt(lengthMs),
})

/**
 * The credits that changes must have given in all: whole credits, rounded for the team; at most the largest plan's
 * deposit; and if nothing is due in the period, everything is taken back.
 */
export function dueFor({ base, due, highest }: PeriodTotal, lengthMs: number): Credits {
  const whole = BigInt(lengthMs) * MICRO
  if (due >= 0n) return least(divideRounded(due, whole, 'up') * MICRO, highest - base)
  const isNothing = -due >= base * BigInt(lengthMs)
  return isNothing ? -base : -divideRounded(-due, whole, 'down') * MICRO
}

/** The given credits that no longer count but could not be taken back; to the micro-credit, rounded up. */
export const unpaidOf = ({ due, given }: PeriodTotal, lengthMs: number): Credits =>
  above0(given * BigInt(lengthMs) - due, lengthMs)

/** The credits that are due and were not given; to the micro-credit, rounded up. */
export const missingOf = ({ due, given }: PeriodTotal, lengthMs: number): Credits =>
  above0(due - given * BigInt(lengthMs), lengthMs)

const above0 = (amount: bigint, lengthMs: number): Credits =>
  amount <= 0n ? 0n : divideRounded(amount, BigInt(lengthMs), 'up')

const least = (one: Credits, other: Credits): Credits => (one < other ? one : other)
