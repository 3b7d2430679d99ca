import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { signToken } from '../../src/access/tokens.ts'
import { type App, createApp, type Overrides } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Role } from '../../src/domain/role.ts'
import { createTestDatabase } from './database.ts'
import { makeFolder } from './folders.ts'
import { freePort } from './free-port.ts'

export const secret = 'a secret that only the tests know and long enough'

export type Gateway = {
  readonly url: string
  readonly databaseUrl: string
  close(): Promise<void>
}

export type GatewayOptions = Partial<Config> & Overrides & { env?: Record<string, string> }

/** A gateway in this process; without a `databaseUrl`, on a database of its own, which is dropped with it. */
export async function startGateway({
  env,
  log,
  routes,
  intervals,
  demo = false,
  ...config
}: GatewayOptions = {}): Promise<Gateway> {
  const own = config.databaseUrl === undefined ? await createTestDatabase() : null
  const databaseUrl = config.databaseUrl ?? own?.url ?? ''
  const dataDir = await makeFolder('credits-')
  const clean = () => rm(dataDir, { recursive: true, force: true })
  const given = { NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DEV_CLOCK: '1', DATA_DIR: dataDir, ...env }
  const read = readConfig(given)
  let app: App
  try {
    app = await createApp(
      { ...read, ...config, databaseUrl },
      { log: log ?? pino({ level: 'silent' }), routes, intervals, demo },
    )
  } catch (error) {
    await Promise.all([own?.drop(), clean()])
    throw error
  }
  return {
    url: app.url,
    databaseUrl,
    async close() {
      await app.close()
      await Promise.all([own?.drop(), clean()])
    },
  }
}

/** Code that Node compiled for one gateway, kept for the next: it saves two fifths of the processor time of a start. */
export const compileCache = resolve('node_modules/.cache/node-compile')

export type SpawnedGateway = { readonly url: string; readonly child: ChildProcess; readonly output: () => string }

/** A gateway as a process of its own, once it has printed its address. Rejects with its output if it ends before. */
export async function spawnGateway(env: Record<string, string>): Promise<SpawnedGateway> {
  const dataDir = await makeFolder('credits-')
  const own = { NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, LOG_LEVEL: 'warn', DATA_DIR: dataDir }
  const child = spawn(resolve('node_modules/.bin/node'), ['src/main.ts'], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  let written = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      written += chunk
    })
  }
  for await (const line of createInterface(child.stdout)) {
    const url = /^Credits Gateway is at (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return { url, child, output: () => written }
  }
  if (child.exitCode === null) await once(child, 'exit')
  throw new Error(written)
}

export const stopped = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit').then(() => undefined)

export type Caller = { team?: string; member?: string; name?: string; role?: Role; seconds?: number }

export const tokenFor = ({ team, member = 'ana', name, role = 'PLATFORM', seconds = 3600 }: Caller = {}) =>
  signToken(secret, { member, name, role, team }, seconds)

export type GraphqlAnswer = {
  data?: Record<string, never> | null
  errors?: { message: string; extensions?: Record<string, unknown> }[]
}

/** Sends one operation over HTTP, by default as the operator's backend. */
export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  token?: string,
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? (await tokenFor())}` },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as GraphqlAnswer
}

/** The environment of a gateway in production, without what a test is about: it is reached by its own address. */
export async function production(): Promise<Record<string, string>> {
  const port = `${await freePort()}`
  return { NODE_ENV: 'production', DEV_CLOCK: '', PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` }
}
