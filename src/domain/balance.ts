import { type Account, nextUnlock } from './account.ts'
import type { Credits } from './amounts/credits.ts'
import type { Grant } from './grant.ts'
import { type GrantScope, includes, scopedUse, scopeKey } from './grant-scope.ts'
import type { Instant, Revision } from './identity.ts'
import { type BalanceState, balanceState } from './low-balance.ts'
import type { RateCard } from './rate-card.ts'
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
  /** The credits that may pay only for some usage, by their scope, in burn order. */
  readonly scoped: readonly ScopedCredits[]
  /** Bought, and not available before `nextUnlock` or a later unlock. */
  readonly locked: Credits
  readonly nextUnlock: { readonly amount: Credits; readonly at: Instant } | null
  readonly included: Credits
  readonly additional: Credits
  readonly owed: Credits
  readonly state: BalanceState
  readonly lowThreshold: Credits
  readonly period: AllowancePeriod | null
  readonly nextExpiry: Expiry | null
  /** When the first live session can't be charged any more; null: none is open. It moves only where something changes. */
  readonly cutOff: Instant | null
  /** The time from `asOf` to the cut-off. */
  readonly runwaySeconds: number | null
  readonly revision: Revision
  readonly asOf: Instant
}

/** The available credits of the grants with one scope. `nextExpiry` null: they never expire. */
export type ScopedCredits = {
  readonly scope: GrantScope
  readonly available: Credits
  readonly nextExpiry: Expiry | null
}

type Expiry = { readonly amount: Credits; readonly at: Instant }

/** The balance that an account, rolled forward to `at`, shows. `included` + `additional` = `available`. */
export function balanceOf(account: Account, at: Instant): Balance {
  let included = 0n
  let locked = 0n
  const general = account.grants.filter(({ scope }) => scope === null)
  for (const grant of general) {
    if (grant.kind === 'INCLUDED') included += grant.available
    locked += grant.locked
  }
  const cutOff = cutOffOf(account, at)
  return {
    available: account.available,
    held: account.held,
    scoped: general.length === account.grants.length ? [] : scopedCredits(account.grants),
    locked,
    nextUnlock: locked === 0n ? null : nextUnlock(account.grants),
    included,
    additional: account.available - included,
    owed: account.owed,
    state: balanceState(account.available, account.lowThreshold),
    lowThreshold: account.lowThreshold,
    period: currentPeriod(account, at),
    nextExpiry: nextExpiryOf(general),
    cutOff,
    runwaySeconds: runwaySeconds(cutOff, at),
    revision: account.revision,
    asOf: at,
  }
}

/** The credits that end first, available and locked; null: none end. */
function nextExpiryOf(grants: readonly Grant[]): Expiry | null {
  let next: { amount: Credits; at: Instant } | null = null
  for (const { available, locked, expiresAt } of grants) {
    const left = available + locked
    if (expiresAt === null || left === 0n) continue
    if (next === null || expiresAt < next.at) next = { amount: left, at: expiresAt }
    else if (expiresAt === next.at) next.amount += left
  }
  return next
}

function scopedCredits(grants: readonly Grant[]): ScopedCredits[] {
  const there = grants.filter(({ scope, available }) => scope !== null && available > 0n)
  return [...Map.groupBy(there, ({ scope }) => scopeKey(scope)).values()].flatMap((alike) => {
    const scope = alike[0]?.scope
    if (scope == null) return []
    const available = alike.reduce((sum, grant) => sum + grant.available, 0n)
    return [{ scope, available, nextExpiry: nextExpiryOf(alike) }]
  })
}

/** The credits that may pay for one rate; null: the card does not have it. */
export function spendableFor({ available, scoped }: Balance, card: RateCard, rate: string): Credits | null {
  const terms = card.rates.get(rate)
  if (terms === undefined) return null
  const use = scopedUse(card, { rate, category: terms.category })
  return scoped.reduce((sum, one) => (includes(one.scope, use) ? sum + one.available : sum), available)
}

/**
 * The period of the plan's allowance that resets soonest, with all credits that were included since it began: carried
 * over from the one before, or granted for a change of plan. Held credits count as used while they are held.
 */
function currentPeriod({ grants }: Account, at: Instant): AllowancePeriod | null {
  const included = grants.filter(
    ({ kind, expiresAt, scope }) => kind === 'INCLUDED' && (expiresAt ?? 0) > at && scope === null,
  )
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
