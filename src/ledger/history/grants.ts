import type { PoolClient } from 'pg'
import type { Grant } from '../../domain/grant.ts'
import type { GrantId, TeamId } from '../../domain/identity.ts'
import { type GrantRow, grantColumns, toGrant } from '../rows/grant-rows.ts'

const readOne = `select ${grantColumns} from credit_grant g where g.team_id = $1 and g.id = $2`

/** A grant as it was last written. For an open one the team's account knows better: it counts in what time has done. */
export async function readGrantRow(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  id: GrantId,
): Promise<Grant | null> {
  const { rows } = await client.query({ name: 'one-grant', text: readOne, values: [teamId, id] })
  const row: GrantRow | undefined = rows[0]
  return row === undefined ? null : toGrant(row)
}

const readOfSources = `select ${grantColumns} from credit_grant g where g.team_id = $1 and g.source = any ($2::text[])`

/** The grants of a team that have these sources, each as it was last written. */
export async function readGrantsOfSources(
  client: Pick<PoolClient, 'query'>,
  teamId: TeamId,
  sources: readonly string[],
): Promise<Grant[]> {
  if (sources.length === 0) return []
  const { rows } = await client.query({ name: 'grants-by-source', text: readOfSources, values: [teamId, sources] })
  return rows.map((row: GrantRow) => toGrant(row))
}
