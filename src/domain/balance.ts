import { type Account, type BalanceState, balanceState } from './account.ts'
import type { Credits } from './credits.ts'
import { type Grant, hasExpired } from './grant.ts'
import type { Instant, Revision } from './identity.ts'

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
  readonly included: Credits
  readonly additional: Credits
  readonly owed: Credits
  readonly state: BalanceState
  readonly lowThreshold: Credits
  readonly period: AllowancePeriod | null
  readonly nextExpiry: { readonly amount: Credits; readonly at: Instant } | null
  readonly revision: Revision
  readonly asOf: Instant
}

/** The balance that an account, rolled forward to `at`, shows. `included` + `additional` = `available`. */
export function balanceOf(account: Account, at: Instant): Balance {
  let included = 0n
  let nextExpiry: { amount: Credits; at: Instant } | null = null
  for (const grant of account.grants) {
    if (grant.kind === 'INCLUDED') included += grant.available
    if (grant.expiresAt === null || grant.available === 0n) continue
    if (nextExpiry === null || grant.expiresAt < nextExpiry.at) {
      nextExpiry = { amount: grant.available, at: grant.expiresAt }
    } else if (grant.expiresAt === nextExpiry.at) nextExpiry.amount += grant.available
  }
  return {
    available: account.available,
    held: account.held,
    included,
    additional: account.available - included,
    owed: account.owed,
    state: balanceState(account.available, account.lowThreshold),
    lowThreshold: account.lowThreshold,
    period: currentPeriod(account, at),
    nextExpiry,
    revision: account.revision,
    asOf: at,
  }
}

/** The allowance that resets soonest; what is held counts as used while it is held (`remaining` is spendable). */
function currentPeriod(account: Account, at: Instant): AllowancePeriod | null {
  let current: (Grant & { expiresAt: Instant }) | null = null
  for (const grant of account.grants) {
    if (grant.allowance === null || grant.expiresAt === null || hasExpired(grant, at)) continue
    if (current === null || grant.expiresAt < current.expiresAt) current = { ...grant, expiresAt: grant.expiresAt }
  }
  if (current === null) return null
  return {
    allowance: current.granted,
    used: current.granted - current.available,
    remaining: current.available,
    startsAt: current.startsAt,
    resetsAt: current.expiresAt,
  }
}
