import type { PoolClient } from 'pg'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { instant } from '../rows/instants.ts'

const readDue = `
  select 1 from account a, ledger_now() now, ${instant('$2::float8')} passed
  where a.team_id = $1 and (a.next_boundary <= now or (a.last_at < passed and passed <= now))`

/**
 * Whether time has brought something about that is not posted yet; and, with `passed`, whether the ledger's clock has
 * passed that instant and the team has not: something effective before it might still be under way.
 */
export async function isBehindTime(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  passed: Instant | null = null,
): Promise<boolean> {
  const { rowCount } = await client.query({ name: 'behind-time', text: readDue, values: [teamId, passed] })
  return (rowCount ?? 0) > 0
}
