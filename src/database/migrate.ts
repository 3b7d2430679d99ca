import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { migrationNames } from '../migrations/names.ts'
import { type Database, openDatabase } from './open.ts'

/** The database was migrated by a newer gateway than this one. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'

  constructor(unknown: readonly string[]) {
    super(
      `The database is newer than this gateway, which doesn't know ${unknown.join(', ')}: deploy the version that brought it (or a later one), or restore a backup from before`,
    )
  }
}

/** A migration failed; the database is as it was before. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed'

  constructor(cause: Error) {
    super(
      `The database could not be migrated and is as it was before: ${cause.message}. Go on with the former version of the gateway; if the database was changed by hand, undo that and start again`,
      { cause },
    )
  }
}

/** 'credits' in ASCII: any number that no other program on this database uses. */
const lockKey = '27991630990242931'
const pollMs = 50

/**
 * Brings the database to this build's schema, all pending migrations in one transaction. Gateways that start together
 * run each migration once: the others wait. Resolves to the names of those that ran here. Where nothing is pending, it
 * only reads.
 *
 * @throws {DatabaseTooNew} before anything is changed.
 * @throws {MigrationFailed} when a migration fails.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const executed = await executedIn(database)
  assertKnown(executed)
  if (lacksNone(executed)) return []
  return withMigrationLock(database.url, () => runPending(database))
}

/** Whether the database has every migration of this build. Changes nothing, also where it has never been migrated. */
export async function migratedHere(database: Pick<Database, 'pool'>): Promise<boolean> {
  return lacksNone(await executedIn(database))
}

async function executedIn({ pool }: Pick<Database, 'pool'>): Promise<readonly string[]> {
  const { rows: tables } = await pool.query(`select to_regclass('mikro_orm_migrations') is not null as begun`)
  if (!tables[0]?.begun) return []
  const { rows } = await pool.query<{ name: string }>('select name from mikro_orm_migrations')
  return rows.map(({ name }) => name)
}

const lacksNone = (executed: readonly string[]) => migrationNames.every((name) => executed.includes(name))

function assertKnown(executed: readonly string[]): void {
  const known: readonly string[] = migrationNames
  const unknown = executed.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new DatabaseTooNew(unknown)
}

/** On connections without a time limit for an answer: a migration may take its time. */
async function runPending({ url, log }: Database): Promise<readonly string[]> {
  const own = await openDatabase({ url, log })
  try {
    const { migrator } = await own.orm()
    assertKnown((await migrator.getExecuted()).map(({ name }) => name))
    const done = await migrator.up().catch((error) => {
      throw new MigrationFailed(error)
    })
    const ran = done.map(({ name }) => name)
    if (ran.length > 0) log.info({ migrations: ran }, 'The database was migrated')
    return ran
  } finally {
    await own.close()
  }
}

/** Polls, because a session that waits inside PostgreSQL keeps a snapshot that `create index concurrently` waits for. */
async function withMigrationLock<T>(url: string, run: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'credits-gateway migrate', keepAlive: true })
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error
  })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [lockKey])
      if (rows[0]?.ours) break
      await delay(pollMs)
    }
    const result = await run()
    if (lost) {
      throw new Error('The connection that guards migrations was lost: start the gateway again', { cause: lost })
    }
    return result
  } finally {
    // Ending the session releases the lock.
    await client.end().catch(() => undefined)
  }
}
