import type { PoolClient } from 'pg'
import type { Grant } from '../domain/grant.ts'
import { type History, replay } from '../domain/history.ts'
import { type GrantId, grantId, type Revision, type TeamId } from '../domain/identity.ts'
import { type MovementRow, toMovement } from '../ledger/history.ts'
import { type GrantRow, grantColumns, toGrant } from '../ledger/team-rows.ts'

type Client = Pick<PoolClient, 'query'>

const readMovements = `
  select revision::float8, grant_id::float8, from_state, to_state, amount::text, available_after::text, held_after::text,
    owed_after::text
  from entry where team_id = $1 and revision > $2 and revision <= $3 order by revision`

const readGrantsMoved = `select ${grantColumns} from credit_grant g where g.team_id = $1 and g.id in (
  select grant_id from entry where team_id = $1 and revision > $2 and revision <= $3)`

/**
 * The team's history at each of some ascending revisions, from one that is known: two queries for a whole page of
 * events, where `continueHistory` would take two for each.
 */
export async function historiesAt(
  client: Client,
  teamId: TeamId,
  start: History,
  revisions: readonly Revision[],
): Promise<History[]> {
  const last = revisions.at(-1)
  if (last === undefined || last <= start.revision) return revisions.map(() => start)
  const range = [teamId, start.revision, last]
  const [movements, grants] = await Promise.all([
    client.query({ name: 'live-movements', text: readMovements, values: range }),
    client.query({ name: 'live-grants-moved', text: readGrantsMoved, values: range }),
  ])
  const terms = new Map<GrantId, Grant>(grants.rows.map((row: GrantRow) => [grantId(row.id), toGrant(row)]))
  const termsOf = (id: GrantId): Grant => {
    const grant = terms.get(id)
    if (grant === undefined) throw new Error(`Grant ${id} of ${teamId} has entries but no row`)
    return grant
  }
  const rows: MovementRow[] = movements.rows
  let history = start
  let next = 0
  return revisions.map((revision) => {
    const first = next
    while ((rows[next]?.revision ?? Infinity) <= revision) next += 1
    history = replay(history, rows.slice(first, next).map(toMovement), termsOf)
    return history
  })
}
