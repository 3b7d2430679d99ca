import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeFolder } from './folders.ts'
import { freePort } from './free-port.ts'

const noPgBouncer = spawnSync('pgbouncer', ['--version']).status !== 0

/** The name of a suite that needs PgBouncer. If the suite is skipped, the name says why. */
export const withPgBouncer = (name: string): string =>
  noPgBouncer ? `${name} (skipped: no pgbouncer on this machine; apt-get install pgbouncer)` : name

export { noPgBouncer }

export type PgBouncer = {
  /** The address of a database behind the pooler. */
  behind(databaseUrl: string): string
  stop(): Promise<void>
}

/** A PgBouncer for this test, in front of a server. */
export async function startPgBouncer(serverUrl: string, settings: Record<string, string>): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl)
  const dir = await makeFolder('credits-pgbouncer-')
  const port = await freePort()
  const own = { listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any' }
  const server = { host: hostname, port: serverPort, user: username, password: decodeURIComponent(password) }
  const lines = [
    '[databases]',
    `* = ${Object.entries(server)
      .map((pair) => pair.join('='))
      .join(' ')}`,
    '[pgbouncer]',
    ...Object.entries({ ...own, ...settings }).map((pair) => pair.join(' = ')),
  ]
  const path = join(dir, 'pgbouncer.ini')
  await chmod(dir, 0o755)
  await writeFile(path, lines.join('\n'))
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : []
  const child = spawn('pgbouncer', [...user, path], { stdio: ['ignore', 'ignore', 'pipe'] })
  await untilUp(child)
  return {
    behind: (databaseUrl) => Object.assign(new URL(databaseUrl), { port }).href,
    async stop() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function untilUp({ stderr }: ChildProcess): Promise<void> {
  let written = ''
  if (stderr === null) throw new Error('PgBouncer has no output')
  for await (const line of createInterface(stderr)) {
    written += `${line}\n`
    if (!line.includes('process up')) continue
    stderr.resume()
    return
  }
  throw new Error(`PgBouncer did not start:\n${written}`)
}
