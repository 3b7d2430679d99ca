import type { Credits } from './amounts/credits.ts'
import type { Money } from './amounts/money.ts'
import type { GrantScope } from './grant-scope.ts'
import type { GrantId, Instant, Revision } from './identity.ts'

export const grantKinds = [
  'INCLUDED',
  'ADD_ON',
  'PACKAGE',
  'AUTO_RECHARGE',
  'CONTRACT',
  'PROMOTION',
  'ADJUSTMENT',
] as const
export type GrantKind = (typeof grantKinds)[number]

/**
 * One deposit of credits with its own window.
 *
 * Always: granted = available + locked + held + spent + expired + revoked, none of them negative.
 */
export type Grant = {
  readonly id: GrantId
  readonly kind: GrantKind
  /** Lower burns first; from the catalog, pinned when granted. */
  readonly priority: number
  readonly startsAt: Instant
  /** First instant at which it can no longer be spent; null: never. */
  readonly expiresAt: Instant | null
  readonly granted: Credits
  readonly available: Credits
  /** Not available before the lock ends. Until then it is `lockedOf` the grant; from then on nothing. */
  readonly locked: Credits
  readonly held: Credits
  readonly spent: Credits
  readonly expired: Credits
  readonly revoked: Credits
  /**
   * The amount of the grant that its payer has taken back now: the part that was left is revoked, the used part became
   * owed.
   */
  readonly clawedBack: Credits
  /**
   * The card's issuer warns that its payment is fraud: nothing of it is available, and what comes back to it is revoked at
   * once, until the warning is over.
   */
  readonly frozen: boolean
  /** Null: all of it was available at once. */
  readonly lock: Lock | null
  readonly source: string
  /** The allowance and its period that deposited it; null for everything else. */
  readonly allowance: { readonly id: string; readonly period: number } | null
  /** The price that was paid for the whole grant, without tax; null: nothing was paid for it. */
  readonly costBasis: Money | null
  /** The only usage that it may pay for; null: everything. */
  readonly scope: GrantScope | null
}

/** The credits of a grant before its first movement. */
export const unmoved = {
  available: 0n,
  locked: 0n,
  held: 0n,
  spent: 0n,
  expired: 0n,
  revoked: 0n,
  clawedBack: 0n,
  frozen: false,
} as const satisfies Partial<Grant>

/** The part of a grant that becomes available at an instant, which is before the grant ends. Source: decision 32. */
export type Lock = { readonly amount: Credits; readonly until: Instant }

/**
 * The credits of a grant that are locked at `at`: credits that are revoked are those of the lock first. So what is
 * available, held or spent of a locked grant never exceeds the rest of it.
 */
export function lockedOf({ lock, revoked }: Pick<Grant, 'lock' | 'revoked'>, at: Instant): Credits {
  if (lock === null || lock.until <= at || lock.amount <= revoked) return 0n
  return lock.amount - revoked
}

/** The amount of a paid grant that is taken back from a revision on, and whether the grant is frozen. */
export type Clawback = {
  readonly grantId: GrantId
  readonly revision: Revision
  readonly total: Credits
  readonly frozen: boolean
  readonly at: Instant
}

/** The most open grants of a team to which a caller may add one. An admin of a test space, who gives them to itself, may have fewer. */
export const maxOpenGrants = { PLATFORM: 2_000, TEAM: 200 } as const

export const hasExpired = (grant: Grant, at: Instant) => grant.expiresAt !== null && grant.expiresAt <= at

/**
 * Whether the grant can still matter to its team's next command. An expiring grant stays open to its last instant
 * even when it is used up: the allowance period on the billing page is read from it.
 */
export const isOpen = (grant: Grant, at: Instant) =>
  grant.available > 0n || grant.held > 0n || grant.locked > 0n || (grant.expiresAt !== null && !hasExpired(grant, at))
