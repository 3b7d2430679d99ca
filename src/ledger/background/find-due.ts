import type { QueryConfig, QueryResult } from 'pg'
import type { TeamId } from '../../domain/identity.ts'
import { ms } from '../rows/instants.ts'

type Queries = { query(config: QueryConfig): Promise<QueryResult> }

/** The most that one look finds. */
export const maxDue = 200

const leaseMs = 1_500

/**
 * One statement and no lock that outlives it: a process that is frozen holds nothing but its lease, which runs out. The
 * lease is renewed in its second half only, so that most looks write nothing. The clock is asked once: the planner finds
 * no index for a volatile function, and would read every team that has a boundary at all. A lease that was given back ends at
 * -infinity, from which PostgreSQL before 17 can't subtract.
 */
const find = `
  with moment as materialized (select ledger_now() as now, clock_timestamp() as real),
  taken as (
    update lease set holder = $1::uuid, until = (select real from moment) + interval '${leaseMs} ms'
    where name = 'sweeper' and (until <= (select real from moment)
      -- The database's clock was set back.
      or until > (select real from moment) + interval '${leaseMs} ms'
      or (holder = $1::uuid and until <= (select real from moment) + interval '${leaseMs / 2} ms'))
    returning 1
  ),
  mine as materialized (
    select exists (select from taken) or exists (
      select from lease where name = 'sweeper' and holder = $1::uuid and until > (select real from moment)
        and until <= (select real from moment) + interval '${leaseMs} ms') as mine
  ),
  due as materialized (
    -- A team that is locked is being written, and whoever writes it posts its time first.
    select team_id from account
    where ($2 or (select mine from mine)) and next_boundary <= (select now from moment) and team_id <> all($3::text[])
    order by next_boundary limit ${maxDue} for no key update skip locked
  )
  select mine, array(select team_id from due) as teams,
    ${ms("greatest((select until from lease where name = 'sweeper'), real) - real", 'lease_ms')},
    ${ms('(select min(next_boundary) from account where next_boundary > (select now from moment)) - now', 'next_ms')}
  from moment, mine`

export type Due = {
  /** The teams that wait longest; null: looking is another process's business. */
  readonly teams: readonly TeamId[] | null
  /** Until the next boundary of any team, or until somebody else's lease ends; null: there is none. */
  readonly nextMs: number | null
}

/**
 * Teams whose time has brought something about that is not posted yet, for the one process that holds the lease, which is
 * taken or renewed on the way; costs what is due, however many teams there are. `anyway`: with or without the lease.
 */
export async function findDue(pool: Queries, holder: string, anyway: boolean, except: readonly TeamId[]): Promise<Due> {
  const { rows } = await pool.query({ name: 'find-due', text: find, values: [holder, anyway, except] })
  const found: DueRow = rows[0]
  if (!found.mine && !anyway) return { teams: null, nextMs: Math.min(Math.max(0, found.lease_ms), leaseMs) }
  return { teams: found.teams, nextMs: found.next_ms }
}

type DueRow = { mine: boolean; teams: TeamId[]; lease_ms: number; next_ms: number | null }

/** Gives the lease back, so that another process need not wait for its end. */
export async function giveBackLease(pool: Queries, holder: string): Promise<void> {
  const text = `update lease set until = '-infinity' where name = 'sweeper' and holder = $1`
  await pool.query({ text, values: [holder] })
}
