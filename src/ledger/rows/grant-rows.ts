import type { Credits } from '../../domain/amounts/credits.ts'
import { burnsBefore } from '../../domain/burn-order.ts'
import type { Grant, GrantKind } from '../../domain/grant.ts'
import type { GrantScope } from '../../domain/grant-scope.ts'
import { grantId, type Instant, type TeamId } from '../../domain/identity.ts'
import type { CreditGrantEntity } from '../../entities/credit-grant.ts'
import {
  asAmount,
  asBoolean,
  asInstant,
  asInteger,
  asJson,
  asNumber,
  asText,
  columnsOf,
  listOf,
  type RowOf,
} from './columns.ts'

const grant = columnsOf<typeof CreditGrantEntity>()({
  team_id: asText<TeamId>(),
  id: asNumber(),
  kind: asText<GrantKind>(),
  priority: asInteger(),
  starts_at: asInstant(),
  expires_at: asInstant<Instant | null>(),
  granted: asAmount(),
  available: asAmount(),
  held: asAmount(),
  spent: asAmount(),
  expired: asAmount(),
  revoked: asAmount(),
  clawed_back: asAmount(),
  frozen: asBoolean(),
  lock_amount: asAmount<string | null>(),
  unlocks_at: asInstant<Instant | null>(),
  source: asText(),
  allowance_id: asText<string | null>(),
  allowance_period: asInteger<number | null>(),
  cost_amount: asAmount<string | null>(),
  cost_currency: asText<string | null>(),
  scope: asJson<GrantScope | null>(),
})

export const grantColumns = listOf('g', grant)
export type GrantRow = RowOf<typeof grant>

const states = ['available', 'held', 'spent', 'expired', 'revoked'] as const

/** The rest of a grant is locked: no column repeats it. */
export const lockedColumn = (alias: string): string =>
  `(${alias}.granted${states.map((state) => ` - ${alias}.${state}`).join('')})`

const lockedIn = (row: GrantRow): Credits =>
  states.reduce((rest, state) => rest - BigInt(row[state]), BigInt(row.granted))

export const toGrant = (row: GrantRow): Grant => ({
  id: grantId(row.id),
  kind: row.kind,
  priority: row.priority,
  startsAt: row.starts_at,
  expiresAt: row.expires_at,
  granted: BigInt(row.granted),
  available: BigInt(row.available),
  locked: lockedIn(row),
  held: BigInt(row.held),
  spent: BigInt(row.spent),
  expired: BigInt(row.expired),
  revoked: BigInt(row.revoked),
  clawedBack: BigInt(row.clawed_back),
  frozen: row.frozen,
  lock:
    row.lock_amount === null || row.unlocks_at === null
      ? null
      : { amount: BigInt(row.lock_amount), until: row.unlocks_at },
  source: row.source,
  allowance:
    row.allowance_id === null || row.allowance_period === null
      ? null
      : { id: row.allowance_id, period: row.allowance_period },
  costBasis:
    row.cost_amount === null || row.cost_currency === null
      ? null
      : { amount: BigInt(row.cost_amount), currency: row.cost_currency },
  scope: row.scope,
})

/** The grants with others that were read beside them, each once. */
export function withGrants(grants: readonly Grant[], rows: readonly GrantRow[]): readonly Grant[] {
  if (rows.length === 0) return grants
  const known = new Map(grants.map((grant) => [grant.id, grant]))
  for (const row of rows) if (!known.has(grantId(row.id))) known.set(grantId(row.id), toGrant(row))
  return [...known.values()].sort(burnsBefore)
}
