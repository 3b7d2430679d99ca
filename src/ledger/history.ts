import type { PoolClient } from 'pg'
import type { Database } from '../database/open.ts'
import type { Account, Policy } from '../domain/account.ts'
import { type Grant, isOpen } from '../domain/grant.ts'
import { beginning, type History, type Movement, replay } from '../domain/history.ts'
import { type GrantId, grantId, type Instant, type Revision, type TeamId } from '../domain/identity.ts'
import type { CreditState } from '../domain/posting.ts'
import { rollForward } from '../domain/roll-forward.ts'
import { readGrant, type StoredGrant, storeGrant } from '../domain/stored.ts'
import { readTeams } from './read-teams.ts'
import { type GrantRow, grantColumns, type HoldRow, holdColumns, toGrant, toHold } from './team-rows.ts'

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
  return continueHistory(client, teamId, start, revision)
}

/** The history through `revision`, from one that is known already. */
export async function continueHistory(
  client: Client,
  teamId: TeamId,
  start: History,
  revision: Revision,
): Promise<History> {
  if (start.revision >= revision) return start
  const range = [teamId, start.revision, revision]
  const [movements, grants] = await Promise.all([
    client.query({ name: 'movements', text: readMovements, values: range }),
    client.query({ name: 'grants-moved', text: readGrantsMoved, values: range }),
  ])
  const terms = new Map<GrantId, Grant>(grants.rows.map((row: GrantRow) => [grantId(row.id), toGrant(row)]))
  return replay(start, movements.rows.map(toMovement), (id) => {
    const grant = terms.get(id)
    if (grant === undefined) throw new Error(`Grant ${id} of ${teamId} has entries but no row`)
    return grant
  })
}

/** The account as `history` tells it; what is not in the ledger (name, plan, threshold) as it is now. */
export const accountOf = (current: Account, history: History): Account => ({ ...current, ...history })

/**
 * A team as it was, or will be, at an instant. In the past: as its entries say. In the future: as if nothing were spent,
 * with allowances deposited, grants expired and holds timed out.
 */
export async function teamAsOf(
  database: Database,
  policy: Policy,
  teamId: TeamId,
  asOf: Instant,
): Promise<Account | null> {
  return database.snapshot(async (client) => {
    const { teams } = await readTeams(client, [teamId], policy)
    const current = teams.get(teamId)?.account
    if (current == null) return null
    if (asOf >= current.lastAt) {
      const due = await client.query({ name: 'holds-due-by', text: readHoldsDueBy, values: [teamId, asOf] })
      const holds = due.rows.map((row: HoldRow) => toHold(row))
      return rollForward(current, holds, null, policy, asOf).account
    }
    const { rows } = await client.query({ name: 'revision-at', text: readRevisionAt, values: [teamId, asOf] })
    return accountOf(current, await historyAt(client, teamId, rows[0].revision))
  })
}

const readHoldsDueBy = `select ${holdColumns} from hold h
  where h.team_id = $1 and h.state = 'OPEN' and h.expires_at <= to_timestamp($2::float8 / 1000.0)`

const readRevisionAt = `select revision_at($1, to_timestamp($2::float8 / 1000.0))::float8 as revision`

const everyEntries = 1_000

const writeCheckpoint = `
  insert into checkpoint (team_id, revision, effective_at, grants)
  select team_id, revision, effective_at, $3::jsonb from entry where team_id = $1 and revision = $2`

const addUsage = `
  insert into usage_hour (team_id, hour, rate, member_id, credits, count)
  select $1, hour, rate, member_id, credits, count from usage_of_entries($1, $2, $3)
  on conflict (team_id, hour, rate, member_id) do update
    set credits = usage_hour.credits + excluded.credits, count = usage_hour.count + excluded.count`

/** Whether a look back from `revision` has become long enough to shorten. */
export const needsCheckpoint = (revision: Revision, checkpoint: Revision) => revision - checkpoint >= everyEntries

/**
 * Writes the team's next checkpoint: its grants at its present revision, and the hours' usage up to there. Looking back
 * then costs at most some thousand entries; without it, or with it late, every answer is the same.
 */
export async function takeCheckpoint(database: Database, teamId: TeamId): Promise<void> {
  await database.transaction(async (client) => {
    // The lock belongs to checkpoints alone: two of one team would count an hour's usage twice.
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 7))', [teamId])
    const { rows } = await client.query(
      `select a.revision::float8, (extract(epoch from a.last_at) * 1000)::float8 as last_at, coalesce((select max(revision) from checkpoint where team_id = $1), 0)::float8 as checkpoint
       from account a where a.team_id = $1`,
      [teamId],
    )
    const [row] = rows
    if (row === undefined || !needsCheckpoint(row.revision, row.checkpoint)) return
    const history = await historyAt(client, teamId, row.revision)
    const open = history.grants.filter((grant) => isOpen(grant, row.last_at))
    await client.query(writeCheckpoint, [teamId, row.revision, JSON.stringify(open.map(storeGrant))])
    await client.query(addUsage, [teamId, row.checkpoint, row.revision])
  })
}

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

export type MovementRow = {
  revision: number
  grant_id: number | null
  from_state: CreditState
  to_state: CreditState
  amount: string
  available_after: string
  held_after: string
  owed_after: string
}

export const toMovement = (row: MovementRow): Movement => ({
  revision: row.revision,
  grantId: row.grant_id === null ? null : grantId(row.grant_id),
  from: row.from_state,
  to: row.to_state,
  amount: BigInt(row.amount),
  availableAfter: BigInt(row.available_after),
  heldAfter: BigInt(row.held_after),
  owedAfter: BigInt(row.owed_after),
})
