import type { Credits } from './amounts/credits.ts'
import { burnsBefore } from './burn-order.ts'
import { type Grant, unmoved } from './grant.ts'
import type { GrantId, Revision } from './identity.ts'
import type { CreditState, Entry } from './posting.ts'

/**
 * A team's grants and totals at one revision, computed from entries alone: the available and held credits of each
 * grant. A grant that had closed before the nearest checkpoint and was refunded since is shown without its earlier
 * past.
 */
export type History = {
  readonly revision: Revision
  readonly available: Credits
  readonly held: Credits
  readonly owed: Credits
  /** The grants in burn order. */
  readonly grants: readonly Grant[]
}

export type Movement = Pick<
  Entry,
  'revision' | 'grantId' | 'from' | 'to' | 'amount' | 'availableAfter' | 'heldAfter' | 'owedAfter'
>

export const beginning: History = { revision: 0, available: 0n, held: 0n, owed: 0n, grants: [] }

/**
 * The history after more entries, which follow on it without a gap. `termsOf` tells a grant that the entries deposit:
 * its kind, window and source, whatever has become of it since.
 */
export function replay(history: History, entries: readonly Movement[], termsOf: (id: GrantId) => Grant): History {
  const grants = new Map(history.grants.map((grant) => [grant.id, grant]))
  for (const { grantId, from, to, amount } of entries) {
    if (grantId === null) continue
    const grant = grants.get(grantId) ?? { ...termsOf(grantId), ...unmoved }
    grants.set(grantId, moved(grant, from, to, amount))
  }
  const last = entries.at(-1)
  if (last === undefined) return history
  return {
    revision: last.revision,
    available: last.availableAfter,
    held: last.heldAfter,
    owed: last.owedAfter,
    grants: [...grants.values()].sort(burnsBefore),
  }
}

function moved(grant: Grant, from: CreditState, to: CreditState, amount: Credits): Grant {
  const after: { -readonly [K in keyof Grant]: Grant[K] } = { ...grant }
  add(after, from, -amount)
  add(after, to, amount)
  return after
}

function add(grant: { -readonly [K in keyof Grant]: Grant[K] }, state: CreditState, amount: Credits): void {
  if (state === 'repaid') grant.spent += amount
  else if (state !== 'none' && state !== 'owed') grant[state] += amount
}
