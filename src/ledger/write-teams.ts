import type { PoolClient } from 'pg'
import { type Account, nextBoundary } from '../domain/account.ts'
import { type Grant, isOpen } from '../domain/grant.ts'
import type { Hold } from '../domain/hold.ts'
import { remainingOf } from '../domain/hold.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Posting } from '../domain/posting.ts'
import { storeLine, storeSlice } from '../domain/stored.ts'
import type { TeamChange } from './decide-batch.ts'
import { type Cell, type Columns, Rows, unnest, value } from './sql-rows.ts'

/** What every batch writes of a team, and what changes rarely: the latter only where it did, or may have. */
const positionColumns = [
  ['ix', 'integer'],
  ['team_id', 'text'],
  ['version', 'bigint'],
  ['revision', 'bigint'],
  ['available', 'bigint'],
  ['held', 'bigint'],
  ['owed', 'bigint'],
  ['last_at', 'instant'],
] as const satisfies Columns

const settingColumns = [
  ...positionColumns,
  ['name', 'text'],
  ['plan_id', 'text'],
  ['seats', 'integer'],
  ['top_ups_enabled', 'boolean'],
  ['low_threshold', 'bigint'],
  ['low_threshold_percent', 'bigint'],
  ['alert', 'text'],
  ['last_event_revision', 'bigint'],
  ['last_event_number', 'integer'],
  ['next_hold_deadline', 'instant'],
  ['next_boundary', 'instant'],
] as const satisfies Columns

const tables = {
  grant: {
    table: 'credit_grant',
    columns: [
      ['ix', 'integer'],
      ['id', 'bigint'],
      ['kind', 'text'],
      ['priority', 'integer'],
      ['starts_at', 'instant'],
      ['expires_at', 'instant'],
      ['granted', 'bigint'],
      ['available', 'bigint'],
      ['held', 'bigint'],
      ['spent', 'bigint'],
      ['expired', 'bigint'],
      ['revoked', 'bigint'],
      ['clawed_back', 'bigint'],
      ['source', 'text'],
      ['allowance_id', 'text'],
      ['allowance_period', 'integer'],
      ['open', 'boolean'],
    ],
  },
  burnt: {
    table: 'credit_grant',
    columns: [
      ['ix', 'integer'],
      ['id', 'bigint'],
      ['available', 'bigint'],
      ['held', 'bigint'],
      ['spent', 'bigint'],
      ['expired', 'bigint'],
      ['revoked', 'bigint'],
      ['clawed_back', 'bigint'],
      ['open', 'boolean'],
    ],
  },
  allowance: {
    table: 'allowance',
    columns: [
      ['ix', 'integer'],
      ['id', 'text'],
      ['plan_id', 'text'],
      ['cadence', 'text'],
      ['anchor', 'instant'],
      ['time_zone', 'text'],
      ['credits', 'bigint'],
      ['per_seat', 'boolean'],
      ['next_period', 'integer'],
      ['next_at', 'instant'],
      ['ended', 'boolean'],
    ],
  },
  hold: {
    table: 'hold',
    columns: [
      ['ix', 'integer'],
      ['id', 'bigint'],
      ['state', 'text'],
      ['amount', 'bigint'],
      ['captured', 'bigint'],
      ['remaining', 'bigint'],
      ['expires_at', 'instant'],
      ['reference', 'text'],
      ['member_id', 'text'],
      ['rate_card_version', 'text'],
      ['lines', 'json'],
      ['slices', 'json'],
    ],
  },
  entry: {
    table: 'entry',
    columns: [
      ['ix', 'integer'],
      ['revision', 'bigint'],
      ['grant_id', 'bigint'],
      ['from_state', 'text'],
      ['to_state', 'text'],
      ['amount', 'bigint'],
      ['available_after', 'bigint'],
      ['held_after', 'bigint'],
      ['owed_after', 'bigint'],
      ['effective_at', 'instant'],
      ['posting', 'bigint'],
      ['size', 'integer'],
      ['type', 'text'],
      ['change', 'bigint'],
      ['member_id', 'text'],
      ['reference', 'text'],
      ['reason', 'text'],
      ['hold_id', 'bigint'],
      ['charge_id', 'bigint'],
      ['rate_card_version', 'text'],
      ['line', 'integer'],
      ['rate', 'text'],
      ['quantity', 'bigint'],
      ['count', 'integer'],
      ['money_amount', 'bigint'],
      ['money_currency', 'text'],
    ],
  },
  command: {
    table: 'command',
    columns: [
      ['ix', 'integer'],
      ['key', 'text'],
      ['fingerprint', 'bytes'],
      ['revision', 'bigint'],
      ['decided_at', 'instant'],
      ['outcome', 'json'],
    ],
  },
  notice: {
    table: 'account_notice',
    columns: [
      ['ix', 'integer'],
      ['revision', 'bigint'],
      ['number', 'integer'],
      ['type', 'text'],
      ['effective_at', 'instant'],
      ['amount', 'bigint'],
    ],
  },
} as const satisfies Record<string, { table: string; columns: Columns }>

