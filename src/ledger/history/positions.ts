import type { QueryConfig, QueryResult } from 'pg'
import type { TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'

type Queries = { query(config: QueryConfig): Promise<QueryResult> }

export type Position = {
  /** Another one after every write of any kind. */
  readonly version: number
  /** Until time alone changes the team, in milliseconds; 0 or less: it has, and nobody has posted it yet; null: never. */
  readonly dueInMs: number | null
}

/** A connection that has fallen silent must not keep watchers waiting while the database is up. */
const queryTimeoutMs = 1_000

// Lateral, with a limit: whatever the planner thinks of the number of teams, it can only look each one up. The `select`
// around the parameter hides that number, so that the plan is kept: it would be made anew for each call otherwise.
const read = `
  with clock_now as materialized (select ledger_now() as now)
  select a.team_id, a.version::float8, ${ms('a.next_boundary - c.now', 'due_in_ms')}
  from clock_now c cross join unnest((select $1::text[])) t(team_id)
  cross join lateral (select * from account where account.team_id = t.team_id limit 1) a`

/**
 * The position of each team, all at one moment after the call: one look-up of an index for each team, without locks.
 * Teams that do not exist are left out. A database that does not answer within a second counts as a lost connection.
 */
export async function readPositions(pool: Queries, teams: readonly TeamId[]): Promise<ReadonlyMap<TeamId, Position>> {
  const question = { name: 'read-positions', text: read, values: [teams], query_timeout: queryTimeoutMs }
  const { rows } = await pool.query(question)
  return new Map(rows.map((row: PositionRow) => [row.team_id, { version: row.version, dueInMs: row.due_in_ms }]))
}

type PositionRow = { team_id: TeamId; version: number; due_in_ms: number | null }
