import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { ask, spawnGateway, stopped } from '../setup/gateway.ts'
import { resultOf } from '../setup/operator.ts'
import { expectSound } from '../setup/under-load.ts'

let home: TestDatabase
let database: pg.Client
beforeAll(async () => {
  home = await createTestDatabase()
  database = new pg.Client({ connectionString: home.url })
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await home?.drop()
})

const text = `mutation ($input: ImportTeamsInput!) {
  result: importTeams(input: $input) { teamId created grants available problem } }`
const grants = Array.from({ length: 10 }, (_, index) => ({ source: `old:${index}`, amount: '1', kind: 'PACKAGE' }))
const teams = Array.from({ length: 1_000 }, (_, index) => ({ teamId: `team-${index}`, planId: 'pro', grants }))
type Imported = { created: boolean; grants: number; available: string; problem: string | null }
const importTeams = async (url: string) => resultOf<Imported[]>(await ask(url, text, { input: { teams } }))

const count = async (table: string) => Number((await database.query(`select count(*) from ${table}`)).rows[0].count)

test('an import whose gateway is killed between teams is completed by the same call, each grant once', async () => {
  const first = await spawnGateway({ DATABASE_URL: home.url })
  const cutOff = importTeams(first.url).catch(() => null)
  await expect.poll(() => count("account where team_id like 'team-%'")).toBeGreaterThan(0)
  first.child.kill('SIGKILL')
  await Promise.all([stopped(first.child), cutOff])
  await expectSound(home.url)
  const before = await count("account where team_id like 'team-%'")

  const second = await spawnGateway({ DATABASE_URL: home.url })
  const answers = await importTeams(second.url)
  expect(answers.filter(({ created }) => created)).toHaveLength(1_000 - before)
  for (const { problem, available, grants, created } of answers) {
    expect({ problem, available, grants }).toEqual({ problem: null, available: '10', grants: created ? 10 : 0 })
  }
  expect(await count("credit_grant where source like 'old:%'")).toBe(10_000)
  expect(await count("audit_record where mutation = 'importTeams'")).toBe(1_000)
  await expectSound(home.url)
  second.child.kill('SIGKILL')
  await stopped(second.child)
})