type TableName = keyof typeof tables
const tableNames = Object.keys(tables) as TableName[]

const accountUpdate = (columns: Columns, guarded: boolean) => `
  update account a set version = u.version + 1, ${columns
    .slice(3)
    .map((column) => `${column[0]} = ${value('u', column)}`)
    .join(', ')}
  from ${unnest(columns, 'u', guarded ? 2 : 1)}${guarded ? ', moment m' : ''}
  where a.team_id = u.team_id and a.version = u.version${guarded ? guard : ''}
  returning u.ix, a.team_id`

/** Decided without reading first: valid only while no boundary has passed, on either clock, and the two are close. */
const guard = `
    and m.close_enough and m.now < coalesce(a.next_boundary, 'infinity')`

const moment = `moment as materialized (
  select greatest(now, to_timestamp($1::float8 / 1000.0)) as now,
    abs(extract(epoch from now) * 1000 - $1::float8) < 1000 as close_enough from ledger_now() as now
)`

function insert(name: TableName, first: number): string {
  const { table, columns } = tables[name]
  const own = (columns as Columns).slice(1)
  if (name === 'burnt') {
    const set = own.slice(1).map((column) => `${column[0]} = ${value('u', column)}`)
    return `update ${table} g set ${set.join(', ')} from ${unnest(columns, 'u', first)} join team t on t.ix = u.ix
      where g.team_id = t.team_id and g.id = u.id`
  }
  return `insert into ${table} (team_id, ${own.map(([column]) => column).join(', ')})
    select t.team_id, ${own.map((column) => value('u', column)).join(', ')}
    from ${unnest(columns, 'u', first)} join team t on t.ix = u.ix${onConflict[name] ?? ''}`
}

const overwrite = (key: string, columns: readonly string[]) => `
    on conflict (${key}) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`

const onConflict: Partial<Record<TableName, string>> = {
  allowance: overwrite('team_id, id', ['plan_id', 'credits', 'per_seat', 'next_period', 'next_at', 'ended']),
  hold: overwrite('team_id, id', ['state', 'amount', 'captured', 'remaining', 'expires_at', 'lines', 'slices']),
}

const statements = new Map<string, string>()

function statement(name: string, guarded: boolean, account: Columns, filled: readonly TableName[]): string {
  const known = statements.get(name)
  if (known !== undefined) return known
  let next = (guarded ? 2 : 1) + account.length
  const parts = filled.map((table) => {
    const part = `wrote_${table} as (${insert(table, next)})`
    next += tables[table].columns.length
    return part
  })
  const team = `team as (${accountUpdate(account, guarded)})`
  const made = `with ${[...(guarded ? [moment] : []), team, ...parts].join(',\n')}\nselect team_id from team`
  statements.set(name, made)
  return made
}

/**
 * Writes what a batch decided, all of it in one statement and one round trip, and tells which teams were written: those
 * whose version was still the one the decision started from. Of the others nothing is written.
 *
 * `assumedNow`: the clock reading that the decision was made with, where nothing was read for it; the database checks
 * it. Throws a unique violation where an idempotency key or a source has been used meanwhile; then nothing is written.
 */
export async function writeTeams(
  client: Pick<PoolClient, 'query'>,
  changes: readonly TeamChange[],
  assumedNow: number | null,
): Promise<ReadonlySet<TeamId>> {
  const account: Columns = changes.every(keepsSettings) ? positionColumns : settingColumns
  const accounts = new Rows(account)
  const rows = Object.fromEntries(tableNames.map((name) => [name, new Rows(tables[name].columns)])) as Record<
    TableName,
    Rows
  >
  changes.forEach((change, ix) => {
    if (change.account !== null) addTeam(accounts, rows, change, change.account, ix)
  })
  if (accounts.length === 0) return new Set()

  const filled = tableNames.filter((name) => rows[name].length > 0)
  const guarded = assumedNow !== null
  const name = `write${guarded ? '-guarded' : ''}${account === settingColumns ? '-settings' : ''}-${filled.join('-')}`
  const values = [
    ...(guarded ? [assumedNow] : []),
    ...accounts.parameters(),
    ...filled.flatMap((table) => rows[table].parameters()),
  ]
  const written = await client.query({ name, text: statement(name, guarded, account, filled), values })
  return new Set(written.rows.map((row: { team_id: TeamId }) => row.team_id))
}

