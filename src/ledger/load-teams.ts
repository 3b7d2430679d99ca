import type { PoolClient } from 'pg'
import { type Account, type BalanceState, type LowThreshold, type Policy, resolveThreshold } from '../domain/account.ts'
import type { Allowance } from '../domain/allowance.ts'
import type { RefundableCharge } from '../domain/charge.ts'
import { burnsBefore, type Grant, type GrantKind } from '../domain/grant.ts'
import type { Hold, HoldState } from '../domain/hold.ts'
import {
  type ChargeId,
  chargeId,
  grantId,
  type HoldId,
  holdId,
  type Instant,
  type MemberId,
  type TeamId,
} from '../domain/identity.ts'
import type { Cadence } from '../domain/period.ts'
import { readLine, readSlice, type StoredLine, type StoredOutcome, type StoredSlice } from '../domain/stored.ts'
import type { StoredCommand, TeamState } from './team-state.ts'

/** What a batch refers to, beside its teams. */
export type References = {
  readonly teams: readonly TeamId[]
  readonly keys: readonly { teamId: TeamId; key: string }[]
  readonly holds: readonly { teamId: TeamId; id: HoldId }[]
  readonly charges: readonly { teamId: TeamId; id: ChargeId }[]
  readonly sources: readonly { teamId: TeamId; source: string }[]
  /** Teams whose last 30 days' usage is asked for, whatever their threshold is now. */
  readonly usageOf?: readonly TeamId[]
}

type Queries = Pick<PoolClient, 'query'>

const ms = (column: string, as = column) => `(extract(epoch from ${column}) * 1000)::float8 as ${as}`

const lockTeams = 'select 1 from account where team_id = any($1) order by team_id for update'

const readClock = `select ${ms('ledger_now()', 'now')}`

const readAccounts = `
  select team_id, name, plan_id, seats, top_ups_enabled, version::float8, revision::float8, available::text, held::text,
    owed::text, low_threshold::text, low_threshold_percent::text, alert, last_event_revision::float8, last_event_number,
    ${ms('next_hold_deadline')}, ${ms('last_at')},
    case when low_threshold_percent is null and team_id <> all($2) then '0' else (
      select coalesce(sum(credits), 0)::text from usage_between(team_id, ledger_now() - interval '30 days', ledger_now())
    ) end as monthly_usage,
    coalesce((select max(c.revision) from checkpoint c where c.team_id = account.team_id), 0)::float8 as checkpoint
  from account where team_id = any($1)`

export const grantColumns = `g.team_id, g.id::float8, g.kind, g.priority, ${ms('g.starts_at', 'starts_at')}, ${ms('g.expires_at', 'expires_at')},
    g.granted::text, g.available::text, g.held::text, g.spent::text, g.expired::text, g.revoked::text,
    g.clawed_back::text, g.source, g.allowance_id, g.allowance_period`

const readOpenGrants = `select ${grantColumns} from credit_grant g where g.team_id = any($1) and g.open`

const readGrantsOfSources = `select ${grantColumns} from credit_grant g
  join unnest($1::text[], $2::text[]) r(team_id, source) using (team_id, source) where not g.open`

const readGrantsOfCharges = `select distinct on (g.team_id, g.id) ${grantColumns}
  from unnest($1::text[], $2::bigint[]) r(team_id, charge)
  join entry c on c.team_id = r.team_id and c.revision = r.charge
  join entry e on e.team_id = c.team_id and e.revision > c.revision - c.size and e.revision <= c.revision
  join credit_grant g on g.team_id = e.team_id and g.id = e.grant_id where not g.open`

const readAllowances = `
  select team_id, id, plan_id, cadence, ${ms('anchor')}, time_zone, credits::text, per_seat, next_period,
    ${ms('next_at')}, ended
  from allowance where team_id = any($1) order by team_id, id`

export const holdColumns = `h.team_id, h.id::float8, h.state, h.amount::text, h.captured::text, ${ms('h.expires_at', 'expires_at')}, h.reference,
    h.member_id, h.rate_card_version, h.lines, h.slices`

const readDueHolds = `select ${holdColumns} from hold h
  where h.team_id = any($1) and h.state = 'OPEN' and h.expires_at <= ledger_now()`

const readHoldsById = `select ${holdColumns} from hold h join unnest($1::text[], $2::bigint[]) r(team_id, id) using (team_id, id)`

const readNextDeadlines = `
  select t.team_id, (select ${ms('h.expires_at', 'expires_at')} from hold h
    where h.team_id = t.team_id and h.state = 'OPEN' and h.expires_at > ledger_now() order by h.expires_at limit 1) as next
  from unnest($1::text[]) t(team_id)`

const readCharges = `
  select r.team_id, r.id::float8, e.grant_id::float8, e.amount::text, e.rate, c.member_id, c.reference,
    (select coalesce(sum(f.change), 0)::text from entry f where f.team_id = r.team_id and f.charge_id = r.id
      and f.type = 'REFUND') as refunded
  from (select distinct * from unnest($1::text[], $2::bigint[]) asked(team_id, id)) r
  join entry c on c.team_id = r.team_id and c.revision = r.id and c.type = 'CHARGE'
  left join entry e on e.team_id = c.team_id and e.revision > c.revision - c.size and e.revision <= c.revision
    and e.to_state = 'spent'
  order by e.revision`

