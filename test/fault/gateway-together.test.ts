import { rm } from 'node:fs/promises'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import { makeFolder } from '../setup/folders.ts'
import { ask, type SpawnedGateway, spawnGateway, stopped } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam, resultOf } from '../setup/operator.ts'
import { expectSound } from '../setup/under-load.ts'

let dataDir: string
let gateways: SpawnedGateway[] = []

beforeEach(async () => {
  dataDir = await makeFolder('credits-together-')
})

afterEach(async () => {
  for (const { child } of gateways) child.kill('SIGTERM')
  await Promise.all(gateways.map(({ child }) => stopped(child)))
  gateways = []
  await rm(dataDir, { recursive: true, force: true })
})

async function together(count: number, env: Record<string, string>): Promise<SpawnedGateway[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => spawnGateway(env)))
  gateways.push(...started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])))
  expect(started.filter(({ status }) => status === 'rejected')).toEqual([])
  return gateways
}

const urlOf = (gateway: SpawnedGateway | undefined) => gateway?.url ?? ''

async function expectOneLedger(all: readonly SpawnedGateway[]): Promise<void> {
  await makeTeam(urlOf(all[0]), 'shared')
  const charged = await Promise.all(
    Array.from({ length: 40 }, (_, index) => charge(urlOf(all[index % all.length]), 'shared')),
  )
  expect(charged.map(({ __typename }) => __typename)).toEqual(Array(40).fill('Charge'))
  for (const { url } of all) expect(await balanceOf(url, 'shared')).toMatchObject({ available: '46000' })
}

test('four gateways that start at once on one fresh database share one ledger', async () => {
  const home = await createTestDatabase()
  const client = new pg.Client({ connectionString: home.url })
  await client.connect()
  await client.query('drop schema public cascade; create schema public')
  await client.end()
  await expectOneLedger(await together(4, { DATABASE_URL: home.url }))
  await expectSound(home.url)
  const query = '{ result: catalogs { origin } }'
  expect(resultOf(await ask(urlOf(gateways[0]), query))).toEqual([{ origin: 'FILE' }])
  for (const { child } of gateways) child.kill('SIGTERM')
  await Promise.all(gateways.map(({ child }) => stopped(child)))
  await home.drop()
}, 120_000)

test('four gateways that start at once on one fresh DATA_DIR share one PostgreSQL and one ledger', async () => {
  await expectOneLedger(await together(4, { DATA_DIR: dataDir }))
}, 120_000)

test('a second gateway on the same DATA_DIR joins, and the first may leave', async () => {
  const [first] = await together(1, { DATA_DIR: dataDir })
  const [, second] = await together(1, { DATA_DIR: dataDir })
  await makeTeam(urlOf(first), 'joined')
  expect(await balanceOf(urlOf(second), 'joined')).toMatchObject({ available: '50000' })
  if (first === undefined) throw new Error('It did not start')
  first.child.kill('SIGTERM')
  await stopped(first.child)
  await charge(urlOf(second), 'joined')
  expect(await balanceOf(urlOf(second), 'joined')).toMatchObject({ available: '49900' })
}, 120_000)
