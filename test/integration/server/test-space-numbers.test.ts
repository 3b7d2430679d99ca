import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { type App, createApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { createTestDatabase, rowsIn, type TestDatabase } from '../../setup/database.ts'
import { makeFolder } from '../../setup/folders.ts'
import { ask, secret } from '../../setup/gateway.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'
import { spaceKey } from '../../setup/test-space.ts'

type Line = { readonly msg: string; readonly space?: string }

let home: TestDatabase
let homeOfTests: TestDatabase
let dataDir: string
let app: App
let testKey: string
/** The address of the test space's stand-in for Stripe. */
let standIn: string
let secretOfStandIn: string
const lines: Line[] = []
const linesOf = (text: string) => lines.filter(({ msg }) => msg.includes(text))

beforeAll(async () => {
  ;[home, homeOfTests] = [await createTestDatabase(), await createTestDatabase({ verified: false })]
  dataDir = await makeFolder('credits-test-space-numbers-')
  const earlier = await openSandbox({ dir: join(dataDir, 'test-sandbox') })
  secretOfStandIn = earlier.secretKey
  await earlier.close()
  const urls = { DATABASE_URL: home.url, TEST_DATABASE_URL: homeOfTests.url }
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DATA_DIR: dataDir, ...urls })
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const progress = (message: string) => {
    standIn = /the test space go to a stand-in for Stripe at (\S+):/.exec(message)?.[1] ?? standIn
  }
  app = await createApp(config, { log, demo: false, progress })
  await makeTeam(app.url, 'acme', 'pro')
  testKey = (await spaceKey(app.url)).secret
})
afterAll(async () => {
  await app?.close()
  await home?.drop()
  await homeOfTests?.drop()
  await rm(dataDir, { recursive: true, force: true })
})

test('a line of the log about the test space is marked, and one about production is not', () => {
  expect(linesOf('The test space is open')).toMatchObject([{ space: 'test' }])
  const [listening] = linesOf('The gateway listens')
  expect(listening).toBeDefined()
  expect(listening).not.toHaveProperty('space')
})

test('a request that the stand-in refuses is marked in the log, and no refusal of production', async () => {
  const body = JSON.stringify({ do: 'refuse', times: 1, error: { message: 'not permitted' } })
  const headers = { authorization: `Bearer ${secretOfStandIn}` }
  expect((await fetch(`${standIn}/sandbox/faults`, { method: 'POST', headers, body })).ok).toBe(true)
  await ask(app.url, 'mutation { saveTestCard(card: PAYS) }', {}, testKey)
  expect(linesOf('The Stripe key does not allow a request')).toMatchObject([{ space: 'test' }])
  expect(await metric(app.url, 'credits_stripe_refusals_total', { status: '403' })).toBe(0)
})

test('a defect of an operation in the test space is marked in the log', async () => {
  await rowsIn(homeOfTests.url, 'alter table audit_record rename to elsewhere')
  const { errors } = await ask(app.url, '{ team { auditLog(first: 1) { nodes { mutation } } } }', {}, testKey)
  await rowsIn(homeOfTests.url, 'alter table elsewhere rename to audit_record')
  expect(errors?.[0]?.extensions?.code).toBe('INTERNAL_SERVER_ERROR')
  expect(linesOf('An unexpected error was masked')).toMatchObject([{ space: 'test' }])
})

test('requests, sockets and subscriptions of the test space are apart from those of production', async () => {
  const answered = (space: object) => {
    return metric(app.url, 'credits_http_requests_total', { path: '/graphql', status: '200', ...space })
  }
  const tests = { space: 'test' }
  const before = { production: await answered({}), tests: await answered(tests) }
  await ask(app.url, '{ team { id } }', {}, testKey)
  await expect.poll(() => answered(tests)).toBe(before.tests + 1)
  expect(await answered({})).toBe(before.production)

  const socket = await RawSocket.open(app.url)
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${testKey}` } })
  expect(await socket.next()).toMatchObject({ type: 'connection_ack' })
  const query = 'subscription { balance { available } }'
  socket.send({ type: 'subscribe', id: randomUUID(), payload: { query } })
  expect(await socket.next()).toMatchObject({ type: 'next' })
  for (const name of ['credits_open_sockets', 'credits_subscriptions']) {
    expect([await metric(app.url, name), await metric(app.url, name, tests)]).toEqual([0, 1])
  }
  socket.socket.close(1000)
  await socket.closed
  while ((await metric(app.url, 'credits_open_sockets', tests)) > 0);
  const closed = (space: object) => metric(app.url, 'credits_sockets_closed_total', { code: '1000', ...space })
  expect([await closed({}), await closed(tests)]).toEqual([0, 1])
  await untilMetric(app.url, 'credits_http_requests_under_way', 1)
})
