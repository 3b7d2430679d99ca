import type { PoolClient } from 'pg'
import type { Leftover } from '../../domain/allowance.ts'
import type { TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'

// Credits that expired later than their grant ended had been held, and are not carried over.
const readLeftover = `
  select w.team_id, w.id, ${ms('w.next_at', 'at')}, sum(e.amount)::text as amount
  from allowance w
  cross join lateral (
    select revision_at(w.team_id, w.next_at - interval '1 millisecond') as since, revision_at(w.team_id, w.next_at) as until) r
  join entry e on e.team_id = w.team_id and e.revision > r.since and e.revision <= r.until and e.to_state = 'expired'
  join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id
    and g.allowance_id in (w.id, w.id || ':rollover') and g.expires_at = w.next_at
  where w.team_id = any($1) and w.kind = 'INCLUDED' and not w.ended
  group by w.team_id, w.id, w.next_at`

/**
 * The credits that plans' allowances had left at the end of their last deposited period, for allowances whose next
 * period is not deposited yet.
 */
export async function readUnusedAtPeriodEnd(
  client: Pick<PoolClient, 'query'>,
  teams: readonly TeamId[],
): Promise<ReadonlyMap<TeamId, readonly Leftover[]>> {
  if (teams.length === 0) return new Map()
  const { rows } = await client.query<{ team_id: TeamId; id: string; at: number; amount: string }>({
    name: 'leftover',
    text: readLeftover,
    values: [teams],
  })
  const toLeftover = ({ id, at, amount }: (typeof rows)[number]) => ({ allowanceId: id, at, amount: BigInt(amount) })
  const byTeam = Map.groupBy(rows, (row) => row.team_id)
  return new Map([...byTeam].map(([teamId, own]) => [teamId, own.map(toLeftover)]))
}
