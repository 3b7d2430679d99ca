import { parseArgs } from 'node:util'
import type { Database } from '../database/open.ts'
import { type TeamId, teamId } from '../domain/identity.ts'
import { openCatalogs } from '../ledger/catalogs/open-catalogs.ts'
import { readActivity } from '../ledger/history/activity.ts'
import { readOpenHolds } from '../ledger/history/holds.ts'
import { wholeSpan } from '../ledger/rows/span.ts'
import { createTeamReader } from '../ledger/team-reader.ts'
import { NothingThere, onExistingLedger } from './existing-ledger.ts'
import { runProgram } from './run-program.ts'
import { type TeamReport, tablesOf } from './team-report.ts'

const maxOpenHolds = 50
const postings = 20
const usage = 'Name one team: npm run -s team -- ID'
const everything = { from: null, to: null, types: null, memberId: null, rate: null, references: null }

/** `npm run -s team -- acme`: how a team stands now. Reads only, and is safe while gateways run. */
async function main(): Promise<boolean> {
  const [id, ...others] = parseArgs({ allowPositionals: true }).positionals
  if (id === undefined || others.length > 0) {
    process.stderr.write(`${usage}\n`)
    return false
  }
  const report = await onExistingLedger('team', (database) => readReport(database, teamId(id)))
  for (const { title, rows } of tablesOf(report)) {
    console.log(`\n${title}`)
    if (rows.length === 0) console.log('none')
    else console.table(rows)
  }
  return true
}

async function readReport(database: Database, id: TeamId): Promise<TeamReport> {
  const catalogs = await openCatalogs(database)
  try {
    const team = await createTeamReader(database, catalogs).read(id)
    if (team === null)
      throw new NothingThere(`There is no team '${id}': look for it by a part of its name at /operator`)
    const openHolds = await readOpenHolds(database.pool, id, wholeSpan, maxOpenHolds)
    const last = { filter: everything, span: wholeSpan, limit: postings }
    const { items } = await readActivity(database.pool, id, last)
    return { ...team, openHolds, lastPostings: items }
  } finally {
    await catalogs.close()
  }
}

await runProgram(main)
