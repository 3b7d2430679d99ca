import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import { type Cluster, openCluster } from './cluster.ts'
import { dataDirError, prepareDataDir } from './data-dir.ts'
import { withFileLock } from './file-lock.ts'
import { createOwnDatabase, gatewayUrl, prepareGatewayRole } from './gateway-role.ts'
import { findServer, joinServer, openKeeper, otherKeepers, type ServerSettings, stopServer } from './server.ts'
import { EmbeddedPostgresError } from './server-program.ts'

export interface EmbeddedPostgres {
  /**
   * Leads to the gateway's database in it, as a role that owns the database and is no superuser; holds the password. The
   * server listens on 127.0.0.1 only.
   */
  readonly url: string
  /**
   * The URL of another database in it, of the same role, which is created where it does not exist.
   *
   * @throws {EmbeddedPostgresError} while the server is away.
   */
  database(name: string): Promise<string>
  /** Stops the server unless another gateway uses it. Call it when all connections are closed; again is harmless. */
  release(): Promise<void>
}

interface Seat {
  readonly cluster: Cluster
  /**
   * A connection that is open for as long as this gateway uses the server. It shows other gateways that the server is
   * in use.
   */
  readonly keeper: pg.Client
}

/**
 * The embedded PostgreSQL in `<dataDir>/postgres`, made on the first start (seconds) and started or joined on later
 * ones (below a second or two). Gateways on one `dataDir` share one server and may start and stop at the same instant.
 *
 * The server outlives a gateway that is killed, and the next start takes it over. If the server itself dies while this
 * gateway runs, it is started again on the same port. `settings` override PostgreSQL's, if this call starts it.
 *
 * @throws {DataDirError} when `dataDir` can't be written.
 * @throws {EmbeddedPostgresError} when PostgreSQL can't be prepared or started; the message says what to do.
 */
export async function startEmbedded(
  dataDir: string,
  log: Logger,
  options: { settings?: ServerSettings } = {},
): Promise<EmbeddedPostgres> {
  const directory = resolve(dataDir)
  const settings = options.settings ?? {}
  const releasing = new AbortController()
  await prepareDataDir(directory)
  const first = await takeSeat(directory, settings)
  const { port } = first.keeper
  log.info({ port, dataDir: directory }, 'The embedded PostgreSQL is ready')

  const guarded = guard(first, () => takeSeat(directory, settings, port), log, releasing.signal)
  const release = async () => {
    releasing.abort()
    const last = await guarded
    await withStartLock(directory, () => leaveSeat(last, log))
  }
  let released: Promise<void> | undefined
  return {
    url: gatewayUrl(first.cluster, port),
    database: (name) => withStartLock(directory, () => ensureDatabase(first.cluster, port, name)),
    release: () => {
      released ??= release()
      return released
    },
  }
}

/** `formerPort`: given, the data must exist, so that deleted data never comes back as an empty ledger. */
function takeSeat(dataDir: string, settings: ServerSettings, formerPort?: number): Promise<Seat> {
  return withStartLock(dataDir, async () => {
    const cluster = await openCluster(dataDir, formerPort === undefined, settings.fsync !== 'off')
    const superuser = await joinServer(cluster, settings, formerPort)
    await prepareGatewayRole(superuser, cluster).finally(() => superuser.end())
    return { cluster, keeper: await openKeeper(gatewayUrl(cluster, superuser.port)) }
  }).catch((error) => {
    throw dataDirError(dataDir, error)
  })
}

async function ensureDatabase(cluster: Cluster, port: number, name: string): Promise<string> {
  const superuser = await findServer(cluster)
  if (superuser === undefined) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL in ${cluster.dir} does not answer: look into ${cluster.logPath}`,
    )
  }
  await createOwnDatabase(superuser, name).finally(() => superuser.end())
  return gatewayUrl(cluster, port, name)
}

async function leaveSeat({ cluster, keeper }: Seat, log: Logger): Promise<void> {
  const superuser = await findServer(cluster)
  const others = superuser && (await otherKeepers(superuser, keeper).finally(() => superuser.end()))
  await keeper.end()
  if (others === undefined) return
  if (others > 0) {
    log.info({ others }, 'The embedded PostgreSQL keeps running: other gateways use it')
    return
  }
  await stopServer(cluster)
}

/** Watches over the server until `signal`; the result is the seat held then. */
async function guard(seat: Seat, retake: () => Promise<Seat>, log: Logger, signal: AbortSignal): Promise<Seat> {
  const { port } = seat.keeper
  while (await lost(seat.keeper, signal)) {
    log.error({ serverLog: seat.cluster.logPath }, 'The embedded PostgreSQL went away; starting it again')
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      try {
        seat = await retake()
        if (seat.keeper.port === port) log.info({ port }, 'The embedded PostgreSQL is back')
        else log.fatal({ port }, 'The embedded PostgreSQL is back on another port: restart the gateway')
        break
      } catch (error) {
        log.error({ err: error }, 'The embedded PostgreSQL could not be started again; trying further')
        await delay(pauseMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }
  return seat
}

function lost(keeper: pg.Client, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    keeper.once('end', () => resolve(true))
    signal.addEventListener('abort', () => resolve(false), { once: true })
  })
}

function withStartLock<T>(dataDir: string, run: () => Promise<T>): Promise<T> {
  return withFileLock(join(dataDir, 'postgres.lock'), run)
}