function addTeam(
  accounts: Rows,
  rows: Record<TableName, Rows>,
  change: TeamChange,
  account: Account,
  ix: number,
): void {
  const { before, at } = change
  if (account === before && change.commands.length === 0) return
  accounts.push([
    ix,
    account.teamId,
    account.version,
    account.revision,
    account.available,
    account.held,
    account.owed,
    account.lastAt,
    ...(accounts.columns === settingColumns ? settingCells(account, at) : []),
  ])
  for (const grant of account.grants) {
    const known = before?.grants.find(({ id }) => id === grant.id)
    if (known === undefined) rows.grant.push(grantCells(grant, at, ix))
    else if (known !== grant || !isOpen(grant, at)) rows.burnt.push(burntCells(grant, at, ix))
  }
  const allowances = new Set(before?.allowances)
  for (const allowance of account.allowances) {
    if (allowances.has(allowance)) continue
    const { id, planId, cadence, anchor, timeZone, credits, perSeat, nextPeriod, nextAt, ended } = allowance
    rows.allowance.push([ix, id, planId, cadence, anchor, timeZone, credits, perSeat, nextPeriod, nextAt, ended])
  }
  for (const hold of change.holds.values()) rows.hold.push(holdCells(hold, ix))
  for (const posting of change.postings) addPosting(rows.entry, posting, ix)
  for (const { key, command } of change.commands) {
    const { fingerprint, revision, decidedAt, outcome } = command
    rows.command.push([ix, key, fingerprint, revision, decidedAt, JSON.stringify(outcome)])
  }
  for (const { revision, number, type, at: noticedAt, amount } of change.notices) {
    rows.notice.push([ix, revision, number, type, noticedAt, amount])
  }
}

/** Whether nothing but the team's position in its ledger has changed. */
function keepsSettings({ before, account, at }: TeamChange): boolean {
  if (account === null || before === account) return true
  return (
    before !== null &&
    before.planId === account.planId &&
    before.name === account.name &&
    before.seats === account.seats &&
    before.topUpsEnabled === account.topUpsEnabled &&
    before.threshold === account.threshold &&
    before.alert === account.alert &&
    before.lastEvent === account.lastEvent &&
    before.nextHoldDeadline === account.nextHoldDeadline &&
    nextBoundary(before) === nextBoundary(account, at)
  )
}

const settingCells = (account: Account, at: number): Cell[] => [
  account.name,
  account.planId,
  account.seats,
  account.topUpsEnabled,
  account.threshold !== null && 'credits' in account.threshold ? account.threshold.credits : null,
  account.threshold !== null && 'percent' in account.threshold ? account.threshold.percent : null,
  account.alert,
  account.lastEvent.revision,
  account.lastEvent.number,
  account.nextHoldDeadline,
  nextBoundary(account, at),
]

const burntCells = (grant: Grant, at: number, ix: number): Cell[] => [
  ix,
  grant.id,
  grant.available,
  grant.held,
  grant.spent,
  grant.expired,
  grant.revoked,
  grant.clawedBack,
  isOpen(grant, at),
]

const grantCells = (grant: Grant, at: number, ix: number): Cell[] => [
  ix,
  grant.id,
  grant.kind,
  grant.priority,
  grant.startsAt,
  grant.expiresAt,
  grant.granted,
  grant.available,
  grant.held,
  grant.spent,
  grant.expired,
  grant.revoked,
  grant.clawedBack,
  grant.source,
  grant.allowance?.id ?? null,
  grant.allowance?.period ?? null,
  isOpen(grant, at),
]

const holdCells = (hold: Hold, ix: number): Cell[] => [
  ix,
  hold.id,
  hold.state,
  hold.amount,
  hold.captured,
  remainingOf(hold),
  hold.expiresAt,
  hold.reference,
  hold.memberId,
  hold.rateCardVersion,
  JSON.stringify(hold.lines.map(storeLine)),
  JSON.stringify(hold.slices.map(storeSlice)),
]

/** The posting's own facts stand on its last entry. */
function addPosting(entries: Rows, posting: Posting, ix: number): void {
  for (const entry of posting.entries) {
    const last = entry.revision === posting.revision
    entries.push([
      ix,
      entry.revision,
      entry.grantId,
      entry.from,
      entry.to,
      entry.amount,
      entry.availableAfter,
      entry.heldAfter,
      entry.owedAfter,
      posting.at,
      posting.revision,
      last ? posting.entries.length : null,
      last ? posting.type : null,
      last ? posting.change : null,
      last ? posting.memberId : null,
      last ? posting.reference : null,
      last ? posting.reason : null,
      last ? posting.holdId : null,
      last ? posting.chargeId : null,
      last ? posting.rateCardVersion : null,
      entry.line,
      entry.rate,
      entry.use?.quantity ?? null,
      entry.use?.count ?? null,
      entry.use?.money?.amount ?? null,
      entry.use?.money?.currency ?? null,
    ])
  }
}
