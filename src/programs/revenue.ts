import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Database } from '../database/open.ts'
import { monthSpan } from '../domain/period.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { type OpenLedger, openLedger } from '../ledger/open-ledger.ts'
import { firstPlace, type RevenuePlace, readRevenuePage } from '../ledger/revenue-pages.ts'
import { NothingThere, onExistingLedger } from './existing-ledger.ts'
import { revenueCsv, revenueLine } from './revenue-csv.ts'
import { runProgram } from './run-program.ts'

const pageSize = 100
/** The ledger posts what time has brought about while a page is read. */
const poolSize = 4
const usage = 'Name one month: npm run -s revenue -- 2026-11 [--out FILE]'

/** `npm run -s revenue -- 2026-11`: the revenue of a month as CSV. Safe while gateways run. */
async function main(): Promise<boolean> {
  const options = { out: { type: 'string' } } as const
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  const [month, ...others] = positionals
  if (month === undefined || others.length > 0) {
    process.stderr.write(`${usage}\n`)
    return false
  }
  await onExistingLedger('revenue', (database) => write(database, month, values.out), poolSize)
  return true
}

async function write(database: Database, month: string, out: string | undefined): Promise<void> {
  const opened = await openLedger(database)
  try {
    const lines = Readable.from(linesOf(database, opened, month))
    if (out === undefined) await pipeline(lines, revenueCsv(), process.stdout, { end: false })
    else await pipeline(lines, revenueCsv(), createWriteStream(out))
  } finally {
    await opened.close()
  }
}

async function* linesOf(database: Database, { ledger, catalogs }: OpenLedger, month: string) {
  const now = await readClock(database)
  const span = monthSpan(month, catalogs.wholeAt(now).timeZone)
  if (span === undefined || span.startsAt > now) {
    throw new NothingThere(`'${month}' is no month that has begun. ${usage}`)
  }
  for (let place: RevenuePlace | null = firstPlace; place !== null; ) {
    const { rows, rest } = await readRevenuePage(database, ledger, span, { after: place, size: pageSize })
    for (const row of rows) yield revenueLine(month, row)
    place = rest
  }
}

await runProgram(main)
