import type { QueryConfig, QueryResult } from 'pg'
import { type Account, nextBoundary } from '../domain/account.ts'
import { isOpen } from '../domain/grant.ts'
import type { TeamId } from '../domain/identity.ts'
import * as cells from './cells.ts'
import { isWritten, type TeamChange } from './decide-batch.ts'
import { type Columns, Rows } from './sql-rows.ts'
import { overwritten, writeStatement } from './write-statement.ts'
import { positionColumns, settingColumns, type TableName, tableNames, tables } from './written-tables.ts'

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
  const settings = accounts.columns === settingColumns ? cells.ofSettings(account, at) : []
  accounts.push([...cells.ofPosition(account, version, ix), ...settings])
  for (const grant of account.grants) {
    const known = before?.grants.find(({ id }) => id === grant.id)
    if (known === undefined) rows.grant.push(cells.ofGrant(grant, at, ix))
    else if (known !== grant || !isOpen(grant, at)) rows.burnt.push(cells.ofBurnt(grant, at, ix))
  }
  for (const allowance of changed(account.allowances, before?.allowances)) {
    rows.allowance.push(cells.ofAllowance(allowance, ix))
  }
  for (const stored of changed(account.stored, before?.stored)) rows.stored.push(cells.ofStored(stored, ix))
  for (const limit of changed(account.limits, before?.limits)) rows.limit.push(cells.ofLimit(limit, ix))
  for (const hold of change.holds.values()) rows.hold.push(cells.ofHold(hold, ix))
  for (const posting of change.postings) {
    for (const entry of posting.entries) rows.entry.push(cells.ofEntry(entry, posting, ix))
  }
  for (const { key, command, audited } of change.commands) rows.command.push(cells.ofCommand(key, command, audited, ix))
  for (const [number, audit] of change.audits.entries()) rows.audit.push(cells.ofAudit(audit, number, at, ix))
  for (const notice of change.notices) rows.notice.push(cells.ofNotice(notice, ix))
  for (const purchase of change.purchases) rows.purchase.push(cells.ofPurchase(purchase, ix))
}

/** The items that the batch created or changed: an unchanged item is the very same object. */
function changed<T>(now: readonly T[], before: readonly T[] | undefined): readonly T[] {
  if (now === before) return []
  const known = new Set(before)
  return now.filter((one) => !known.has(one))
}

/** Whether nothing has changed but the team's position in its ledger. */
function keepsSettings({ before, account, at }: TeamChange): boolean {
  if (account === null || before === account) return true
  return (
    before !== null &&
    before.planId === account.planId &&
    before.name === account.name &&
    before.seats === account.seats &&
    before.topUpsEnabled === account.topUpsEnabled &&
    before.addOn === account.addOn &&
    before.purchases === account.purchases &&
    before.recharge === account.recharge &&
    before.paidThrough === account.paidThrough &&
    before.renews === account.renews &&
    before.surplus === account.surplus &&
    before.threshold === account.threshold &&
    before.alert === account.alert &&
    before.lastEvent === account.lastEvent &&
    before.nextHoldDeadline === account.nextHoldDeadline &&
    nextBoundary(before) === nextBoundary(account, at)
  )
}
