import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { createTestDatabase, rowsIn, type TestDatabase } from '../../setup/database.ts'
import { makeFolder } from '../../setup/folders.ts'
import { ask, production, secret, spawnGateway, startGateway, stopped, tokenFor } from '../../setup/gateway.ts'
import { makeTeam, resultOf } from '../../setup/operator.ts'
import { spaceKey } from '../../setup/test-space.ts'

let home: TestDatabase
let homeOfTests: TestDatabase
let dataDir: string

beforeAll(async () => {
  home = await createTestDatabase()
  homeOfTests = await createTestDatabase()
  dataDir = await makeFolder('credits-test-space-')
})
afterAll(async () => {
  await home?.drop()
  await homeOfTests?.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const garbage = `cg_test_${'x'.repeat(43)}`
const reading = '{ result: team { balance { available } } }'
const available = async (url: string, key: string) =>
  resultOf<{ balance: { available: string } }>(await ask(url, reading, {}, key)).balance.available
const listing = '{ result: team { apiKeys(space: TEST) { id } } }'
const admin = () => tokenFor({ team: 'acme', role: 'ADMIN' })
const charging = `mutation ($key: String!) { result: chargeUsage(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: $key }) { __typename } }`
const saving = 'mutation { result: saveTestCard(card: PAYS) }'
const buying = `mutation ($key: String!) {
  result: purchaseCredits(input: { packageId: "starter", pay: SAVED_METHOD, idempotencyKey: $key }) { ... on Purchase { state } } }`
const bought = async (url: string, key: string) => {
  expect(resultOf(await ask(url, saving, {}, key))).toBe('PAYS')
  return resultOf(await ask(url, buying, { key: randomUUID() }, key))
}

test('a gateway without a test space says what its operator sets', async () => {
  const gateway = await startGateway()
  try {
    await makeTeam(gateway.url, 'acme', 'pro')
    const refused = await spaceKey(gateway.url)
    expect(refused).toMatchObject({ __typename: 'InvalidInput', message: expect.stringContaining('TEST_DATABASE_URL') })
    expect(resultOf(await ask(gateway.url, listing, {}, await admin()))).toEqual({ apiKeys: [] })
    const [error] = (await ask(gateway.url, reading, {}, garbage)).errors ?? []
    expect(error?.extensions?.code).toBe('UNAUTHENTICATED')
    expect(error?.message).toContain('TEST_DATABASE_URL')
  } finally {
    await gateway.close()
  }
})

describe('TEST_DATABASE_URL', () => {
  const startedWith = (databaseUrl: string, TEST_DATABASE_URL: string) =>
    startGateway({ databaseUrl, env: { TEST_DATABASE_URL, DATA_DIR: dataDir } })

  test('serves the same test space after a restart, and in each gateway', async () => {
    const first = await startedWith(home.url, homeOfTests.url)
    await makeTeam(first.url, 'acme', 'pro')
    const { secret: key } = await spaceKey(first.url)
    expect(await bought(first.url, key)).toEqual({ state: 'PAID' })
    const second = await startedWith(home.url, homeOfTests.url)
    await ask(second.url, charging, { key: randomUUID() }, key)
    const left = await available(second.url, key)
    expect(await available(first.url, key)).toBe(left)
    await first.close()
    await second.close()
    const third = await startedWith(home.url, homeOfTests.url)
    expect(await available(third.url, key)).toBe(left)
    expect(await bought(third.url, key)).toEqual({ state: 'PAID' })
    await third.close()
  })

  test.each([
    ['names the database of production by another address', () => [home.url, `${home.url}?application_name=other`]],
    ['names a database in which production was', () => [homeOfTests.url, home.url]],
    ['names no database', () => [home.url, `${homeOfTests.url}_none`]],
  ])('that %s keeps the gateway from starting', async (_, urls) => {
    const [databaseUrl = '', testDatabaseUrl = ''] = urls()
    await expect(startedWith(databaseUrl, testDatabaseUrl)).rejects.toThrow(/TEST_DATABASE_URL|test space/)
  })

  const latest = 'select name from mikro_orm_migrations order by name desc limit 1'
  test.each([
    ['is claimed', ''],
    ['has teams from before there were spaces', 'drop table space;'],
  ])('that names an older database of production, which %s, leaves it as it is', async (_, before) => {
    const older = await createTestDatabase({ verified: false })
    const gateway = await startGateway({ databaseUrl: older.url })
    await makeTeam(gateway.url, 'acme', 'pro')
    await gateway.close()
    await rowsIn(older.url, `${before} delete from mikro_orm_migrations where name = (${latest})`)
    const migrated = await rowsIn(older.url, latest)
    await expect(startedWith(home.url, older.url)).rejects.toThrow('names a database of production')
    expect(await rowsIn(older.url, latest)).toEqual(migrated)
    await older.drop()
  })
})

test('a gateway with the embedded PostgreSQL opens its test space at its first use', async () => {
  const dir = await makeFolder('credits-test-space-embedded-')
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', AUTH_SECRET: secret, DATA_DIR: dir })
  const start = () =>
    createApp(config, {
      log: pino({ level: 'silent' }),
      demo: false,
      postgres: { fsync: 'off', shared_buffers: '16MB' },
    })
  try {
    const first = await start()
    await makeTeam(first.url, 'acme', 'pro')
    expect((await ask(first.url, reading, {}, garbage)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    expect(resultOf(await ask(first.url, listing, {}, await admin()))).toEqual({ apiKeys: [] })
    expect(existsSync(join(dir, 'test-sandbox'))).toBe(false)
    const [one, other] = await Promise.all([spaceKey(first.url), spaceKey(first.url)])
    await ask(first.url, charging, { key: randomUUID() }, one.secret)
    const left = await available(first.url, other.secret)
    expect(existsSync(join(dir, 'test-sandbox'))).toBe(true)
    await first.close()
    const second = await start()
    expect(await available(second.url, one.secret)).toBe(left)
    await second.close()
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('a gateway in production has a test space whose payments move no money', async () => {
  const [of, ofTests] = [await createTestDatabase(), await createTestDatabase()]
  const stripe = {
    STRIPE_SECRET_KEY: 'sk_live_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    STRIPE_API_URL: 'http://127.0.0.1:9',
  }
  const env = { DATABASE_URL: of.url, TEST_DATABASE_URL: ofTests.url, ...stripe, LOG_LEVEL: 'silent' }
  const { url, child } = await spawnGateway({ ...(await production()), ...env })
  try {
    await makeTeam(url, 'acme', 'pro')
    const { secret: key } = await spaceKey(url)
    expect(await bought(url, key)).toEqual({ state: 'PAID' })
  } finally {
    child.kill('SIGTERM')
    await stopped(child)
    await Promise.all([of.drop(), ofTests.drop()])
  }
  expect(child.exitCode).toBe(0)
})
