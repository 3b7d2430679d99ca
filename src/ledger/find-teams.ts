import type { ReadingClient } from '../database/readings.ts'
import type { BalanceState } from '../domain/account.ts'
import type { Credits } from '../domain/credits.ts'
import type { TeamId } from '../domain/identity.ts'
import type { RechargeState } from '../domain/recharge.ts'

/** Null: the condition does not count. */
export type TeamConditions = {
  /** A part of the id or of the name, in whichever case. */
  readonly search: string | null
  readonly planId: string | null
  readonly state: BalanceState | null
  readonly availableBelow: Credits | null
  readonly rechargeState: RechargeState | null
}

export type TeamSearch = {
  readonly conditions: TeamConditions
  /** Only teams behind this id; '' for all. */
  readonly after: TeamId | ''
  readonly limit: number
  /** The catalog's threshold, where it is an amount; null: it is a share of each team's usage. */
  readonly lowThreshold: Credits | null
}

export type FoundTeams = {
  readonly teams: readonly TeamId[]
  /** The search goes on behind this id; null: it came to the end. */
  readonly rest: TeamId | null
}

/** Rows that one page searches at most. */
export const maxSearchedTeams = 10_000

/**
 * A capped recharge is armed again with its next month, which no row says. A team for which time is about to change
 * something is found in any case.
 */
const findTeams = `
  with searched as materialized (
    select team_id, name, plan_id, available, low_threshold, low_threshold_percent, recharge ->> 'state' as recharge, next_boundary,
      next_hold_deadline
    from account where team_id > $1 order by team_id limit $2)
  select s.searched, s.farthest, found.team_id from (select count(*)::int as searched, max(team_id) as farthest from searched) s
  left join lateral (
    select c.team_id from searched c cross join lateral (select ledger_now() as now) clock
      cross join lateral (
        select coalesce(c.low_threshold, case when c.low_threshold_percent is null then $9::bigint end) as low) t
    where ($3::text is null or strpos(lower(c.team_id), lower($3)) > 0 or strpos(lower(c.name), lower($3)) > 0)
      and (c.next_boundary <= clock.now or c.next_hold_deadline <= clock.now or (
        ($4::text is null or c.plan_id = $4)
        and ($5::bigint is null or c.available < $5)
        and ($6::text is null or case when $6 = 'EXHAUSTED' then c.available = 0
          else c.available > 0 and (t.low is null or (c.available < t.low) = ($6 = 'LOW')) end)
        and ($7::text[] is null or coalesce(c.recharge, 'OFF') = any($7))))
    order by c.team_id limit $8) found on true
  order by found.team_id`

type Row = { readonly searched: number; readonly farthest: TeamId | null; readonly team_id: TeamId | null }

/**
 * Teams in the order of their ids that may fulfil the conditions: those that do, those that time is about to change, and
 * those whose threshold their row doesn't tell.
 */
export async function findCandidates(client: ReadingClient, search: TeamSearch): Promise<FoundTeams> {
  const { conditions, after, limit, lowThreshold } = search
  const { search: text, planId, state, availableBelow, rechargeState } = conditions
  const recharges = rechargeState === 'ARMED' ? ['ARMED', 'CAPPED'] : rechargeState && [rechargeState]
  const values = [after, maxSearchedTeams, text, planId, availableBelow, state, recharges, limit, lowThreshold]
  const { rows } = await client.query<Row>({ name: 'find-teams', text: findTeams, values })
  const teams = rows.flatMap(({ team_id }) => team_id ?? [])
  const isFull = teams.length === limit
  const isCut = rows[0]?.searched === maxSearchedTeams
  return { teams, rest: isFull ? (teams.at(-1) ?? null) : isCut ? (rows[0]?.farthest ?? null) : null }
}
