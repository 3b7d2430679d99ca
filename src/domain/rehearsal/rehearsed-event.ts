import type { Credits } from '../amounts/credits.ts'
import type { AskedUsage } from '../decisions/command.ts'
import type { GrantKind } from '../grant.ts'
import type { Instant } from '../identity.ts'

export const rehearsedTypes = ['CHARGE', 'REFUND', 'GRANT', 'EXPIRY'] as const
export type RehearsedType = (typeof rehearsedTypes)[number]

/** An entry of the other system, in its own order. `amount` above 0. */
export type RehearsedEvent = {
  readonly id: string
  readonly at: Instant
  readonly type: RehearsedType
  readonly amount: Credits
  readonly balanceAfter: Credits
  /** The usage of a CHARGE; null: it is charged as it is, so that no price is compared. */
  readonly usage: AskedUsage | null
  /** The id of the charge that a REFUND gives back. */
  readonly charge: string | null
  /** The kind of a GRANT. An INCLUDED one is the plan's own deposit. */
  readonly kind: GrantKind | null
  readonly source: string | null
  readonly expiresAt: Instant | null
}

/** The first entry of which the two systems do not say the same. */
export type Divergence = {
  /** Null: only the gateway has the entry. */
  readonly event: string | null
  readonly at: Instant
  /** The credits of the entry in each system; 0 where it has none. */
  readonly theirs: Credits
  readonly ours: Credits
  /** The rule that explains it, as a sentence. */
  readonly rule: string
}

export type Rehearsal = {
  readonly ours: Credits
  readonly theirs: Credits
  /** Null: they agree on every entry. */
  readonly firstDivergence: Divergence | null
}

/** Whether the effect comes by time alone: here the plan deposits, and grants end, at their own instants. */
export const isByTime = ({ type, kind }: Pick<RehearsedEvent, 'type' | 'kind'>): boolean =>
  type === 'EXPIRY' || (type === 'GRANT' && kind === 'INCLUDED')
