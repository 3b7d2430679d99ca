import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type SpawnedGateway, spawnGateway, startGateway, stopped } from '../setup/gateway.ts'
import { grant, makeTeam } from '../setup/operator.ts'
import { expectExactlyOnce, expectSound, Load } from '../setup/under-load.ts'

const teams = ['one', 'two', 'three']
const rounds = 4

let home: TestDatabase

beforeAll(async () => {
  home = await createTestDatabase()
})

afterAll(() => home?.drop())

test('a gateway that is killed under load loses nothing it acknowledged and does nothing twice', async () => {
  let gateway: SpawnedGateway = await spawnGateway({ DATABASE_URL: home.url })
  for (const team of teams) {
    await makeTeam(gateway.url, team)
    await grant(gateway.url, team, '10000000')
  }
  const load = new Load(() => gateway.url, teams, 24)
  for (let round = 0; round < rounds; round += 1) {
    await load.more(150)
    gateway.child.kill('SIGKILL')
    await stopped(gateway.child)
    await expectSound(home.url)
    gateway = await spawnGateway({ DATABASE_URL: home.url })
  }
  await load.more(50)
  const asked = await load.stop()
  gateway.child.kill('SIGKILL')
  expect(load.retried).toBeGreaterThan(0)

  const last = await startGateway({ databaseUrl: home.url })
  await expectExactlyOnce(last.url, home.url, asked)
  await last.close()
}, 120_000)
