import type { ReadingClient } from '../database/readings.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import type { BalanceState } from '../domain/low-balance.ts'
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

/** A part of the list: ids between the two, both excluded. */
export type TeamSpan = {
  readonly after: TeamId
  readonly before: TeamId
  /** Which end the teams are taken from, where there are more than are wanted. */
  readonly from: 'start' | 'end'
}

/** The ends of the list: no id of a team is empty, or has a character that is none. */
export const listEnds = { after: teamId(''), before: teamId('\u{10FFFF}') } as const

export type TeamSearch = {
  readonly conditions: TeamConditions
  readonly span: TeamSpan
  readonly limit: number
  /** The catalog's threshold, where it is an amount; null: it is a share of each team's usage. */
  readonly lowThreshold: Credits | null
}

export type FoundTeams = {
  /** From the end of the list that the span says. */
  readonly teams: readonly TeamId[]
  /** The search continues after this id; null: it is complete. */
  readonly rest: TeamId | null
}

/** Rows that one page searches at most. */
export const maxSearchedTeams = 10_000

/**
 * A capped recharge is armed again with its next month or day, which no row says. A team for which time is about to change
 * something is found in any case.
 */
const findTeams = (direction: 'asc' | 'desc') => `
  with searched as materialized (
    select team_id, name, plan_id, available, low_threshold, low_threshold_percent, recharge ->> 'state' as recharge, next_boundary,
      next_hold_deadline
    from account where team_id > $1 and team_id < $10 order by team_id ${direction} limit $2)
  select s.searched, s.farthest, found.team_id from (select count(*)::int as searched, ${direction === 'asc' ? 'max' : 'min'}(team_id) as farthest
    from searched) s
  left join lateral (
    select c.team_id from searched c cross join lateral (select ledger_now() as now) clock
      cross join lateral (
        select coalesce(c.low_threshold, case when c.low_threshold_percent is null then $9::bigint end) as low) t
    where ($3::text is null or strpos(lower(c.team_id collate "default"), lower($3)) > 0 or strpos(lower(c.name), lower($3)) > 0)
      and (c.next_boundary <= clock.now or c.next_hold_deadline <= clock.now or (
        ($4::text is null or c.plan_id = $4)
        and ($5::bigint is null or c.available < $5)
        and ($6::text is null or case when $6 = 'EXHAUSTED' then c.available = 0
          else c.available > 0 and (t.low is null or (c.available < t.low) = ($6 = 'LOW')) end)
        and ($7::text[] is null or coalesce(c.recharge, 'OFF') = any($7))))
    order by c.team_id ${direction} limit $8) found on true
  order by found.team_id ${direction}`

type Row = { readonly searched: number; readonly farthest: TeamId | null; readonly team_id: TeamId | null }

/**
 * Teams of a span that may fulfil the conditions: those that do, those that time is about to change, and
 * those whose threshold their row doesn't tell.
 */
export async function findCandidates(client: ReadingClient, search: TeamSearch): Promise<FoundTeams> {
  const { conditions, span, limit, lowThreshold } = search
  const { search: text, planId, state, availableBelow, rechargeState } = conditions
  const recharges = rechargeState === 'ARMED' ? ['ARMED', 'CAPPED'] : rechargeState && [rechargeState]
  const direction = span.from === 'start' ? 'asc' : 'desc'
  const bounds = [availableBelow, state, recharges, limit, lowThreshold, span.before]
  const { rows } = await client.query<Row>({
    name: `find-teams-${direction}`,
    text: findTeams(direction),
    values: [span.after, maxSearchedTeams, text, planId, ...bounds],
  })
  const teams = rows.flatMap(({ team_id }) => team_id ?? [])
  const isFull = teams.length === limit
  const isCut = rows[0]?.searched === maxSearchedTeams
  return { teams, rest: isFull ? (teams.at(-1) ?? null) : isCut ? (rows[0]?.farthest ?? null) : null }
}
