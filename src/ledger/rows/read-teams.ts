import type { PoolClient } from 'pg'
import type { Account } from '../../domain/account.ts'
import type { Hold } from '../../domain/hold.ts'
import type { Instant, Revision, TeamId } from '../../domain/identity.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import {
  type AccountRows,
  accountColumns,
  allowanceColumns,
  groupColumns,
  limitColumns,
  storedAmountColumns,
  toAccount,
} from './account-rows.ts'
import { grantColumns } from './grant-rows.ts'
import { closedSinceBurned, type HoldRow, holdColumns, isDue, sessionColumns, toHold } from './hold-rows.ts'
import { contradictionIn, InconsistentTeam } from './inconsistent-team.ts'
import { ms } from './instants.ts'

/** A team as its rows stand, with what time is about to change; `account` null: there is no such team. */
export type TeamRead = {
  readonly account: Account | null
  /** Every open hold whose deadline has passed. */
  readonly dueHolds: readonly Hold[]
  /** The first deadline of the other open holds; null: there is none. */
  readonly nextHoldDeadline: Instant | null
  /** The last revision that has a checkpoint. */
  readonly checkpoint: Revision
}

/** Teams by their ids. A team whose rows contradict each other is its error, so that it harms no other. */
export type TeamsRead = ReadonlyMap<TeamId, TeamRead | InconsistentTeam>

/** @throws {InconsistentTeam} */
export function consistent(team: TeamRead | InconsistentTeam | undefined): TeamRead | undefined {
  if (team instanceof InconsistentTeam) throw team
  return team
}

const rows = (columns: string, from: string) =>
  `(select coalesce(json_agg(r), '[]') from (select ${columns} from ${from}) r)`

/**
 * One statement, so that all of it is of one moment without a transaction. PostgreSQL plans it a few times for each
 * connection and then keeps the plan: it can't see the number of teams, because the parameter is within a `select`. It
 * would plan every call anew otherwise, which takes longer than to execute it. Each team is found by an index, because of
 * `lateral` and the limit.
 */
const readAll = `
  with clock_now as materialized (select ledger_now() as now)
  select t.team_id as asked, ${ms('c.now', 'now')}, ${accountColumns},
    case when a.low_threshold_percent is null and a.team_id <> all($2) and not (a.low_threshold is null and $3)
      and not coalesce(a.levels @? '$[*].below.percent', false) then '0' else (
      select coalesce(sum(u.credits), 0)::text from usage_between(a.team_id, c.now - interval '30 days', c.now) u
    ) end as monthly_usage,
    coalesce((select max(k.revision) from checkpoint k where k.team_id = a.team_id), 0)::float8 as checkpoint,
    ${rows(grantColumns, 'credit_grant g where g.team_id = a.team_id and g.open')} as grants,
    ${rows(allowanceColumns, 'allowance w where w.team_id = a.team_id order by w.id')} as allowances,
    ${rows(storedAmountColumns, 'stored_amount s where s.team_id = a.team_id and (s.amount > 0 or s.accrued > 0) order by s.rate')} as stored,
    ${rows(limitColumns, 'spending_limit l where l.team_id = a.team_id and l.credits is not null order by l.subject, l.subject_id, l.per')} as limits,
    ${rows(groupColumns, 'member_group m where m.team_id = a.team_id and not m.is_deleted order by m.id')} as groups,
    ${rows(sessionColumns, 'hold h where h.team_id = a.team_id and h.pace is not null order by h.id')} as sessions,
    case when a.next_hold_deadline <= c.now then
      ${rows(holdColumns, `hold h where ${isDue('a.team_id', 'c.now')}`)} else '[]' end as due_holds,
    case when a.next_hold_deadline <= c.now then
      ${rows(grantColumns, `credit_grant g where ${closedSinceBurned('a.team_id', 'c.now')}`)} else '[]' end as due_grants,
    (select ${ms('h.expires_at', 'next')} from hold h
      where h.team_id = a.team_id and h.state = 'OPEN' and h.expires_at > c.now order by h.expires_at limit 1) as next
  from clock_now c cross join unnest((select $1::text[])) t(team_id)
  left join lateral (select * from account where account.team_id = t.team_id limit 1) a on true`

/**
 * The teams at one moment, and the ledger's clock at it, whose rules are known here from then on. One round trip, no
 * transaction, no lock; another one where the catalog has just begun to count teams as low by a share of their usage.
 * `usageOf`: teams whose monthly usage is wanted, whatever their threshold is now. `again`: the teams were read once more,
 * after what the caller sent behind the first reading.
 */
export async function readTeams(
  client: Pick<PoolClient, 'query'>,
  teams: readonly TeamId[],
  timeline: RulesTimeline,
  usageOf: readonly TeamId[] = [],
): Promise<{ teams: TeamsRead; now: Instant; again: boolean }> {
  const { rulesAt } = timeline.in(null)
  const shares = (instant: Instant) => 'percent' in rulesAt(instant).policy.lowThreshold
  const first = shares(Infinity)
  for (let withUsage = first; ; withUsage = true) {
    const result = await client.query({ name: 'read-teams', text: readAll, values: [teams, usageOf, withUsage] })
    const found: TeamRow[] = result.rows
    const now = Math.round(found[0]?.now ?? Number.NaN)
    if (found.length > 0) await timeline.reach(now)
    if (!withUsage && found.some((row) => shares(instantOf(row)))) continue
    const again = withUsage !== first
    return { teams: new Map(found.map((row) => [row.asked, toTeamRead(row, timeline)])), now, again }
  }
}

/** When a decision on what was read takes place: a team's time never runs backwards. */
const instantOf = ({ now, last_at }: TeamRow): Instant => Math.max(Math.round(now), last_at ?? -Infinity)

type TeamRow = AccountRows & {
  asked: TeamId
  now: Instant
  checkpoint: Revision
  due_holds: HoldRow[]
  next: Instant | null
}

function toTeamRead(row: TeamRow, timeline: RulesTimeline): TeamRead | InconsistentTeam {
  if (row.team_id === null) return { account: null, dueHolds: [], nextHoldDeadline: null, checkpoint: 0 }
  const { checkpoint } = row
  const account = toAccount(row, timeline.in(row.currency).rulesAt(instantOf(row)).policy)
  const contradiction = contradictionIn(account, checkpoint)
  if (contradiction !== null) {
    return new InconsistentTeam(`The rows of ${row.asked} contradict each other: ${contradiction}. Run verify-ledger`)
  }
  return { account, dueHolds: row.due_holds.map(toHold), nextHoldDeadline: row.next, checkpoint }
}
