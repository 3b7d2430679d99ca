import pino from 'pino'
import { readConfig } from '../config.ts'
import { hasCluster } from '../database/cluster.ts'
import { startEmbedded } from '../database/embedded.ts'
import { migratedHere } from '../database/migrate.ts'
import { type Database, openDatabase } from '../database/open.ts'

/** There is nothing to look at; the message says what to do. */
export class NothingThere extends Error {
  override readonly name = 'NothingThere'
}

const startOnce = 'start the gateway once with the same settings (npm start), then run this again'

/**
 * Runs on the database that a gateway of the same environment uses. Makes nothing, and is safe while gateways run.
 *
 * @throws {NothingThere} where there is no database, or not the tables of this version.
 */
export async function onExistingLedger<T>(
  program: string,
  run: (database: Database) => Promise<T>,
  poolSize = 1,
): Promise<T> {
  const config = readConfig(process.env)
  if (config.databaseUrl === undefined && !(await hasCluster(config.dataDir))) {
    throw new NothingThere(`There is no database in ${config.dataDir}: ${startOnce}, or set DATA_DIR or DATABASE_URL`)
  }
  const log = pino({ level: 'warn' }, pino.destination(2))
  const embedded = config.databaseUrl === undefined ? await startEmbedded(config.dataDir, log) : undefined
  try {
    const url = config.databaseUrl ?? embedded?.url ?? ''
    const database = await openDatabase({ url, poolSize, log, applicationName: program })
    try {
      if (!(await migratedHere(database))) {
        throw new NothingThere(`The database lacks the tables of this version: ${startOnce}`)
      }
      return await run(database)
    } finally {
      await database.close()
    }
  } finally {
    await embedded?.release()
  }
}
