import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { serverUser } from '../../src/database/server-program.ts'
import { makeFolder } from './folders.ts'
import { freePort } from './free-port.ts'

/** The path in Debian's package of the programs of the oldest version that the gateway supports. */
const programs = '/usr/lib/postgresql/15/bin'

export const noOldestPostgres = !existsSync(join(programs, 'postgres'))

/** The name of a suite that needs PostgreSQL 15. If the suite is skipped, the name says why. */
export const withOldestPostgres = (name: string): string =>
  noOldestPostgres ? `${name} (skipped: no PostgreSQL 15 on this machine; apt-get install postgresql-15)` : name

export type OldestPostgres = {
  /** An empty database on it. */
  readonly url: string
  stop(): Promise<void>
}

/** A PostgreSQL 15 for this test, which does not wait for the disk. */
export async function startOldestPostgres(): Promise<OldestPostgres> {
  const dir = await makeFolder('credits-oldest-')
  const data = join(dir, 'data')
  const user = await serverUser(data)
  if (user !== undefined) await chown(dir, user.uid, user.gid)
  const port = await freePort()
  const run = (program: string, ...args: string[]) => {
    const { status, error } = spawnSync(join(programs, program), args, { ...user, cwd: dir, stdio: 'ignore' })
    if (status !== 0) throw new Error(`${program} of PostgreSQL 15 failed`, { cause: error })
  }
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync')
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`
  run('pg_ctl', 'start', '-D', data, '-w', '-l', join(dir, 'log'), '-o', settings)
  const server = `postgres://postgres@127.0.0.1:${port}`
  const admin = new pg.Client({ connectionString: `${server}/postgres` })
  await admin.connect()
  await admin.query('create database credits').finally(() => admin.end())
  return {
    url: `${server}/credits`,
    async stop() {
      run('pg_ctl', 'stop', '-D', data, '-m', 'immediate', '-w')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
