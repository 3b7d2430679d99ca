import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { codeOf } from './errors.ts'
import { ReadingLineFull, ReadingLines } from './reading-lines.ts'

/** The reading took longer than it may. Its statement is cancelled in the database. */
export class ReadingOverdue extends Error {
  override readonly name = 'ReadingOverdue'
}

/** The caller no longer waits for the reading. Its statement is cancelled in the database. */
export class ReadingAbandoned extends Error {
  override readonly name = 'ReadingAbandoned'
}

export type ReadingClient = Pick<pg.PoolClient, 'query'>

/** One reading, whose turn it is. */
export type Reading = {
  /** All queries of `run` see the same state, however many commits happen meanwhile. */
  snapshot<T>(run: (client: ReadingClient) => Promise<T>): Promise<T>
}

export type Reader = {
  /** Readings of one caller wait for each other. */
  readonly caller: string
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
}

export type Readings = {
  /**
   * Runs `run` when it is the caller's turn, on connections that the ledger does not use. The deadline begins with the
   * call. When it passes, or the signal aborts, the running statement is cancelled in the database.
   *
   * @throws {ReadingLineFull} where too many readings of the caller wait, or one waited until its deadline.
   * @throws {ReadingOverdue} {ReadingAbandoned}
   */
  read<T>(reader: Reader, run: (reading: Reading) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type ReadingLimits = {
  readonly maxReadingConnections: number
  readonly maxRunningReadings: number
  readonly maxWaitingReadings: number
  readonly maxReadingMs: number
}

export const readingLimits: ReadingLimits = {
  maxReadingConnections: 6,
  maxRunningReadings: 2,
  maxWaitingReadings: 500,
  maxReadingMs: 10_000,
}

export type ReadingOptions = {
  readonly connection: pg.PoolConfig
  readonly log: Logger
  readonly limits?: Partial<ReadingLimits> | undefined
}

/** A cancelled statement ends at once. A connection on which it does not is destroyed. */
const maxCancelMs = 2_000
/** SQLSTATE of a statement that was cancelled, by us or by `statement_timeout`. */
const queryCanceled = '57014'

/** The connections that readings use, and the order in which callers use them. Opens no connection by itself. */
export function openReadings({ connection, log, limits: given }: ReadingOptions): Readings {
  const limits = { ...readingLimits, ...given }
  const { maxReadingMs } = limits
  const lines = new ReadingLines(limits)
  const pool = new pg.Pool({ ...connection, max: limits.maxReadingConnections })
  // A cancellation must not wait for the readings that it is to end.
  const cancelling = new pg.Pool({ ...connection, max: 1 })
  for (const each of [pool, cancelling]) {
    each.on('error', (error) => log.warn({ err: error }, 'An idle connection for readings was lost'))
    // The queries of a borrowed connection fail by themselves. An error that nobody hears would end the process.
    each.on('connect', (client) => client.on('error', () => undefined))
  }
  // Set in the transaction, because poolers pass on no options.
  const begin = `begin isolation level repeatable read read only; set local statement_timeout = ${maxReadingMs};
    select pg_backend_pid() as pid`

  async function snapshot<T>(run: (client: ReadingClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    const client = await borrow(pool, signal)
    // Sent together with the first query of `run`: the connection pipelines.
    // Several statements in one text have several results, which pg's types don't know.
    const begun = client.query(begin) as unknown as Promise<pg.QueryResult<{ pid: number }>[]>
    const guarded = { query: guardedQuery(client, signal) as ReadingClient['query'] }
    const work = Promise.all([begun, run(guarded)])
    try {
      const [, result] = await unlessAborted(work, signal)
      giveBack(client)
      return result
    } catch (error) {
      if (signal.aborted) {
        await cancel(begun, work)
        client.release(true)
        throw signal.reason
      }
      giveBack(client)
      throw codeOf(error) === queryCanceled ? overdue(maxReadingMs) : error
    }
  }

  /** The turn is not given to another reading before the database has stopped, or the connection is destroyed. */
  async function cancel(begun: Promise<pg.QueryResult<{ pid: number }>[]>, work: Promise<unknown>): Promise<void> {
    const stopped = begun
      .then(([, , last]) => cancelling.query('select pg_cancel_backend($1)', [last?.rows[0]?.pid ?? null]))
      .then(() => work)
      .catch(() => undefined)
    await Promise.race([stopped, delay(maxCancelMs)])
  }

  return {
    async read({ caller, signal }, run) {
      const ending = new AbortController()
      const leave = () => ending.abort(new ReadingAbandoned('Nobody waits for this reading any more'))
      const timer = setTimeout(() => ending.abort(overdue(maxReadingMs)), maxReadingMs)
      signal?.addEventListener('abort', leave, { once: true })
      if (signal?.aborted) leave()
      let turn = false
      try {
        return await lines.inTurn(caller, ending.signal, () => {
          turn = true
          return run({ snapshot: (query) => snapshot(query, ending.signal) })
        })
      } catch (error) {
        if (turn || !(error instanceof ReadingOverdue)) throw error
        throw new ReadingLineFull(`A reading waited for ${maxReadingMs} ms for others of its caller`)
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
      }
    },
    async close() {
      await Promise.all([pool.end(), cancelling.end()])
    },
  }
}

const overdue = (ms: number) => new ReadingOverdue(`A reading was stopped after ${ms} ms`)

/** After the end of a reading none of its queries reaches the database. */
const guardedQuery =
  (client: pg.PoolClient, signal: AbortSignal) =>
  async (...query: Parameters<pg.PoolClient['query']>): Promise<unknown> => {
    signal.throwIfAborted()
    return client.query(...query)
  }

/** A connection that comes too late for its reading goes back at once. */
async function borrow(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  const connecting = pool.connect()
  try {
    return await unlessAborted(connecting, signal)
  } catch (error) {
    if (signal.aborted) {
      connecting.then(
        (client) => client.release(),
        () => undefined,
      )
    }
    throw error
  }
}

function giveBack(client: pg.PoolClient): void {
  client.query('commit').then(
    () => client.release(),
    () => client.release(true),
  )
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
