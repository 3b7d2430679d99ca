import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openCluster } from '../../src/database/cluster.ts'
import { DataDirError } from '../../src/database/data-dir.ts'
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openDatabase } from '../../src/database/open.ts'
import { joinServer, stopServer } from '../../src/database/server.ts'
import { EmbeddedPostgresError, serverUser } from '../../src/database/server-program.ts'
import { makeFolder } from '../setup/folders.ts'

const isRoot = process.getuid?.() === 0
const log = pino({ level: 'silent' })
const careless = { fsync: 'off', shared_buffers: '16MB' }
const patience = { timeout: 20_000, interval: 20 }

/** A data directory with a cluster whose server has stopped. */
let made: string
let dataDir: string
let children: ChildProcess[]
let started: EmbeddedPostgres[]

beforeAll(async () => {
  made = await makeFolder('credits-embedded-made-')
  await (await startEmbedded(made, log, { settings: careless })).release()
})

afterAll(() => rm(made, { recursive: true, force: true }))

beforeEach(async () => {
  dataDir = await makeFolder('credits-embedded-')
  children = []
  started = []
})

afterEach(async () => {
  await Promise.all(started.map((postgres) => postgres.release()))
  for (const child of children) child.kill('SIGKILL')
  const pid = await postmasterPid().catch(() => undefined)
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGQUIT')
  if (pid !== undefined) await vi.waitUntil(() => !isAlive(pid), patience)
  await rm(dataDir, { recursive: true, force: true })
})

describe('gateways on one data directory', () => {
  test('a second process joins the server, and only the last to leave stops it', async () => {
    copyCluster()
    const first = await gateway()
    const second = await gateway()
    expect(second.url).toBe(first.url)
    const pid = await postmasterPid()

    await leave(first)
    expect(isAlive(pid)).toBe(true)
    expect(await answer(second.url, 'select 1 as answer')).toBe(1)

    await leave(second)
    await vi.waitUntil(() => !isAlive(pid), patience)
  })

  test('four that start at the same instant on a fresh directory share one server', async () => {
    const gateways = await Promise.all([gateway(), gateway(), gateway(), gateway()])
    expect(new Set(gateways.map(({ url }) => url)).size).toBe(1)
    expect(await answer(gateways[0]?.url, 'select 1 as answer')).toBe(1)
    await Promise.all(gateways.map(leave))
    await expect(postmasterPid()).rejects.toThrow('ENOENT')
  })

  test('one that starts while another stops gets a server that stays', async () => {
    copyCluster()
    const first = await gateway()
    const [, second] = await Promise.all([leave(first), gateway()])
    expect(await answer(second.url, 'select 1 as answer')).toBe(1)
  })

  test('two in one process share it too', async () => {
    copyCluster()
    const [first, second] = await Promise.all([start(), start()])
    expect(second?.url).toBe(first?.url)
    await first?.release()
    expect(await answer(second?.url, 'select 1 as answer')).toBe(1)
  })
})

