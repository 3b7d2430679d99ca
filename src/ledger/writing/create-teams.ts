import type { PoolClient } from 'pg'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { instant } from '../rows/instants.ts'

const createAccounts = `
  insert into account (team_id, name, seats, version, revision, available, held, owed, alert, last_at, active_at, created_at)
  select team_id, team_id, 1, 0, 0, 0, 0, 0, 'OK', ${instant('$2::float8')}, ${instant('$2::float8')},
    ${instant('$2::float8')}
  from unnest($1::text[]) as u(team_id) order by team_id
  on conflict do nothing returning team_id`

/** The bare rows of teams that a batch is about to write for the first time. False: another process was faster. */
export async function createTeams(
  client: Pick<PoolClient, 'query'>,
  teams: readonly TeamId[],
  at: Instant,
): Promise<boolean> {
  if (teams.length === 0) return true
  const created = await client.query({ name: 'create-accounts', text: createAccounts, values: [teams, at] })
  return created.rowCount === teams.length
}
