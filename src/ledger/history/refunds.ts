import type { PoolClient } from 'pg'
import type { Refund } from '../../domain/charge.ts'
import { chargeId, type Instant, type TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'

/** A refund with what its posting says. `reason` null: none was given. */
export type PostedRefund = Refund & { readonly at: Instant; readonly reason: string | null }

const readSome = `select revision::float8 as id, charge_id::float8, change::text as amount, reason, ${ms('effective_at', 'at')}
  from entry where team_id = $1 and revision = any($2) and type = 'REFUND' order by revision desc`

/** The refunds that the team has, the newest first. */
export async function readRefunds(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  ids: readonly number[],
): Promise<readonly PostedRefund[]> {
  const { rows } = await client.query({ name: 'refunds', text: readSome, values: [teamId, ids] })
  return rows.map(({ id, charge_id, amount, reason, at }: RefundRow) => ({
    id,
    chargeId: chargeId(charge_id),
    amount: BigInt(amount),
    reason,
    at,
  }))
}

type RefundRow = { id: number; charge_id: number; amount: string; reason: string | null; at: Instant }
