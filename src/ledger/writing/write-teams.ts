import type { QueryConfig, QueryResult } from 'pg'
import type { Account } from '../../domain/account.ts'
import { isOpen } from '../../domain/grant.ts'
import type { TeamId } from '../../domain/identity.ts'
import { isWritten, type TeamChange } from '../deciding/team-change.ts'
import { Rows } from './sql-rows.ts'
import type { Table } from './table.ts'
import { accountPosition, accountWhole, keepsSettings } from './tables/account.ts'
import { writeStatement } from './write-statement.ts'
import { type TableName, tableNames, tables } from './written-tables.ts'

type Queries = { query(config: QueryConfig): Promise<QueryResult> }

/**
 * The effects of a batch on a team, and the team's next version. Each write has a new, random version. Versions are
 * never counted up: two processes that each write once must not come to the same one.
 */
export type TeamWrite = { readonly change: TeamChange; readonly version: number }

export const newVersion = (): number => 1 + Math.floor(Math.random() * 2 ** 52)

/**
 * Writes the effects of a batch, all in one statement and one round trip. Returns the teams that were written: those
 * whose version was still the one that the decision started from. Nothing is written for the others.
 *
 * `assumedNow`: the clock reading of a decision without a reading; the database checks it. Throws a unique violation if
 * an idempotency key or a source has been used meanwhile; then nothing is written.
 */
export async function writeTeams(
  client: Queries,
  writes: readonly TeamWrite[],
  assumedNow: number | null,
): Promise<ReadonlySet<TeamId>> {
  const account = writes.every(({ change }) => changesPositionOnly(change)) ? accountPosition : accountWhole
  const accounts = new Rows(account)
  const rows = newRows()
  writes.forEach(({ change, version }, ix) => {
    if (change.account === null || !isWritten(change)) return
    accounts.push(change.account, { version, at: change.at }, ix)
    addRows(rows, change, change.account, ix)
  })
  if (accounts.length === 0) return new Set()

  const filled = tableNames
    .filter((table) => rows[table].length > 0)
    .map((table) => ({ table, ...(tables[table].overwrites ? rows[table].whole() : rows[table].compact()) }))
  const guarded = assumedNow !== null
  const tablesName = filled.map(({ table, name }) => `-${table}${name}`).join('')
  const combination = `${guarded ? '-guarded' : ''}${account === accountWhole ? '-settings' : ''}${tablesName}`
  const values = [
    ...(guarded ? [assumedNow] : []),
    ...accounts.parameters(),
    ...filled.flatMap(({ parameters }) => parameters),
  ]
  const written = await client.query({ ...writeStatement(combination, guarded, account.columns, filled), values })
  return new Set(written.rows.map((row: { team_id: TeamId }) => row.team_id))
}

type RowsOf = {
  readonly [Name in TableName]: (typeof tables)[Name] extends Table<infer Source, infer Context>
    ? Rows<Source, Context>
    : never
}

/** `Object.fromEntries` forgets which name has which rows. */
const newRows = () =>
  Object.fromEntries(tableNames.map((name) => [name, new Rows<never, never>(tables[name])])) as unknown as RowsOf

function addRows(rows: RowsOf, change: TeamChange, account: Account, ix: number): void {
  const { before, at } = change
  for (const grant of account.grants) {
    const known = before?.grants.find(({ id }) => id === grant.id)
    if (known === undefined) rows.grant.push(grant, at, ix)
    else if (known !== grant || !isOpen(grant, at)) rows.burnt.push(grant, at, ix)
  }
  for (const allowance of changed(account.allowances, before?.allowances)) rows.allowance.push(allowance, null, ix)
  for (const stored of changed(account.stored, before?.stored)) rows.stored.push(stored, null, ix)
  for (const limit of changed(account.limits, before?.limits)) rows.limit.push(limit, null, ix)
  for (const group of changed(account.groups, before?.groups)) rows.group.push(group, null, ix)
  for (const hold of change.holds.values()) rows.hold.push(hold, null, ix)
  for (const posting of change.postings) {
    for (const entry of posting.entries) rows.entry.push(entry, posting, ix)
  }
  for (const command of change.commands) rows.command.push(command, null, ix)
  for (const [number, audit] of change.audits.entries()) rows.audit.push(audit, { number, at }, ix)
  for (const notice of change.notices) rows.notice.push(notice, null, ix)
  for (const purchase of change.purchases) rows.purchase.push(purchase, null, ix)
  for (const posted of change.posted) rows.posted.push(posted, null, ix)
  for (const clawback of change.clawbacks) rows.clawback.push(clawback, null, ix)
}

/** The items that the batch created or changed: an unchanged item is the very same object. */
function changed<T>(now: readonly T[], before: readonly T[] | undefined): readonly T[] {
  if (now === before) return []
  const known = new Set(before)
  return now.filter((one) => !known.has(one))
}

/** Whether nothing but the team's position in its ledger has changed. */
const changesPositionOnly = ({ before, account, at }: TeamChange): boolean =>
  account === null || before === account || (before !== null && keepsSettings(before, account, at))