describe('after a crash', () => {
  test('the next start takes over the server of a gateway that was killed, and then stops it', async () => {
    copyCluster()
    const killed = await gateway()
    await answer(killed.url, 'create table kept as select 42 as answer')
    const pid = await postmasterPid()
    await kill(killed)

    const next = await start()
    expect(await postmasterPid()).toBe(pid)
    expect(await answer(next.url, 'select answer from kept')).toBe(42)
    await next.release()
    await vi.waitUntil(() => !isAlive(pid), patience)
  })

  test('a server that was killed with its gateway is started again in spite of its stale pid file', async () => {
    copyCluster()
    const killed = await gateway()
    await answer(killed.url, 'create table kept as select 42 as answer')
    const pid = await postmasterPid()
    await kill(killed)
    process.kill(pid, 'SIGKILL')

    const next = await start()
    expect(await postmasterPid()).not.toBe(pid)
    expect(await answer(next.url, 'select answer from kept')).toBe(42)
  })

  test('a pid file whose number lives on as another process is overcome', async () => {
    copyCluster()
    const first = await start()
    const pidFile = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')
    await first.release()
    const user = await serverUser(join(dataDir, 'postgres'))
    const stranger = spawn('sleep', ['600'], { ...user })
    children.push(stranger)
    await once(stranger, 'spawn')
    await writeFile(join(dataDir, 'postgres/postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)))
    if (user) await chown(join(dataDir, 'postgres/postmaster.pid'), user.uid, user.gid)

    const next = await start()
    expect(await answer(next.url, 'select 1 as answer')).toBe(1)
    expect(await postmasterPid()).not.toBe(stranger.pid)
  })

  test('a server that dies under a running gateway comes back at the same address with its data', async () => {
    copyCluster()
    const { url } = await start()
    await answer(url, 'create table kept as select 42 as answer')
    process.kill(await postmasterPid(), 'SIGKILL')
    expect(await vi.waitFor(() => answer(url, 'select answer from kept'), patience)).toBe(42)
  })

  test('a server that dies under two gateways is started again once, and both use it', async () => {
    copyCluster()
    const [first, second] = await Promise.all([start(), gateway()])
    process.kill(await postmasterPid(), 'SIGKILL')
    await vi.waitFor(() => answer(second.url, 'select 1 as answer'), patience)
    const keepers = `select count(*)::int as answer from pg_stat_activity where application_name like '%keeper'`
    await vi.waitFor(async () => expect(await answer(first.url, keepers)).toBe(2), patience)
    await first.release()
    expect(await answer(second.url, 'select 1 as answer')).toBe(1)
  })

  test('a gateway killed during the very first initdb leaves nothing half made', async () => {
    const child = forkGateway()
    await initdbToBegin()
    child.kill('SIGKILL')
    await once(child, 'exit')

    const next = await start()
    expect(await answer(next.url, 'select 1 as answer')).toBe(1)
    expect((await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'))).toEqual([])
  })

  test('Ctrl-C in the terminal reaches the gateway but not the server', async () => {
    copyCluster()
    const child = forkGateway({ detached: true })
    const { url } = await ready(child)
    // A terminal sends the signal to the whole process group.
    process.kill(-Number(child.pid), 'SIGINT')
    await once(child, 'exit')
    expect(await answer(url, 'select 1 as answer')).toBe(1)
  })
})

describe("the gateway's role in its own database", () => {
  const isSuperuser = 'select rolsuper as answer from pg_roles where rolname = current_user'
  const foreign = `select coalesce(json_agg(relname::text), '[]') as answer from (
      select relname, relowner as owner from pg_class where relnamespace = 'public'::regnamespace
      union all select proname, proowner from pg_proc where pronamespace = 'public'::regnamespace
      union all select datname, datdba from pg_database where datname = current_database()
    ) made where owner <> current_user::regrole`

  test('is no superuser, owns all that it makes, and can reach nothing else', async () => {
    copyCluster()
    const { url } = await start()
    await migrated(url)
    expect(await answer(url, isSuperuser)).toBe(false)
    expect(await answer(url, foreign)).toEqual([])
    // Gateways that share a Redis know the database by it.
    expect(await answer(url, 'select system_identifier as answer from pg_control_system()')).toMatch(/^\d+$/)
    for (const sql of [
      `copy (select 1) to program 'true'`,
      `select pg_read_file('/etc/passwd')`,
      `alter role credits_gateway superuser`,
      'create role other',
      'create database other',
      `set session_replication_role = replica`,
    ]) {
      await expect(answer(url, sql), sql).rejects.toThrow(/permission denied/)
    }
  })

  test('takes over the data directory of the release before, in which all belonged to the superuser', async () => {
    copyCluster()
    const cluster = await openCluster(dataDir, false, false)
    await asReleaseBefore(cluster, async (url) => {
      await migrated(url)
      await answer(url, `insert into customer (team_id, id, created_at) values ('kept', 'cus_kept', now())`)
    })

    const taken = await start()
    expect(await answer(taken.url, isSuperuser)).toBe(false)
    expect(await answer(taken.url, foreign)).toEqual([])
    expect(await answer(taken.url, 'select count(*)::int as answer from customer')).toBe(1)
    await migrated(taken.url)
    // A later migration changes what an earlier release made.
    await answer(taken.url, 'alter table customer add column later int')
    await answer(taken.url, 'drop function refuse_change cascade')
    await taken.release()

    // A return to the release before makes tables of the superuser once more.
    await asReleaseBefore(cluster, (url) => answer(url, 'create table returned (at serial)'))
    const again = await start()
    expect(await answer(again.url, foreign)).toEqual([])
  })

  test('has a password that comes with that of the cluster', async () => {
    copyCluster()
    const first = await start()
    await first.release()
    await rm(dataDir, { recursive: true })
    await mkdir(dataDir, { mode: 0o711 })
    copyCluster()
    const { pathname, password } = new URL((await start()).url)
    expect({ pathname, password }).toEqual({ pathname: '/credits_gateway', password: new URL(first.url).password })
  })

  async function migrated(url: string): Promise<void> {
    const database = await openDatabase({ url, log, poolSize: 2 })
    await migrate(database).finally(() => database.close())
  }

  /** Works as the release before did: as the superuser, in a database that the superuser owns. */
  async function asReleaseBefore(
    cluster: Awaited<ReturnType<typeof openCluster>>,
    work: (url: string) => Promise<unknown>,
  ): Promise<void> {
    const superuser = await joinServer(cluster, careless)
    await superuser.query('alter database credits_gateway owner to postgres')
    const url = `postgres://postgres:${cluster.password}@127.0.0.1:${superuser.port}/credits_gateway`
    await work(url).finally(() => superuser.end())
    await stopServer(cluster)
  }
})

describe('a data directory that can not be used is refused with what to do', () => {
  test('below a regular file', async () => {
    await writeFile(join(dataDir, 'file'), '')
    await expect(startEmbedded(join(dataDir, 'file/data'), log)).rejects.toThrow(DataDirError)
    await expect(startEmbedded(join(dataDir, 'file/data'), log)).rejects.toThrow(/ENOTDIR.*Set DATA_DIR.*DATABASE_URL/)
    await expect(startEmbedded(join(dataDir, 'file'), log)).rejects.toThrow(/a file, not a directory/)
  })

  test('where no directory can be made', async () => {
    await expect(startEmbedded('/proc/credits', log)).rejects.toThrow(/\/proc\/credits can't be used.*Set DATA_DIR/)
  })

  test.runIf(isRoot)('on a read-only file system (needs root to mount one)', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', dataDir])
    try {
      await expect(startEmbedded(dataDir, log)).rejects.toThrow(/read-only \(EROFS\). Set DATA_DIR/)
      await expect(startEmbedded(join(dataDir, 'data'), log)).rejects.toThrow(/EROFS/)
    } finally {
      execFileSync('umount', [dataDir])
    }
  })

  test('made by another major version of PostgreSQL', async () => {
    copyCluster()
    await writeFile(join(dataDir, 'postgres/PG_VERSION'), '16\n')
    await expect(start()).rejects.toThrow(/made by PostgreSQL 16, but this gateway brings \d+.*pg_dump/)
  })

  test('holding something that is not a cluster', async () => {
    await mkdir(join(dataDir, 'postgres/photos'), { recursive: true })
    await expect(start()).rejects.toThrow(/not a PostgreSQL cluster.*move it away/)
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['photos'])
  })

  test('without the password of its cluster', async () => {
    copyCluster()
    await rm(join(dataDir, 'postgres-password'))
    await expect(start()).rejects.toThrow(/postgres-password is missing.*restore/)
  })

  test('whose server does not start: the end of its log is in the message', async () => {
    copyCluster()
    await writeFile(join(dataDir, 'postgres/postgresql.conf'), 'nonsense = 1\n')
    const failure = await start().catch((error: Error) => error)
    expect(failure).toBeInstanceOf(EmbeddedPostgresError)
    expect(String(failure)).toMatch(/unrecognized configuration parameter "nonsense"[\s\S]*postgres\.log/)
  })

  test.runIf(isRoot)('below a directory that the server user may not enter (only root has another user)', async () => {
    await chmod(dataDir, 0o700)
    await expect(startEmbedded(join(dataDir, 'data'), log)).rejects.toThrow(`chmod o+x ${dataDir}`)
    await chmod(dataDir, 0o711)
    started.push(await startEmbedded(join(dataDir, 'data'), log))
    await started[0]?.release()
  })
})

test('what is kept in the data directory is for its owner alone', async () => {
  await start()
  for (const name of ['postgres-password', 'postgres.lock', 'postgres.log', 'postgres']) {
    expect([name, (await stat(join(dataDir, name))).mode & 0o077]).toEqual([name, 0])
  }
})

test('a start after the first is fully durable', async () => {
  copyCluster()
  const durable = await startEmbedded(dataDir, log)
  started.push(durable)
  const settings = `select json_object_agg(name, setting) as answer from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses')`
  expect(await answer(durable.url, settings)).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '127.0.0.1',
  })
})

test.runIf(isRoot)('an ordinary user runs the server as itself (started from root here)', async () => {
  const nobody = 65_534
  await chown(dataDir, nobody, nobody)
  const child = forkGateway({ uid: nobody, gid: nobody })
  const { url } = await ready(child)
  expect((await stat(join(dataDir, 'postgres'))).uid).toBe(nobody)
  expect(await answer(url, 'select 1 as answer')).toBe(1)
  await leave({ child, url })

  // Root afterwards runs it as its owner and leaves no file behind that the owner can't use.
  await (await start()).release()
  await leave(await ready(forkGateway({ uid: nobody, gid: nobody })))
})

/** Fills `dataDir` with a cluster, if the test is not about making one. */
function copyCluster(): void {
  // With owners, which Node's own copy leaves behind.
  execFileSync('cp', ['-a', '--reflink=auto', `${made}/.`, dataDir])
}

interface Gateway {
  child: ChildProcess
  url: string
}

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbedded(dataDir, log, { settings: careless })
  started.push(postgres)
  return postgres
}

function gateway(): Promise<Gateway> {
  return ready(forkGateway())
}

function forkGateway(options: { uid?: number; gid?: number; detached?: boolean } = {}): ChildProcess {
  const execPath = resolve('node_modules/.bin/node')
  const child = fork(resolve('test/fault/embedded-process.ts'), [dataDir], { ...options, execPath, execArgv: [] })
  children.push(child)
  return child
}

async function ready(child: ChildProcess): Promise<Gateway> {
  const [message] = await once(child, 'message')
  if (message.error) throw new Error(message.error)
  return { child, url: message.url }
}

async function leave({ child }: Gateway): Promise<void> {
  child.send('release')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
}

async function kill({ child }: Gateway): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function initdbToBegin(): Promise<void> {
  for await (const name of eventsIn(dataDir)) if (name?.startsWith('postgres.new-')) return
}

async function* eventsIn(path: string): AsyncGenerator<string | null> {
  const watcher = watch(path)
  try {
    for (;;) yield (await once(watcher, 'change'))[1]
  } finally {
    watcher.close()
  }
}

async function answer(url: string | undefined, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query(sql).finally(() => client.end())
  return rows[0]?.answer
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
