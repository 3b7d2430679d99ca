import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/database/open.ts'
import { type Verdict, verifyLedger } from '../../src/ledger/verify/verify-ledger.ts'

export interface TestDatabase {
  readonly url: string
  /**
   * Closes all connections to the database. Fails if an invariant of the ledger is broken, whatever the test was about.
   */
  drop(): Promise<void>
}

/**
 * A migrated, empty database of the test's own; a test file that made one drops it in `afterAll`. `verified: false`: the
 * test breaks it on purpose.
 */
export async function createTestDatabase(options: { verified?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(`create database ${name} template template_ledger strategy file_copy`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  const drop = async () => {
    const broken = options.verified === false ? [] : await brokenInvariants(url.href)
    await onServer(`drop database if exists ${name} with (force)`)
    if (broken.length > 0) throw new Error(`The test leaves a broken ledger: ${JSON.stringify(broken)}`)
  }
  let dropped: Promise<void> | undefined
  return {
    url: url.href,
    drop: () => {
      dropped ??= drop()
      return dropped
    },
  }
}

/** A database for one test that breaks it on purpose. */
export async function withDatabase(run: (database: Database) => Promise<void>): Promise<void> {
  const home = await createTestDatabase({ verified: false })
  const database = await openDatabase({ url: home.url, log: pino({ level: 'silent' }) })
  try {
    await run(database)
  } finally {
    await database.close()
    await home.drop()
  }
}

/** The rows of a query; none of several statements. */
export async function rowsIn(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return (await client.query(sql).finally(() => client.end())).rows ?? []
}

/** The invariants of the ledger that do not hold there; none in a sound one. */
export async function brokenInvariants(url: string): Promise<Verdict[]> {
  const database = await openDatabase({ url, poolSize: 1, log: pino({ level: 'silent' }) })
  try {
    return (await verifyLedger(database)).filter(({ violations }) => violations > 0)
  } finally {
    await database.close()
  }
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
