import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@redis/client'
import { freePort } from './free-port.ts'

export const noRedis = spawnSync('redis-server', ['--version']).status !== 0

/** The name of a suite that needs Redis. If the suite is skipped, the name says why. */
export const withRedis = (name: string): string =>
  noRedis ? `${name} (skipped: no redis-server on this machine; apt-get install redis-server)` : name

/** A redis-server for this test, which stores nothing on disk. */
export type TestRedis = {
  readonly url: string
  /** kill -9. */
  kill(): Promise<void>
  /** On the same port as before. */
  startAgain(): Promise<void>
  /** SIGSTOP: its port still accepts connections, but nothing answers. */
  freeze(): void
  thaw(): void
  /** Ends every connection. */
  cutOff(): Promise<void>
  /** The channels that have subscribers. */
  channels(): Promise<string[]>
  /** Every command from now on, until the test ends. */
  monitor(): Promise<readonly string[]>
  stop(): Promise<void>
}

export async function startRedis(...settings: string[]): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'credits-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const start = () => startServer(dir, ['--port', `${port}`, ...settings])
  let server = await start()
  const observers: ReturnType<typeof observer>[] = []
  const observe = async () => {
    const client = observer(url)
    client.on('error', () => undefined)
    observers.push(client)
    await client.connect()
    return client
  }
  const kill = async () => {
    server.kill('SIGKILL')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
  return {
    url,
    kill,
    async startAgain() {
      server = await start()
    },
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
    async cutOff() {
      const client = await observe()
      await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub', 'SKIPME', 'yes'])
      await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      client.destroy()
    },
    async channels() {
      const client = await observe()
      const channels = await client.sendCommand<string[]>(['PUBSUB', 'CHANNELS'])
      client.destroy()
      return channels.toSorted()
    },
    async monitor() {
      const client = await observe()
      const commands: string[] = []
      await client.monitor((command) => commands.push(String(command)))
      return commands
    },
    async stop() {
      for (const client of observers) client.destroy()
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const observer = (url: string) => createClient({ url, RESP: 3, socket: { reconnectStrategy: false } })

async function startServer(dir: string, settings: string[]): Promise<ChildProcess> {
  const careless = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  const server = spawn('redis-server', [...careless, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
  let written = ''
  for await (const line of createInterface(server.stdout)) {
    written += `${line}\n`
    if (!line.includes('Ready to accept connections')) continue
    server.stdout.resume()
    return server
  }
  throw new Error(`redis-server did not start:\n${written}`)
}
