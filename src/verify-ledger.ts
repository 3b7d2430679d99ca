import pino from 'pino'
import { readConfig } from './config.ts'
import { hasCluster } from './database/cluster.ts'
import { startEmbedded } from './database/embedded.ts'
import { migratedHere } from './database/migrate.ts'
import { openDatabase } from './database/open.ts'
import { type Verdict, verifyLedger } from './ledger/verify/verify-ledger.ts'
import { runProgram } from './program.ts'

/** There is no ledger to look at; the message says what to do. */
class NothingToVerify extends Error {
  override readonly name = 'NothingToVerify'
}

const startOnce = 'start the gateway once with the same settings (npm start), then run this again'

/**
 * `npm run verify-ledger`: a line for each invariant; exits with 1 where one is broken, or there is no ledger. Makes
 * nothing, and is safe while gateways run.
 */
async function main(): Promise<boolean> {
  const config = readConfig(process.env)
  if (config.databaseUrl === undefined && !(await hasCluster(config.dataDir))) {
    throw new NothingToVerify(
      `There is no database in ${config.dataDir}: ${startOnce}, or set DATA_DIR or DATABASE_URL`,
    )
  }
  const log = pino({ level: 'warn' }, pino.destination(2))
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config.dataDir, log) : undefined
  try {
    const url = config.databaseUrl ?? embedded?.url ?? ''
    const database = await openDatabase({ url, poolSize: 1, log, applicationName: 'verify-ledger' })
    try {
      if (!(await migratedHere(database))) {
        throw new NothingToVerify(`The database lacks the tables of this version: ${startOnce}`)
      }
      const verdicts = await verifyLedger(database)
      for (const verdict of verdicts) console.log(lineOf(verdict))
      return verdicts.every(({ violations }) => violations === 0)
    } finally {
      await database.close()
    }
  } finally {
    await embedded?.release()
  }
}

function lineOf({ name, says, violations, examples }: Verdict): string {
  if (violations === 0) return `ok      ${name}: ${says}`
  const rows = examples.map((example) => `\n          ${JSON.stringify(example)}`).join('')
  return `BROKEN  ${name}: ${says}\n        ${violations} violations, such as:${rows}`
}

await runProgram(main)
