import type { QueryConfig, QueryResult } from 'pg'
import { type Account, nextBoundary } from '../domain/account.ts'
import type { Allowance } from '../domain/allowance.ts'
import { type Grant, isOpen } from '../domain/grant.ts'
import type { Hold } from '../domain/hold.ts'
import { remainingOf } from '../domain/hold.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Posting } from '../domain/posting.ts'
import type { SpendingLimit } from '../domain/spending-limit.ts'
import { storeCharged, storeLine, storeRollover, storeSlice } from '../domain/stored.ts'
import { isWritten, type TeamChange } from './decide-batch.ts'
import { type Cell, type Columns, Rows } from './sql-rows.ts'
import { overwritten, writeStatement } from './write-statement.ts'
import { positionColumns, settingColumns, type TableName, tableNames, tables } from './written-tables.ts'

type Queries = { query(config: QueryConfig): Promise<QueryResult> }

/**
 * What a batch decided for a team, and the version it is to have then. A version is new with each write and never
 * counted on: two processes that each write once must not come to the same one.
 */
export type TeamWrite = { readonly change: TeamChange; readonly version: number }

export const newVersion = (): number => 1 + Math.floor(Math.random() * 2 ** 52)

/**
 * Writes what a batch decided, all of it in one statement and one round trip, and tells which teams were written: those
 * whose version was still the one the decision started from. Of the others nothing is written.
 *
 * `assumedNow`: the clock reading that the decision was made with, where nothing was read for it; the database checks
 * it. Throws a unique violation where an idempotency key or a source has been used meanwhile; then nothing is written.
 */
export async function writeTeams(
  client: Queries,
  writes: readonly TeamWrite[],
  assumedNow: number | null,
): Promise<ReadonlySet<TeamId>> {
  const account: Columns = writes.every(({ change }) => keepsSettings(change)) ? positionColumns : settingColumns
  const accounts = new Rows(account)
  const rows = Object.fromEntries(tableNames.map((name) => [name, new Rows(tables[name].columns)])) as Record<
    TableName,
    Rows
  >
  writes.forEach(({ change, version }, ix) => {
    if (change.account !== null && isWritten(change)) addTeam(accounts, rows, change, change.account, version, ix)
  })
  if (accounts.length === 0) return new Set()

  const filled = tableNames
    .filter((table) => rows[table].length > 0)
    .map((table) => ({ table, ...(overwritten.has(table) ? rows[table].whole() : rows[table].compact()) }))
  const guarded = assumedNow !== null
  const tablesName = filled.map(({ table, name }) => `-${table}${name}`).join('')
  const combination = `${guarded ? '-guarded' : ''}${account === settingColumns ? '-settings' : ''}${tablesName}`
  const values = [
    ...(guarded ? [assumedNow] : []),
    ...accounts.parameters(),
    ...filled.flatMap(({ parameters }) => parameters),
  ]
  const written = await client.query({ ...writeStatement(combination, guarded, account, filled), values })
  return new Set(written.rows.map((row: { team_id: TeamId }) => row.team_id))
}

function addTeam(
  accounts: Rows,
  rows: Record<TableName, Rows>,
  change: TeamChange,
  account: Account,
  version: number,
  ix: number,
): void {
  const { before, at } = change
  accounts.push([
    ix,
    account.teamId,
    account.version,
    version,
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
    rows.allowance.push(allowanceCells(allowance, ix))
  }
  const stored = new Set(before?.stored)
  for (const one of account.stored) {
    if (stored.has(one)) continue
    rows.stored.push([ix, one.rate, one.amount, one.changedAt, one.accrued, one.dayEndsAt])
  }
  if (account.limits !== before?.limits) addLimits(rows.limit, account.limits, new Set(before?.limits), ix)
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

function addLimits(rows: Rows, limits: readonly SpendingLimit[], known: ReadonlySet<SpendingLimit>, ix: number): void {
  for (const limit of limits) {
    if (known.has(limit)) continue
    const { subject, id, per, credits, windowStart, resetsAt, used, setAt } = limit
    rows.push([ix, subject, id, per, credits, windowStart, resetsAt, used, setAt])
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
    before.addOn === account.addOn &&
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
  account.addOn.units,
  account.addOn.granted,
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

const allowanceCells = (allowance: Allowance, ix: number): Cell[] => [
  ix,
  allowance.id,
  allowance.kind,
  allowance.planId,
  allowance.reference,
  allowance.cadence,
  allowance.anchor,
  allowance.firstPeriod,
  allowance.timeZone,
  allowance.credits,
  allowance.perSeat,
  storeRollover(allowance.rollover),
  allowance.endsAt,
  allowance.nextPeriod,
  allowance.nextAt,
  allowance.ended,
]

const holdCells = (hold: Hold, ix: number): Cell[] => [
  ix,
  hold.id,
  hold.state,
  hold.amount,
  hold.captured,
  remainingOf(hold),
  hold.placedAt,
  hold.expiresAt,
  hold.reference,
  hold.memberId,
  hold.callerId,
  hold.rateCardVersion,
  JSON.stringify(hold.lines.map(storeLine)),
  JSON.stringify(hold.slices.map(storeSlice)),
  hold.charged === null ? null : JSON.stringify(storeCharged(hold.charged)),
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
