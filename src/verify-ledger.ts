import pino from 'pino'
import { ConfigError, readConfig } from './config.ts'
import { startEmbedded } from './database/embedded.ts'
import { openDatabase } from './database/open.ts'
import { type Verdict, verifyLedger } from './ledger/verify/verify-ledger.ts'

/** `npm run verify-ledger`: a line for each invariant; exits with 1 where one is broken. Safe while gateways run. */
async function main(): Promise<boolean> {
  const config = readConfig(process.env)
  const log = pino({ level: 'warn' }, pino.destination(2))
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config.dataDir, log) : undefined
  try {
    const url = config.databaseUrl ?? embedded?.url ?? ''
    const database = await openDatabase({ url, poolSize: 1, log, applicationName: 'verify-ledger' })
    try {
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

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exitCode = 1
}
