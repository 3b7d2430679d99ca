import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { makeFolder } from '../../setup/folders.ts'
import { compileCache, secret, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts } from '../../setup/locked-accounts.ts'
import { untilMetric } from '../../setup/metrics.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

let home: TestDatabase
let dataDir: string
let started: ChildProcess[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  dataDir = await makeFolder('credits-supervised-')
})

afterAll(async () => {
  await home?.drop()
  await rm(dataDir, { recursive: true, force: true })
})

afterEach(() => {
  for (const { pid = 0 } of started) {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // The whole group has ended, as it should.
    }
  }
  started = []
})

type Supervised = { readonly npm: ChildProcess & { readonly stdout: Readable }; readonly url: string }

/** `npm start` in a process group of its own, as a supervisor or a shell starts it, once it has printed its address. */
async function npmStart(env: Record<string, string> = {}): Promise<Supervised> {
  const own = { NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, LOG_LEVEL: 'warn', DATABASE_URL: home.url }
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['start'], {
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...own, DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  started.push(npm)
  for await (const line of createInterface(npm.stdout)) {
    const url = /^Credits Gateway is at (\S+)/.exec(line)?.[1]
    if (url !== undefined) return { npm, url }
  }
  throw new Error('The gateway printed no address')
}

/** Both npm and the gateway hold this pipe: it closes when the last of them has ended. */
async function ended({ stdout }: Supervised['npm']): Promise<void> {
  stdout.resume()
  if (!stdout.closed) await once(stdout, 'close')
}

const requests = 20
const chargeOverSocket = `mutation ($key: String!) {
  result: chargeUsage(input: { idempotencyKey: $key, usage: [{ rate: "image.resize" }] }) { __typename } }`

/** While the team's charges wait: the signal is sent, and the lock released when the gateway accepts nothing more. */
async function expectToDrain(send: (npm: ChildProcess) => void): Promise<void> {
  const { npm, url } = await npmStart()
  const teamId = randomUUID()
  await makeTeam(url, teamId)
  const idle = await RawSocket.open(url)
  const busy = await RawSocket.open(url)
  await busy.init(`Bearer ${await tokenFor({ team: teamId, role: 'MEMBER' })}`)
  const lock = await lockAccounts(home.url)
  const charges = Array.from({ length: requests }, () => charge(url, teamId))
  busy.subscribe('1', chargeOverSocket, { key: randomUUID() })
  await untilMetric(url, 'credits_operations_under_way', requests + 1)

  send(npm)
  expect((await idle.closed).code).toBe(1012)
  await lock.release()
  const answers = await Promise.all(charges)
  expect(answers.map(({ __typename }) => __typename)).toEqual(Array(requests).fill('Charge'))
  expect(await busy.next()).toMatchObject({ id: '1', payload: { data: { result: { __typename: 'Charge' } } } })
  expect(await busy.next()).toEqual({ id: '1', type: 'complete' })
  expect((await busy.closed).code).toBe(1012)
  await ended(npm)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
  '%s to npm start: all that is under way is answered, sockets close with 1012, and nothing of the gateway is left',
  (signal) => expectToDrain((npm) => npm.kill(signal)),
)

test('npm start that is killed leaves no gateway behind', () => expectToDrain((npm) => npm.kill('SIGKILL')))

test('Ctrl-C in a terminal, which reaches npm and the gateway, is one request to stop, although npm forwards it', () =>
  expectToDrain(({ pid = 0 }) => process.kill(-pid, 'SIGINT')))

test('SIGTERM amid a start stops the embedded PostgreSQL, too', async () => {
  const fresh = await makeFolder('credits-supervised-')
  const { PATH } = process.env
  const child = spawn('node', ['src/main.ts'], {
    env: { PATH, NODE_COMPILE_CACHE: compileCache, NODE_ENV: 'test', PORT: '0', DATA_DIR: fresh, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  started.push(child)
  for await (const line of createInterface(child.stderr)) {
    if (line.includes('The embedded PostgreSQL is ready')) break
  }
  child.stderr.resume()
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  await expect(readFile(join(fresh, 'postgres/postmaster.pid'))).rejects.toThrow('ENOENT')
  await rm(fresh, { recursive: true, force: true })
})

test('a standard output and a standard error output that are closed end nothing', async () => {
  const { PATH } = process.env
  const child = spawn('node', ['src/main.ts'], {
    env: {
      PATH,
      NODE_COMPILE_CACHE: compileCache,
      NODE_ENV: 'test',
      PORT: '0',
      AUTH_SECRET: secret,
      LOG_LEVEL: 'trace',
      DATABASE_URL: home.url,
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  started.push(child)
  const exited = once(child, 'exit')
  child.stdout.destroy()
  const port = await portOf(child.stderr)
  child.stderr.destroy()
  const url = `http://127.0.0.1:${port}`
  await makeTeam(url, 'unheard')
  expect((await charge(url, 'unheard')).__typename).toBe('Charge')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

/** The gateway's address, as its log says. */
async function portOf(log: Readable): Promise<string> {
  for await (const line of createInterface(log)) {
    const port = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(line)?.[1]
    if (port !== undefined) return port
  }
  throw new Error('The gateway ended before it listened')
}