const readCommands = `
  select team_id, key, encode(fingerprint, 'hex') as fingerprint, revision::float8, ${ms('decided_at')}, outcome
  from command join unnest($1::text[], $2::text[]) r(team_id, key) using (team_id, key)`

export type LoadedTeams = { readonly states: ReadonlyMap<TeamId, TeamState>; readonly now: Instant }

/**
 * Reads everything that commands on these teams can depend on, as of one moment for each team. With `lock`, inside the
 * caller's transaction: the rows of `account` are locked in id order first, so that what is read holds until it commits.
 * All statements are sent at once and cost one round trip.
 */
export async function loadTeams(
  client: Queries,
  refs: References,
  policy: Policy,
  lock: boolean,
): Promise<LoadedTeams> {
  const { teams } = refs
  const ask = async <Row>(name: string, text: string, values: unknown[], wanted = true): Promise<Row[]> =>
    wanted ? (await client.query({ name, text, values })).rows : []
  const pairs = <T extends { teamId: TeamId }>(list: readonly T[], of: (item: T) => unknown) => [
    list.map(({ teamId }) => teamId),
    list.map(of),
  ]
  const id = (ref: { id: number }) => ref.id
  const [
    ,
    clock,
    accounts,
    grants,
    sourceGrants,
    chargeGrants,
    allowances,
    deadlines,
    dueHolds,
    holds,
    charges,
    commands,
  ] = await Promise.all([
    ask('lock-teams', lockTeams, [teams], lock),
    ask<{ now: number }>('clock', readClock, []),
    ask<AccountRow>('accounts', readAccounts, [teams, refs.usageOf ?? []]),
    ask<GrantRow>('grants', readOpenGrants, [teams]),
    ask<GrantRow>(
      'grants-of-sources',
      readGrantsOfSources,
      pairs(refs.sources, (r) => r.source),
      refs.sources.length > 0,
    ),
    ask<GrantRow>('grants-of-charges', readGrantsOfCharges, pairs(refs.charges, id), refs.charges.length > 0),
    ask<AllowanceRow>('allowances', readAllowances, [teams]),
    // Before the due holds: a deadline that comes between the two statements is then among both, not among neither.
    ask<{ team_id: TeamId; next: number | null }>('deadlines', readNextDeadlines, [teams]),
    ask<HoldRow>('due-holds', readDueHolds, [teams]),
    ask<HoldRow>('holds', readHoldsById, pairs(refs.holds, id), refs.holds.length > 0),
    ask<ChargeRow>('charges', readCharges, pairs(refs.charges, id), refs.charges.length > 0),
    ask<CommandRow>(
      'commands',
      readCommands,
      pairs(refs.keys, (r) => r.key),
      refs.keys.length > 0,
    ),
  ])

  const states = new Map<TeamId, TeamStateDraft>()
  for (const teamId of teams) {
    states.set(teamId, {
      account: null,
      holds: new Map(),
      nextHoldDeadline: null,
      charges: new Map(),
      stored: new Map(),
      checkpoint: 0,
    })
  }
  const of = (teamId: TeamId): TeamStateDraft => {
    const state = states.get(teamId)
    if (state === undefined) throw new Error(`Read ${teamId}, which was not asked for`)
    return state
  }
  const grantsOf = Map.groupBy([...grants, ...distinct([...sourceGrants, ...chargeGrants])], (row) => row.team_id)
  const allowancesOf = Map.groupBy(allowances, (row) => row.team_id)
  for (const row of accounts) {
    const state = of(row.team_id)
    state.account = toAccount(row, grantsOf.get(row.team_id) ?? [], allowancesOf.get(row.team_id) ?? [], policy)
    state.checkpoint = row.checkpoint
  }
  for (const row of [...dueHolds, ...holds]) of(row.team_id).holds.set(holdId(row.id), toHold(row))
  for (const row of deadlines) of(row.team_id).nextHoldDeadline = row.next
  for (const [, rows] of Map.groupBy(charges, (row) => `${row.team_id} ${row.id}`)) {
    const [first] = rows
    if (first) of(first.team_id).charges.set(chargeId(first.id), toRefundable(first, rows))
  }
  for (const row of commands) of(row.team_id).stored.set(row.key, toStoredCommand(row))
  return { states, now: Math.round(clock[0]?.now ?? Number.NaN) }
}

type TeamStateDraft = {
  account: Account | null
  holds: Map<HoldId, Hold>
  nextHoldDeadline: Instant | null
  charges: Map<ChargeId, RefundableCharge>
  stored: Map<string, StoredCommand>
  checkpoint: number
}

