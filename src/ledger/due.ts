import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'

const readDue = 'select 1 from account where team_id = $1 and next_boundary <= ledger_now()'

/** Whether time has brought something about that is not posted yet. */
export async function isBehindTime({ pool }: Database, teamId: TeamId): Promise<boolean> {
  const { rowCount } = await pool.query({ name: 'behind-time', text: readDue, values: [teamId] })
  return (rowCount ?? 0) > 0
}
