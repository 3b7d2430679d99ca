import { burnsBefore } from '../../domain/burn-order.ts'
import type { Grant, GrantKind } from '../../domain/grant.ts'
import { grantId, type Instant, type TeamId } from '../../domain/identity.ts'
import { ms } from './instants.ts'

export const grantColumns = `g.team_id, g.id::float8, g.kind, g.priority, ${ms('g.starts_at', 'starts_at')},
  ${ms('g.expires_at', 'expires_at')}, g.granted::text, g.available::text, g.held::text, g.spent::text, g.expired::text,
  g.revoked::text, g.clawed_back::text, g.source, g.allowance_id, g.allowance_period`

export type GrantRow = {
  team_id: TeamId
  id: number
  kind: GrantKind
  priority: number
  starts_at: Instant
  expires_at: Instant | null
  granted: string
  available: string
  held: string
  spent: string
  expired: string
  revoked: string
  clawed_back: string
  source: string
  allowance_id: string | null
  allowance_period: number | null
}

export const toGrant = (row: GrantRow): Grant => ({
  id: grantId(row.id),
  kind: row.kind,
  priority: row.priority,
  startsAt: row.starts_at,
  expiresAt: row.expires_at,
  granted: BigInt(row.granted),
  available: BigInt(row.available),
  held: BigInt(row.held),
  spent: BigInt(row.spent),
  expired: BigInt(row.expired),
  revoked: BigInt(row.revoked),
  clawedBack: BigInt(row.clawed_back),
  source: row.source,
  allowance:
    row.allowance_id === null || row.allowance_period === null
      ? null
      : { id: row.allowance_id, period: row.allowance_period },
})

/** The grants with others that were read beside them, each once. */
export function withGrants(grants: readonly Grant[], rows: readonly GrantRow[]): readonly Grant[] {
  if (rows.length === 0) return grants
  const known = new Map(grants.map((grant) => [grant.id, grant]))
  for (const row of rows) if (!known.has(grantId(row.id))) known.set(grantId(row.id), toGrant(row))
  return [...known.values()].sort(burnsBefore)
}
