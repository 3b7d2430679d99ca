import { type Account, nextUnlock } from './account.ts'
import type { Credits } from './amounts/credits.ts'
import type { Grant } from './grant.ts'
import type { Instant, Revision } from './identity.ts'
import { type BalanceState, balanceState } from './low-balance.ts'
import { cutOffOf, runwaySeconds } from './runway.ts'

export type AllowancePeriod = {
  readonly allowance: Credits
  readonly used: Credits
  readonly remaining: Credits
  readonly startsAt: Instant
  readonly resetsAt: Instant
}

export type Balance = {
  readonly available: Credits
  readonly held: Credits
  /** Bought, and not available before `nextUnlock` or a later unlock. */
  readonly locked: Credits
  readonly nextUnlock: { readonly amount: Credits; readonly at: Instant } | null
  readonly included: Credits
  readonly additional: Credits
  readonly owed: Credits
  readonly state: BalanceState
  readonly lowThreshold: Credits
  readonly period: AllowancePeriod | null
  readonly nextExpiry: { readonly amount: Credits; readonly at: Instant } | null
  /** When the first live session can't be charged any more; null: none is open. It moves only where something changes. */
  readonly cutOff: Instant | null
  /** The time from `asOf` to the cut-off. */
  readonly runwaySeconds: number | null
  readonly revision: Revision
  readonly asOf: Instant
}

/** The balance that an account, rolled forward to `at`, shows. `included` + `additional` = `available`. */
export function balanceOf(account: Account, at: Instant): Balance {
  let included = 0n
  let locked = 0n
  let nextExpiry: { amount: Credits; at: Instant } | null = null
  for (const grant of account.grants) {
    if (grant.kind === 'INCLUDED') included += grant.available
    locked += grant.locked
    const left = grant.available + grant.locked
    if (grant.expiresAt === null || left === 0n) continue
    if (nextExpiry === null || grant.expiresAt < nextExpiry.at) {
      nextExpiry = { amount: left, at: grant.expiresAt }
    } else if (grant.expiresAt === nextExpiry.at) nextExpiry.amount += left
  }
  const cutOff = cutOffOf(account, at)
  return {
    available: account.available,
    held: account.held,
    locked,
    nextUnlock: locked === 0n ? null : nextUnlock(account.grants),
    included,
    additional: account.available - included,
    owed: account.owed,
    state: balanceState(account.available, account.lowThreshold),
    lowThreshold: account.lowThreshold,
    period: currentPeriod(account, at),
    nextExpiry,
    cutOff,
    runwaySeconds: runwaySeconds(cutOff, at),
    revision: account.revision,
    asOf: at,
  }
}

/**
 * The period of the plan's allowance that resets soonest, with all credits that were included since it began: carried
 * over from the one before, or granted for a change of plan. Held credits count as used while they are held.
 */
function currentPeriod({ grants }: Account, at: Instant): AllowancePeriod | null {
  const included = grants.filter(({ kind, expiresAt }) => kind === 'INCLUDED' && (expiresAt ?? 0) > at)
  const current = included.filter(({ allowance }) => allowance !== null).toSorted(resetsBefore)[0]
  if (current === undefined || current.expiresAt === null) return null
  const { startsAt, expiresAt } = current
  const parts = included.filter((grant) => grant.expiresAt === expiresAt && grant.startsAt >= startsAt)
  const sum = (amount: (grant: Grant) => Credits) => parts.reduce((total, grant) => total + amount(grant), 0n)
  const allowance = sum(({ granted, revoked }) => granted - revoked)
  const remaining = sum(({ available }) => available)
  return { allowance, used: allowance - remaining, remaining, startsAt, resetsAt: expiresAt }
}

const resetsBefore = (one: Grant, other: Grant): number =>
  (one.expiresAt ?? Infinity) - (other.expiresAt ?? Infinity) || other.startsAt - one.startsAt
