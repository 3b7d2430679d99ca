import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, on, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openSandbox } from '../src/sandbox.ts'
import { openEndpoint, openScene, sdkOf } from './scene.ts'

async function emptyDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test('State, keys, port and clock survive a restart, and undelivered events go on', async () => {
  const dir = await emptyDir()
  const first = await openSandbox({ dir })
  const created = await sdkOf(first).customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })
  first.clock.advance(3600)
  const before = first.clock.now()
  await first.close()

  const { sandbox, stripe } = await openScene({ dir })
  expect(sandbox).toMatchObject({ url: first.url, secretKey: first.secretKey, webhookSecret: first.webhookSecret })
  expect(sandbox.clock.now()).toBeGreaterThanOrEqual(before)
  expect(await stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })).toMatchObject({ id: created.id })
  const endpoint = await openEndpoint(sandbox.webhookSecret)
  sandbox.deliverTo(endpoint.url)
  await sandbox.idle()
  expect(endpoint.types()).toEqual(['customer.created'])
})

test('Two sandboxes on one directory have the same objects, and each event is delivered once', async () => {
  const dir = await emptyDir()
  const one = await openScene({ dir })
  const other = await openScene({ dir })
  const endpoint = await openEndpoint(one.sandbox.webhookSecret)
  one.sandbox.deliverTo(endpoint.url)
  other.sandbox.deliverTo(endpoint.url)
  const { id } = await one.stripe.customers.create()
  await other.stripe.customers.update(id, { name: 'Ana' })
  expect(await one.stripe.customers.retrieve(id)).toMatchObject({ name: 'Ana' })
  await Promise.all([one.sandbox.idle(), other.sandbox.idle()])
  expect(endpoint.types()).toEqual(['customer.created', 'customer.updated'])
})

test('Killed in the middle of a delivery, it goes on where it was', async () => {
  const dir = await emptyDir()
  const endpoint = await openSilentEndpoint()
  const killed = await start(dir, endpoint.url)
  const { id } = await sdkOf(killed).customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })
  const first = await endpoint.next()
  killed.process.kill('SIGKILL')
  await once(killed.process, 'exit')

  const again = await start(dir, endpoint.url)
  expect(again).toMatchObject({ url: killed.url, secretKey: killed.secretKey, webhookSecret: killed.webhookSecret })
  expect(await endpoint.next()).toBe(first)
  const stripe = sdkOf(again)
  expect(await stripe.customers.retrieve(id)).toMatchObject({ name: 'Ana' })
  expect(await stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'k1' })).toMatchObject({ id })
})

/** Takes what is delivered and never answers; `next` is the id of the next event. */
async function openSilentEndpoint(): Promise<{ url: string; next(): Promise<string> }> {
  const arrived = new EventEmitter()
  const server = createServer(async (request) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    arrived.emit('event', JSON.parse(Buffer.concat(chunks).toString()).id)
  })
  const events = on(arrived, 'event')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, next: async () => String((await events.next()).value) }
}

test('It does not open in production', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => void vi.unstubAllEnvs())
  await expect(openSandbox({ dir: null })).rejects.toThrow('STRIPE_SECRET_KEY')
})

type Started = { process: ChildProcess; url: string; secretKey: string; webhookSecret: string }

/** `npm run sandbox`, up and listening. */
async function start(dir: string, webhook: string): Promise<Started> {
  const child = spawn(process.execPath, ['packages/stripe-sandbox/src/main.ts'], {
    env: { ...process.env, NODE_ENV: 'test', DATA_DIR: dir, SANDBOX_WEBHOOK_URL: webhook },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const told = new Map<string, string>()
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^\s*(STRIPE_\w+)=(\S+)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) told.set(name, value)
    if (line.includes('Webhooks:')) break
  }
  const read = (name: string) => told.get(name) ?? ''
  return {
    process: child,
    url: read('STRIPE_API_URL'),
    secretKey: read('STRIPE_SECRET_KEY'),
    webhookSecret: read('STRIPE_WEBHOOK_SECRET'),
  }
}
