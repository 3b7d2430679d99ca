import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { ask, spawnGateway, stopped } from '../setup/gateway.ts'
import { resultOf } from '../setup/operator.ts'
import { expectSound } from '../setup/under-load.ts'

let home: TestDatabase
beforeAll(async () => {
  home = await createTestDatabase()
})
afterAll(() => home?.drop())

const followText = 'mutation ($input: FollowTeamsInput!) { result: followTeams(input: $input) { problem } }'
const overText = `mutation ($input: CutOverInput!) {
  result: cutOver(input: $input) { __typename ... on CutOver { available } ... on Error { message } } }`
const readText = '{ result: rehearsals(first: 100) { nodes { teamId } } }'
const ids = Array.from({ length: 100 }, (_, index) => `team-${index}`)
const startsAt = new Date(Date.now() - 3_600_000).toISOString()
const grants = [{ source: 'old:1', amount: '7', kind: 'PACKAGE' }]
const teams = ids.map((teamId) => ({ startsAt, team: { teamId, planId: 'pro', grants } }))

const cutOver = async (url: string, teamId: string) =>
  resultOf<{ available: string }>(
    await ask(url, overText, { input: { teamId, balance: '7', idempotencyKey: `over:${teamId}` } }),
  )

test('cut overs whose gateway is killed are completed by the same keys, each once', async () => {
  const first = await spawnGateway({ DATABASE_URL: home.url })
  await ask(first.url, followText, { input: { system: 'Old', teams } })
  const cutOff = ids.map((teamId) => cutOver(first.url, teamId).catch(() => null))
  await Promise.race(cutOff)
  first.child.kill('SIGKILL')
  await Promise.all([stopped(first.child), ...cutOff])
  await expectSound(home.url)

  const second = await spawnGateway({ DATABASE_URL: home.url })
  for (const teamId of ids) expect(await cutOver(second.url, teamId)).toMatchObject({ available: '7' })
  const { nodes } = resultOf<{ nodes: unknown[] }>(await ask(second.url, readText, {}))
  expect(nodes).toEqual([])
  await expectSound(home.url)
  second.child.kill('SIGKILL')
  await stopped(second.child)
})
