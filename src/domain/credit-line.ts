import { type Credits, MICRO } from './amounts/credits.ts'
import { divideRounded } from './amounts/fixed-point.ts'
import type { Money } from './amounts/money.ts'
import type { Instant } from './identity.ts'

/**
 * Credits that a team used beyond its balance within its credit line: a part of what it owes. The next credits that arrive
 * pay them; at the end of the calendar month, what is left of them is billed in money.
 */
export type Lent = {
  readonly credits: Credits
  /** The price of a credit when the first of them was lent. */
  readonly perCredit: Money
  /** The last millisecond of the calendar month. */
  readonly billedAt: Instant
}

/** The rate by which lent credits are billed: in usage, metered reports and bills. No catalog has a rate of this id. */
export const creditLineRate = 'credit-line'
export const creditLineName = 'Credit line'

/** The prefix of the sources of grants that were lent, and of the reference of what bills them. */
export const lentSource = 'credit-line:'

/** Other debts are paid first: no more is lent than is owed. */
export function lentOf(lent: Lent | null, owed: Credits): Lent | null {
  if (lent === null || lent.credits <= owed) return lent
  return owed === 0n ? null : { ...lent, credits: owed }
}

/** The price of lent credits, rounded to the nano-unit. */
export const priceOfLent = ({ credits, perCredit: { amount, currency } }: Lent): Money => ({
  amount: divideRounded(credits * amount, MICRO, 'half-even'),
  currency,
})
