import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertReachable, EmbeddedPostgresError, runProgram, type ServerUser, serverUser } from './server-program.ts'

/**
 * The embedded PostgreSQL's files. A process that changes or starts it must hold the start lock of the data directory.
 */
export interface Cluster {
  /** PostgreSQL's own data directory. */
  readonly dir: string
  /** The log of the server; PostgreSQL appends to it. */
  readonly logPath: string
  readonly user: ServerUser
  /** The password of the superuser `postgres`. */
  readonly password: string
}

/**
 * The cluster in `<dataDir>/postgres`. It is created if there is none and `mayMake` is true.
 *
 * @throws {EmbeddedPostgresError} for data of another major version, of another user, or without its password.
 */
export async function openCluster(dataDir: string, mayMake: boolean, durable: boolean): Promise<Cluster> {
  const dir = join(dataDir, 'postgres')
  const user = await serverUser(dir)
  if (user) await assertReachable(join(dir, 'PG_VERSION'), user).catch(unlessMissing)
  const madeBy = await read(join(dir, 'PG_VERSION'))
  if (madeBy === undefined) {
    if (!mayMake) throw new EmbeddedPostgresError(`${dir} is gone: restore it from a backup, then start the gateway`)
    await makeCluster(dataDir, dir, user, durable)
  } else {
    await assertSameMajor(dir, madeBy, user)
  }
  const passwordPath = passwordPathIn(dataDir)
  const password = await read(passwordPath)
  if (!password) {
    throw new EmbeddedPostgresError(
      `${passwordPath} is missing but ${dir} needs it: restore that file from a backup, or set DATA_DIR to a new directory`,
    )
  }
  return { dir, logPath: join(dataDir, 'postgres.log'), user, password }
}

/** Whether a gateway has created its cluster there. Changes nothing. */
export const hasCluster = async (dataDir: string): Promise<boolean> =>
  (await read(join(dataDir, 'postgres', 'PG_VERSION'))) !== undefined

async function makeCluster(dataDir: string, dir: string, user: ServerUser, durable: boolean): Promise<void> {
  await rmdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return
    throw new EmbeddedPostgresError(
      `${dir} holds something that is not a PostgreSQL cluster (${error.code}): move it away, or set DATA_DIR to a new directory`,
    )
  })
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('postgres.new-')) await rm(join(dataDir, name), { recursive: true, force: true })
  }
  const password = randomBytes(24).toString('hex')
  await keepPassword(dataDir, password)

  // An interrupted initdb leaves half a cluster; under another name it is never taken for a whole one.
  const draft = join(dataDir, `postgres.new-${randomBytes(6).toString('hex')}`)
  const passwordFile = join(draft, 'password')
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
  if (user) await assertReachable(join(draft, 'data'), user)
  const made = await runProgram('initdb', initdbArguments(join(draft, 'data'), passwordFile, durable), user)
  if (made.code !== 0) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's initdb failed in ${dataDir}:\n${indent(made.output)}\nCorrect what it names (often: no space left), then start again`,
    )
  }
  await rename(join(draft, 'data'), dir)
  await rm(draft, { recursive: true, force: true })
  await syncDirectory(dataDir)
}

/** The built-in C.UTF-8 sorts the same on every machine, so moving the data can't corrupt an index. */
function initdbArguments(dir: string, passwordFile: string, durable: boolean): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  return [`--pgdata=${dir}`, ...access, ...locale, '--no-instructions', ...(durable ? [] : ['--no-sync'])]
}

async function assertSameMajor(dir: string, madeBy: string, user: ServerUser): Promise<void> {
  const { output } = await runProgram('postgres', ['--version'], user)
  const major = /PostgreSQL\)? (\d+)/.exec(output)?.[1]
  if (major === undefined) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's binary does not run here:\n${indent(output)}\nRun npm rebuild, or set DATABASE_URL to a PostgreSQL that you run`,
    )
  }
  if (madeBy === major) return
  throw new EmbeddedPostgresError(
    `${dir} was made by PostgreSQL ${madeBy}, but this gateway brings ${major}: with the gateway that made it, copy the data out (pg_dump), then load it into a new DATA_DIR (pg_restore)`,
  )
}

async function keepPassword(dataDir: string, password: string): Promise<void> {
  const path = passwordPathIn(dataDir)
  const draft = `${path}.new`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${password}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

function passwordPathIn(dataDir: string): string {
  return join(dataDir, 'postgres-password')
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  await directory.sync().finally(() => directory.close())
}

async function read(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(unlessMissing)
  return text?.trim()
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}

/** Makes the server's log writable for its user, and starts a new one when it has grown large. */
export async function prepareServerLog(cluster: Cluster): Promise<{ size: number }> {
  const size = await stat(cluster.logPath).then(
    (file) => file.size,
    () => 0,
  )
  if (size > 16 * 1024 * 1024) await rename(cluster.logPath, `${cluster.logPath}.1`)
  const file = await open(cluster.logPath, 'a', 0o600)
  try {
    if (cluster.user) await file.chown(cluster.user.uid, cluster.user.gid)
    return await file.stat()
  } finally {
    await file.close()
  }
}

export function indent(text: string): string {
  return text.trim().replace(/^/gm, '  ')
}
