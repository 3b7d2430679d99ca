import type { PoolClient } from 'pg'
import type { Account } from '../../domain/account.ts'
import { rollForward } from '../../domain/decisions/roll-forward.ts'
import type { Grant } from '../../domain/grant.ts'
import { beginning, type History, type Movement, replay } from '../../domain/history.ts'
import { type GrantId, grantId, type Instant, type Revision, type TeamId } from '../../domain/identity.ts'
import type { CreditState } from '../../domain/posting.ts'
import { readGrant, type StoredGrant } from '../../entities/json/stored.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import { type GrantRow, grantColumns, toGrant, withGrants } from '../rows/grant-rows.ts'
import { closedSinceBurned, type HoldRow, holdColumns, isDue, toHold } from '../rows/hold-rows.ts'
import { instant } from '../rows/instants.ts'
import { consistent, readTeams } from '../rows/read-teams.ts'

type Client = Pick<PoolClient, 'query'>

const readCheckpoint = `
  select c.revision::float8, c.grants, e.available_after::text, e.held_after::text, e.owed_after::text
  from checkpoint c join entry e on e.team_id = c.team_id and e.revision = c.revision
  where c.team_id = $1 and c.revision <= $2 order by c.revision desc limit 1`

const readMovements = `
  select revision::float8, grant_id::float8, from_state, to_state, amount::text, available_after::text, held_after::text,
    owed_after::text
  from entry where team_id = $1 and revision > $2 and revision <= $3 order by revision`

const readGrantsMoved = `select ${grantColumns} from credit_grant g where g.team_id = $1 and g.id in (
  select grant_id from entry where team_id = $1 and revision > $2 and revision <= $3)`

/** The grants and totals of a team at a revision, from the nearest checkpoint and the entries behind it. */
export async function historyAt(client: Client, teamId: TeamId, revision: Revision): Promise<History> {
  const { rows } = await client.query({ name: 'checkpoint', text: readCheckpoint, values: [teamId, revision] })
  const stored: CheckpointRow | undefined = rows[0]
  const start = stored === undefined ? beginning : toHistory(stored)
  const [history = start] = await historiesAt(client, teamId, start, [revision])
  return history
}

/** The history at each of some ascending revisions, from one that is known: two queries for all, sent at once. */
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
    client.query({ name: 'movements', text: readMovements, values: range }),
    client.query({ name: 'grants-moved', text: readGrantsMoved, values: range }),
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

/**
 * The account in `history`, without live sessions. Fields that are not in the ledger (name, plan, threshold) have their
 * present values.
 */
export const accountOf = (current: Account, history: History): Account => ({ ...current, ...history, sessions: [] })

/**
 * A team as it was, or will be, at an instant. In the past: as its entries say. In the future: as if nothing were spent,
 * with allowances deposited, grants expired and holds timed out. Call it in a snapshot.
 */
export async function teamAsOf(
  client: Client,
  timeline: RulesTimeline,
  teamId: TeamId,
  asOf: Instant,
): Promise<Account | null> {
  const { teams } = await readTeams(client, [teamId], timeline)
  const current = consistent(teams.get(teamId))?.account
  if (current == null) return null
  if (asOf >= current.lastAt) {
    const values = [teamId, asOf]
    const [due, closed] = await Promise.all([
      client.query({ name: 'holds-due-by', text: readHoldsDueBy, values }),
      client.query({ name: 'grants-closed-by', text: readGrantsClosedBy, values }),
    ])
    const holds = due.rows.map((row: HoldRow) => toHold(row))
    const account = { ...current, grants: withGrants(current.grants, closed.rows) }
    const { rulesAt } = timeline.in(account.currency)
    return { ...rollForward(account, { due: holds, nextDeadline: null }, rulesAt, asOf).account, sessions: [] }
  }
  const { rows } = await client.query({ name: 'revision-at', text: readRevisionAt, values: [teamId, asOf] })
  return accountOf(current, await historyAt(client, teamId, rows[0].revision))
}

const readHoldsDueBy = `select ${holdColumns} from hold h where ${isDue('$1', instant('$2::float8'))}`

const readGrantsClosedBy = `select ${grantColumns} from credit_grant g
  where ${closedSinceBurned('$1', instant('$2::float8'))}`

const readRevisionAt = `select revision_at($1, ${instant('$2::float8')})::float8 as revision`

type CheckpointRow = {
  revision: number
  grants: StoredGrant[]
  available_after: string
  held_after: string
  owed_after: string
}

const toHistory = (row: CheckpointRow): History => ({
  revision: row.revision,
  available: BigInt(row.available_after),
  held: BigInt(row.held_after),
  owed: BigInt(row.owed_after),
  grants: row.grants.map(readGrant),
})

type MovementRow = {
  revision: number
  grant_id: number | null
  from_state: CreditState
  to_state: CreditState
  amount: string
  available_after: string
  held_after: string
  owed_after: string
}

const toMovement = (row: MovementRow): Movement => ({
  revision: row.revision,
  grantId: row.grant_id === null ? null : grantId(row.grant_id),
  from: row.from_state,
  to: row.to_state,
  amount: BigInt(row.amount),
  availableAfter: BigInt(row.available_after),
  heldAfter: BigInt(row.held_after),
  owedAfter: BigInt(row.owed_after),
})
