import type { PoolClient } from 'pg'
import type { Refund } from '../../domain/charge.ts'
import { chargeId, type TeamId } from '../../domain/identity.ts'

const readOne = `select revision::float8 as id, charge_id::float8, change::text as amount from entry
  where team_id = $1 and revision = $2 and type = 'REFUND'`

export async function readRefund(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  id: number,
): Promise<Refund | null> {
  const { rows } = await client.query({ name: 'one-refund', text: readOne, values: [teamId, id] })
  const row: { id: number; charge_id: number; amount: string } | undefined = rows[0]
  return row === undefined ? null : { id: row.id, chargeId: chargeId(row.charge_id), amount: BigInt(row.amount) }
}
