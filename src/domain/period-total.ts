import { type Credits, MICRO } from './credits.ts'
import { divideRounded } from './fixed-point.ts'
import type { Instant } from './identity.ts'

/**
 * What an allowance's running period has come to. Whatever the order of changes, and however often they turn back, the
 * period has given at most what it comes to now, or came to before: a change is not rounded by itself, its total is.
 */
export type PeriodTotal = {
  /** From here to the period's end its deposit counts: from the begin, of a trial from its own begin. */
  readonly from: Instant
  /** What the period began with. */
  readonly base: Credits
  /** What the plan and seats that count now deposit in a whole period; 0: nothing counts any more. */
  readonly covered: Credits
  /** What changes have come to, exactly: in micro-credits × milliseconds from `from` to the period's end. */
  readonly due: bigint
  /** What was given for them beyond `base`, less what was taken back. */
  readonly given: Credits
  /** What the largest plan and number of seats of the period deposits in a whole one. */
  readonly highest: Credits
  /** As which period of which allowance it was deposited before, and how sources of its changes went on behind the plan. */
  readonly former: readonly { readonly id: string; readonly period: number; readonly changes: string }[]
}

/** Of a period that began with `base` and has seen no change. */
export const unchanged = (base: Credits, from: Instant): PeriodTotal => ({
  ...{ from, base, covered: base, due: 0n, given: 0n, highest: base, former: [] },
})

/** From `at` on, another plan or number of seats counts: `covered` a whole period. */
export const changedTo = (total: PeriodTotal, covered: Credits, restMs: number): PeriodTotal => ({
  ...total,
  covered,
  due: total.due + (covered - total.covered) * BigInt(restMs),
  highest: covered > total.highest ? covered : total.highest,
})

/** What was given beyond what is due counts elsewhere now. */
export const settled = (total: PeriodTotal, lengthMs: number): PeriodTotal => ({
  ...total,
  due: total.given * BigInt(lengthMs),
})

/** Credits that other periods gave count as given by this one. */
export const lessBy = (total: PeriodTotal, amount: Credits, lengthMs: number): PeriodTotal => ({
  ...total,
  due: total.due - amount * BigInt(lengthMs),
})

/**
 * What the changes are to have given: in whole credits, rounded for the team, but no more than the largest plan deposits,
 * and nothing where nothing is due.
 */
export function dueFor({ base, due, highest }: PeriodTotal, lengthMs: number): Credits {
  const whole = BigInt(lengthMs) * MICRO
  if (due >= 0n) return least(divideRounded(due, whole, 'up') * MICRO, highest - base)
  const isNothing = -due >= base * BigInt(lengthMs)
  return isNothing ? -base : -divideRounded(-due, whole, 'down') * MICRO
}

/** What was given and does not count any more, because it could not be taken back; to the micro-credit, rounded up. */
export const unpaidOf = ({ due, given }: PeriodTotal, lengthMs: number): Credits =>
  above0(given * BigInt(lengthMs) - due, lengthMs)

/** What is due and was not given; to the micro-credit, rounded up. */
export const missingOf = ({ due, given }: PeriodTotal, lengthMs: number): Credits =>
  above0(due - given * BigInt(lengthMs), lengthMs)

const above0 = (amount: bigint, lengthMs: number): Credits =>
  amount <= 0n ? 0n : divideRounded(amount, BigInt(lengthMs), 'up')

const least = (one: Credits, other: Credits): Credits => (one < other ? one : other)
