import type { Credits } from './amounts/credits.ts'
import { divideRounded } from './amounts/fixed-point.ts'
import { type Money, minorUnit } from './amounts/money.ts'
import type { Grant } from './grant.ts'
import type { Instant } from './identity.ts'

/** The fate of a grant: the four parts add up to the whole grant, in credits and in money. */
export type Fate = {
  /** Taken back with a refund or a lost dispute. */
  readonly refunded: bigint
  /** Used, and still paid for. */
  readonly earned: bigint
  /** Unused when it expired. */
  readonly expired: bigint
  /** It can still be used. */
  readonly open: bigint
}

/** A grant as it was at an instant. */
export type GrantThen = Pick<
  Grant,
  'granted' | 'available' | 'locked' | 'held' | 'spent' | 'revoked' | 'clawedBack' | 'frozen' | 'expiresAt'
>

/**
 * The credits of a grant at an instant. The refunded credits are those that are taken back, whatever had become of them:
 * what is left pays for used credits first, then for those that can still be used. Frozen credits are open to the end of
 * their grant. Source: decision 28.
 */
export function creditFate(grant: GrantThen, at: Instant): Fate {
  const { granted, available, locked, held, spent, revoked, clawedBack, frozen, expiresAt } = grant
  const paid = granted - clawedBack
  const earned = least(spent, paid)
  const isFrozen = frozen && (expiresAt === null || at < expiresAt)
  const open = least(available + locked + held + (isFrozen ? revoked : 0n), paid - earned)
  return { refunded: clawedBack, earned, expired: paid - earned - open, open }
}

/**
 * The money of a grant for the fate of its credits. Each part ends where its credits end in the row refunded, earned,
 * expired, open, rounded to the smallest unit of the currency, ties up: so the parts add up to the cost basis exactly.
 */
export function moneyFate({ granted }: Pick<Grant, 'granted'>, costBasis: Money, credits: Fate): Fate {
  const through = (sum: Credits): bigint => shareOf(costBasis, sum, granted)
  const refunded = through(credits.refunded)
  const used = through(credits.refunded + credits.earned)
  const ended = through(credits.refunded + credits.earned + credits.expired)
  return { refunded, earned: used - refunded, expired: ended - used, open: costBasis.amount - ended }
}

function shareOf({ amount, currency }: Money, part: Credits, whole: Credits): bigint {
  const smallest = minorUnit(currency)
  const unit = amount % smallest === 0n ? smallest : 1n
  return divideRounded(amount * part, whole * unit, 'half-up') * unit
}

/** The changes of a month: openAtStart + sold = earned + expired + refunded + openAtEnd. */
export type Revenue = {
  readonly openAtStart: bigint
  readonly sold: bigint
  readonly earned: bigint
  readonly expired: bigint
  readonly refunded: bigint
  readonly openAtEnd: bigint
}

export const noRevenue: Revenue = { openAtStart: 0n, sold: 0n, earned: 0n, expired: 0n, refunded: 0n, openAtEnd: 0n }

/** From the fate at the start of a month (null: the grant was not sold yet) to the fate at its end, of a grant of `whole`. */
export function revenueBetween(before: Fate | null, after: Fate, whole: bigint): Revenue {
  const start = before ?? { refunded: 0n, earned: 0n, expired: 0n, open: 0n }
  return {
    openAtStart: start.open,
    sold: before === null ? whole : 0n,
    earned: after.earned - start.earned,
    expired: after.expired - start.expired,
    refunded: after.refunded - start.refunded,
    openAtEnd: after.open,
  }
}

export const addRevenue = (one: Revenue, other: Revenue): Revenue => ({
  openAtStart: one.openAtStart + other.openAtStart,
  sold: one.sold + other.sold,
  earned: one.earned + other.earned,
  expired: one.expired + other.expired,
  refunded: one.refunded + other.refunded,
  openAtEnd: one.openAtEnd + other.openAtEnd,
})

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
