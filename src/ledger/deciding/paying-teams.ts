import type { PoolClient } from 'pg'
import type { TeamId } from '../../domain/identity.ts'

// Usage in hours reaches up to the last checkpoint; the entries behind it are few.
const readPaying = `
  select r.team_id from (select distinct unnest($1::text[]) as team_id) r
  where exists (select from purchase p where p.team_id = r.team_id and p.state not in ('FAILED', 'CANCELED'))
    or exists (
      select from add_on_change c where c.team_id = r.team_id and c.claimed_at is not null
        and (c.state = 'PENDING' or (c.state = 'DONE' and c.invoice is not null)))
    or exists (select from usage_hour u where u.team_id = r.team_id and u.currency <> '')
    or exists (
      select from entry e where e.team_id = r.team_id and e.money_currency is not null
        and e.revision > coalesce((select max(k.revision) from checkpoint k where k.team_id = r.team_id), 0))
    or exists (
      select from hold h cross join jsonb_array_elements(h.lines) l
      where h.team_id = r.team_id and h.state = 'OPEN' and l -> 'money' <> 'null')`

/** The teams among these that paid, used or were billed money, or may still pay some. */
export async function readPayingTeams(
  client: Pick<PoolClient, 'query'>,
  teams: readonly TeamId[],
): Promise<ReadonlySet<TeamId>> {
  if (teams.length === 0) return new Set()
  const { rows } = await client.query<{ team_id: TeamId }>({ name: 'paying-teams', text: readPaying, values: [teams] })
  return new Set(rows.map(({ team_id }) => team_id))
}
