import { setTimeout as delay } from 'node:timers/promises'
import type { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import type { Logger } from 'pino'
import { codeOf, isConnectionLost } from './errors.ts'
import { openReadings, type ReadingLimits, type Readings } from './readings.ts'
import { retryConflicts } from './retry-conflicts.ts'
import { assertSuitable, DatabaseUnsuitable } from './server-requirements.ts'

export interface Database {
  /** Its connections send queries without waiting for earlier results; idle ones may break unharmed. */
  readonly pool: pg.Pool
  readonly url: string
  readonly log: Logger
  /** MikroORM, loaded and initialised by the first call, with at most two connections of its own. */
  orm(): Promise<MikroORM>
  /** A fresh EntityManager of `orm()`. */
  em(): Promise<MikroORM['em']>
  /**
   * Runs `run` in one transaction: committed when it returns, undone when it throws. Run again, up to 5 times in all,
   * when the database asks for it (serialization failure, deadlock), so `run` must have no effects of its own. After a
   * lost connection (`isConnectionLost`) the outcome is unknown, and the error is thrown without another try; one that
   * lets the database wait for 5 seconds between statements loses it.
   */
  transaction<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** Reads of one moment: all queries of `run` see the same state, however many commits happen meanwhile. */
  snapshot<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** Connections for what callers read, apart from the ledger's, so that readings can't take those. */
  readonly readings: Readings
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  /** Connections of `pool` at most; 10 by default. */
  readonly poolSize?: number
  readonly log: Logger
  readonly applicationName?: string
  /** A query that takes longer counts as a lost connection: a server that went silent must not hang its callers. */
  readonly queryTimeoutMs?: number
  /** How long a server that is starting up is waited for; 30,000 by default. */
  readonly patienceMs?: number
  readonly readingLimits?: Partial<ReadingLimits>
}

/** The database can't be reached or used; the message says what to check. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** A process that is frozen amid a transaction must not keep its teams locked. Set here, because poolers pass on no options. */
const begin = "begin; set local idle_in_transaction_session_timeout = '5s'"

/**
 * Connects, waiting with growing pauses for a server that is not there yet.
 *
 * @throws {DatabaseUnavailable} after `patienceMs`, or at once for faults that waiting won't cure.
 * @throws {DatabaseUnsuitable} where the gateway can't work with the server, or with the pooler in front of it.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  await awaitServer(url, log, options.patienceMs ?? 30_000)
  const connection = connectionOptions(options)
  const texts = { ...connection, types: textTypes() }
  const pool = new pg.Pool({ ...texts, max: options.poolSize ?? 10 })
  pool.on('error', (error) =>
    log.warn({ err: error }, 'An idle database connection was lost; the pool makes a new one'),
  )
  // pg takes its listener away while a connection is in use; an error without a listener ends the process.
  pool.on('connect', (client) => client.on('error', (error) => log.debug({ err: error }, 'A connection was lost')))
  let orm: Promise<MikroORM> | undefined
  const loadOrm = () => {
    orm ??= import('./orm.ts').then(({ openOrm }) => openOrm(url, connection, log))
    return orm
  }
  const readings = openReadings({ connection: texts, log, limits: options.readingLimits })
  return {
    pool,
    url,
    log,
    readings,
    orm: loadOrm,
    em: async () => (await loadOrm()).em.fork(),
    transaction: (run) => transaction(pool, run),
    snapshot: (run) => snapshot(pool, run),
    close: async () => {
      await Promise.all([pool.end(), readings.close(), orm?.then((opened) => opened.close(true))])
    },
  }
}

function connectionOptions(options: DatabaseOptions): pg.PoolConfig & { pipeline: boolean } {
  return {
    connectionString: options.url,
    application_name: options.applicationName ?? 'credits-gateway',
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: options.queryTimeoutMs,
  }
}

/** Dates, instants and intervals arrive as PostgreSQL writes them, as through MikroORM: a `Date` would lose microseconds. */
function textTypes(): InstanceType<typeof pg.TypeOverrides> {
  const types = new pg.TypeOverrides()
  const { DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL } = pg.types.builtins
  for (const oid of [DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL]) types.setTypeParser(oid, (text) => text)
  for (const oid of arraysOfTimes) types.setTypeParser(oid, pg.types.getTypeParser(textArray))
  return types
}

// Object ids in pg_type. Source: PostgreSQL 18, src/include/catalog/pg_type.dat.
const textArray: number = 1009
const arraysOfTimes = [1182, 1115, 1185, 1187]

const transaction = <T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
  retryConflicts(() => transactionOnce(pool, run))

async function transactionOnce<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  try {
    await client.query(begin)
    const result = await run(client)
    const { command } = await client.query('commit')
    // PostgreSQL answers the commit of a failed transaction with a rollback and no error.
    if (command !== 'COMMIT') {
      throw new Error(
        'The transaction was rolled back: a statement in it failed and its error was swallowed; rethrow it',
      )
    }
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function snapshot<T>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    // Sent together with what `run` asks first: the connection pipelines.
    const [, result] = await Promise.all([client.query('begin isolation level repeatable read read only'), run(client)])
    return result
  } finally {
    client.query('commit').then(
      () => client.release(),
      () => client.release(true),
    )
  }
}

async function awaitServer(url: string, log: Logger, patienceMs: number): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    const fault = await tryConnect(url, Math.max(1_000, giveUpAt - performance.now()))
    if (fault === undefined) return
    if (fault instanceof DatabaseUnsuitable) throw fault
    const mayPass = isConnectionLost(fault) || codeOf(fault) === '53300'
    if (!mayPass || performance.now() + pauseMs > giveUpAt) throw unavailable(url, fault, mayPass)
    log.warn({ reason: fault.message, pauseMs }, 'The database does not answer yet; trying again')
    await delay(pauseMs)
  }
}

async function tryConnect(url: string, timeoutMs: number): Promise<Error | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: Math.min(timeoutMs, 10_000) })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await assertSuitable(client, url)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.end().catch(() => undefined)
  }
}

function unavailable(url: string, fault: Error, waited: boolean): DatabaseUnavailable {
  const { hostname, port, pathname } = new URL(url)
  const where = `${hostname}:${port || 5432}${pathname}`
  const code = codeOf(fault) ?? ''
  const reason = fault.message || code
  const next = checks[code] ?? (waited ? reachable : 'Check DATABASE_URL and the log of that server')
  return new DatabaseUnavailable(`The database at ${where} can't be used: ${reason}. ${next}`, { cause: fault })
}

const reachable =
  'Check that the server runs, that host and port in DATABASE_URL are right, and that no firewall is between'

const checks: Record<string, string> = {
  '28P01': 'Check user and password in DATABASE_URL',
  '28000': "Check the user in DATABASE_URL and the server's pg_hba.conf; it may ask for ?sslmode=require",
  '3D000': 'Create that database (createdb), or correct its name in DATABASE_URL',
  '53300': "Raise the server's max_connections, or run fewer gateways",
  ENOTFOUND: 'Check the host name in DATABASE_URL',
}
