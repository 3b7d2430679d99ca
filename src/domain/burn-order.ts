import type { Grant } from './grant.ts'
import { widthOf } from './grant-scope.ts'

/**
 * Total order in which grants are burned: narrowest scope, priority of the kind, soonest expiry, oldest start, id.
 * Source: docs/ledger/grants.md.
 */
export function burnsBefore(a: Grant, b: Grant): number {
  if (a.scope !== b.scope) {
    const wider = widthOf(a.scope) - widthOf(b.scope)
    if (wider !== 0) return wider
  }
  if (a.priority !== b.priority) return a.priority - b.priority
  if (a.expiresAt !== b.expiresAt) return (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity)
  if (a.startsAt !== b.startsAt) return a.startsAt - b.startsAt
  return a.id - b.id
}
