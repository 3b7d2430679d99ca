import { parseArgs } from 'node:util'
import { onExistingLedger } from './existing-ledger.ts'
import { kinds } from './export/kinds.ts'
import { type Format, formats, writeParts } from './export/write-parts.ts'
import { runProgram } from './run-program.ts'

/** With the pages of a kind, 50,000 events or 20,000 postings. */
const pagesPerPart = 10

const usage = `npm run -s export -- ${Object.keys(kinds).join('|')} [--format ${Object.keys(formats).join('|')}] [--out DIR] [--after CURSOR]
  events     the events of all teams in the order of platformEvents
  entries    every movement of credits, posting by posting, in the same order
  teams      the teams as they are posted now
  --out      the directory; export without it. A second run continues behind the last part there
  --after    the id of an event behind which a new export begins`

/** `npm run -s export -- events`: all of it, in parts. Safe while gateways run. */
async function main(): Promise<boolean> {
  const string = { type: 'string' } as const
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { format: { ...string, default: 'csv' }, out: { ...string, default: 'export' }, after: string },
  })
  const [name = '', ...others] = positionals
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  const { format, out: directory, after = null } = values
  if (kind === undefined || others.length > 0 || !isFormat(format)) {
    process.stderr.write(`${usage}\n`)
    return false
  }
  const written = (name: string, rows: number) => process.stdout.write(`${name}  ${rows} rows\n`)
  const options = { kind, format, directory, after, pagesPerPart, written }
  await onExistingLedger('export', (database) => writeParts(database, options))
  return true
}

const isFormat = (name: string): name is Format => Object.hasOwn(formats, name)

await runProgram(main)
