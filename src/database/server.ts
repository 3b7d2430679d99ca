import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { announcedProcess } from './announced-process.ts'
import { type Cluster, indent, prepareServerLog } from './cluster.ts'
import { codeOf } from './errors.ts'
import { EmbeddedPostgresError, runProgram } from './server-program.ts'

export type ServerSettings = Readonly<Record<string, string | number>>

/**
 * The name of the one connection by which a gateway shows that it uses the server. Earlier releases use the same name.
 */
const keeperName = 'credits-gateway keeper'
/** The connection for a superuser's tasks at a start and at an end; no gateway keeps it open. */
const superuserName = 'credits-gateway superuser'
const patienceMs = 60_000
const pollMs = 50

/** Full durability, sized for a small machine. */
const defaults: ServerSettings = {
  listen_addresses: '127.0.0.1',
  // The path of a socket is limited to about 100 characters; DATA_DIR is not.
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_connections: 200,
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  // Filling a new segment with zeroes stops every commit for some 50 ms, again and again while the log grows.
  wal_init_zero: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * A superuser's connection to the cluster's server. The server is started unless it runs already: left by a gateway
 * that was killed, or used by another one. `settings` apply only if it is started here; `port` is used again if it is
 * still free.
 *
 * The caller holds the start lock. Takes at most about a minute, or as long as PostgreSQL recovers from a crash.
 *
 * @throws {EmbeddedPostgresError} with the end of the server's log.
 */
export async function joinServer(cluster: Cluster, settings: ServerSettings, port?: number): Promise<pg.Client> {
  let giveUpAt = performance.now() + patienceMs
  let failure = 'its process lives but does not answer'
  while (performance.now() < giveUpAt) {
    const seen = await postmaster(cluster)
    const client = seen && (await connectTo(cluster, seen.port))
    if (client instanceof pg.Client) return client
    if (client === 'not yet') giveUpAt = performance.now() + patienceMs
    if (client === 'not yet' || seen?.alive) {
      await delay(pollMs)
      continue
    }
    const started = await startServer(cluster, { ...defaults, ...settings, port: port ?? (await freePort()) })
    if (started.code === 0) continue
    failure = `its log ends with\n${indent(started.log || started.output)}\n`
    if (/address already in use/i.test(started.log)) port = undefined
    else if (/lock file .* already exists/i.test(started.log)) await forgetDeadPostmaster(cluster)
    // Backends of a killed postmaster hold the shared memory until they notice.
    else if (!/still in use/i.test(started.log)) break
    await delay(pollMs)
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${cluster.dir} could not be started, ${failure}; correct what ${cluster.logPath} names, or set DATABASE_URL to a PostgreSQL that you run`,
  )
}

/** A superuser's connection to the cluster's server if it runs and answers. */
export async function findServer(cluster: Cluster): Promise<pg.Client | undefined> {
  const seen = await postmaster(cluster)
  const client = seen && (await connectTo(cluster, seen.port))
  return client instanceof pg.Client ? client : undefined
}

/** The connection by which a gateway shows that it uses the server. */
export async function openKeeper(url: string): Promise<pg.Client> {
  const keeper = new pg.Client({ connectionString: url, application_name: keeperName, keepAlive: true })
  // Without a listener a lost connection would end the process.
  keeper.on('error', () => undefined)
  await keeper.connect()
  return keeper
}

/** How many gateways besides the keeper's use the server right now. */
export async function otherKeepers(superuser: pg.Client, keeper: pg.Client): Promise<number> {
  const { rows } = await superuser.query<{ others: number }>(
    'select count(*)::int as others from pg_stat_activity where application_name = $1 and pid is distinct from $2',
    [keeperName, announcedProcess(keeper)],
  )
  return rows[0]?.others ?? 0
}

/** Stops the server after a last checkpoint, and closes all its connections. Does nothing if no server runs. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const stopped = await runProgram('pg_ctl', ['stop', '-D', cluster.dir, '-m', 'fast', '-w', '-t', '60'], cluster.user)
  if (stopped.code === 0 || /PID file .* does not exist|No such process/i.test(stopped.output)) return
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL in ${cluster.dir} did not stop:\n${indent(stopped.output)}\nIt keeps running and the next start joins it; look into ${cluster.logPath}`,
  )
}

async function startServer(cluster: Cluster, settings: ServerSettings) {
  const { size: before } = await prepareServerLog(cluster)
  const options = Object.entries(settings).map(([name, value]) => `-c "${name}=${value}"`)
  const args = ['start', '-D', cluster.dir, '-w', '-t', '3600', '-s', '-l', cluster.logPath, '-o', options.join(' ')]
  const { code, output } = await runProgram('pg_ctl', args, cluster.user)
  const written = code === 0 ? '' : (await readFile(cluster.logPath)).subarray(before).toString()
  return { code, output, log: written.trim().split('\n').slice(-20).join('\n') }
}

/**
 * The content of `postmaster.pid`, if there is one: the port that the server listens on, and whether the process is
 * this server.
 */
async function postmaster(cluster: Cluster): Promise<{ port: number; alive: boolean } | undefined> {
  const lines = await readFile(join(cluster.dir, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  const [pid, , , port] = lines.map(Number)
  if (!pid || !port) return undefined
  return { port, alive: await worksIn(pid, cluster.dir) }
}

/**
 * A connection; 'not yet': the server is starting or stopping; undefined: there is none, or it belongs to somebody
 * else.
 */
async function connectTo(cluster: Cluster, port: number): Promise<pg.Client | 'not yet' | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: cluster.password,
    database: 'postgres',
    application_name: superuserName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  // Without a listener a lost connection would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    const at = rows[0]?.data_directory
    if (at && (await realpath(at)) === (await realpath(cluster.dir))) return client
  } catch (error) {
    if (codeOf(error) === '57P03') return 'not yet'
    // A wrong password matters only for the server that postmaster.pid names.
    if (codeOf(error)?.startsWith('28') && (await postmaster(cluster))?.alive) {
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL in ${cluster.dir} refuses the password kept beside it: restore postgres-password from a backup`,
        { cause: error },
      )
    }
  }
  await client.end().catch(() => undefined)
  return undefined
}

/**
 * PostgreSQL's processes have their data directory as working directory. Without /proc, a live process counts as ours.
 */
async function worksIn(pid: number, dir: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    return at === (await realpath(dir))
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/**
 * PostgreSQL recovers from the pid file of a dead server, unless another process or a zombie has its number. The file
 * may be removed only if no process of the old server is left: two servers on one directory destroy it.
 */
async function forgetDeadPostmaster(cluster: Cluster): Promise<void> {
  if (process.platform !== 'linux') return
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const left = await Promise.all(pids.map((pid) => worksIn(pid, cluster.dir)))
  if (!left.includes(true)) await rm(join(cluster.dir, 'postmaster.pid'), { force: true })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