type AccountRow = {
  team_id: TeamId
  name: string
  plan_id: string | null
  seats: number
  top_ups_enabled: boolean
  version: number
  revision: number
  available: string
  held: string
  owed: string
  low_threshold: string | null
  low_threshold_percent: string | null
  alert: BalanceState
  last_event_revision: number
  last_event_number: number
  next_hold_deadline: number | null
  last_at: number
  monthly_usage: string
  checkpoint: number
}
export type GrantRow = {
  team_id: TeamId
  id: number
  kind: GrantKind
  priority: number
  starts_at: number
  expires_at: number | null
  granted: string
  available: string
  held: string
  spent: string
  expired: string
  revoked: string
  clawed_back: string
  source: string
  allowance_id: string | null
  allowance_period: number | null
}
type AllowanceRow = {
  team_id: TeamId
  id: string
  plan_id: string
  cadence: Cadence
  anchor: number
  time_zone: string
  credits: string
  per_seat: boolean
  next_period: number
  next_at: number
  ended: boolean
}
export type HoldRow = {
  team_id: TeamId
  id: number
  state: HoldState
  amount: string
  captured: string
  expires_at: number
  reference: string | null
  member_id: string | null
  rate_card_version: string
  lines: StoredLine[]
  slices: StoredSlice[]
}
type ChargeRow = {
  team_id: TeamId
  id: number
  grant_id: number | null
  amount: string
  rate: string | null
  member_id: string | null
  reference: string | null
  refunded: string
}
type CommandRow = {
  team_id: TeamId
  key: string
  fingerprint: string
  revision: number
  decided_at: number
  outcome: StoredOutcome
}

function toAccount(row: AccountRow, grants: GrantRow[], allowances: AllowanceRow[], policy: Policy): Account {
  const threshold: LowThreshold =
    row.low_threshold !== null
      ? { credits: BigInt(row.low_threshold) }
      : row.low_threshold_percent !== null
        ? { percent: BigInt(row.low_threshold_percent) }
        : null
  const monthlyUsage = BigInt(row.monthly_usage)
  return {
    teamId: row.team_id,
    name: row.name,
    planId: row.plan_id,
    seats: row.seats,
    topUpsEnabled: row.top_ups_enabled,
    version: row.version,
    revision: row.revision,
    available: BigInt(row.available),
    held: BigInt(row.held),
    owed: BigInt(row.owed),
    grants: grants.map(toGrant).sort(burnsBefore),
    allowances: allowances.map(toAllowance),
    nextHoldDeadline: row.next_hold_deadline,
    lastAt: row.last_at,
    monthlyUsage,
    threshold,
    lowThreshold: resolveThreshold(threshold, monthlyUsage, policy.lowThreshold),
    alert: row.alert,
    lastEvent: { revision: row.last_event_revision, number: row.last_event_number },
  }
}

export const toGrant = (row: GrantRow): Grant => ({
  id: grantId(row.id),
  kind: row.kind,
  priority: row.priority,
  startsAt: row.starts_at,
  expiresAt: row.expires_at,
  granted: BigInt(row.granted),
  available: BigInt(row.available),
  held: BigInt(row.held),
  spent: BigInt(row.spent),
  expired: BigInt(row.expired),
  revoked: BigInt(row.revoked),
  clawedBack: BigInt(row.clawed_back),
  source: row.source,
  allowance:
    row.allowance_id === null || row.allowance_period === null
      ? null
      : { id: row.allowance_id, period: row.allowance_period },
})

const toAllowance = (row: AllowanceRow): Allowance => ({
  id: row.id,
  planId: row.plan_id,
  cadence: row.cadence,
  anchor: row.anchor,
  timeZone: row.time_zone,
  credits: BigInt(row.credits),
  perSeat: row.per_seat,
  nextPeriod: row.next_period,
  nextAt: row.next_at,
  ended: row.ended,
})

export const toHold = (row: HoldRow): Hold => ({
  id: holdId(row.id),
  state: row.state,
  amount: BigInt(row.amount),
  captured: BigInt(row.captured),
  slices: row.slices.map(readSlice),
  expiresAt: row.expires_at,
  reference: row.reference,
  memberId: row.member_id as MemberId | null,
  rateCardVersion: row.rate_card_version,
  lines: row.lines.map(readLine),
})

const toRefundable = (first: ChargeRow, rows: readonly ChargeRow[]): RefundableCharge => ({
  id: chargeId(first.id),
  movements: rows.flatMap((row) =>
    row.grant_id === null ? [] : [{ grantId: grantId(row.grant_id), amount: BigInt(row.amount), rate: row.rate }],
  ),
  refunded: BigInt(first.refunded),
  memberId: first.member_id as MemberId | null,
  reference: first.reference,
})

const toStoredCommand = (row: CommandRow): StoredCommand => ({
  fingerprint: row.fingerprint,
  revision: row.revision,
  decidedAt: row.decided_at,
  outcome: row.outcome,
})

const distinct = (rows: readonly GrantRow[]) => [
  ...new Map(rows.map((row) => [`${row.team_id} ${row.id}`, row] as const)).values(),
]
