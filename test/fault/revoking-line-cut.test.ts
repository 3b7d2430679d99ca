import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { connectBy, newKey, revokeKey, revokeTokens, status } from '../setup/credentials.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'
import { type UnreliableLine, unreliableLine } from '../setup/unreliable-line.ts'
import { Watch } from '../setup/watching.ts'

const patience = { timeout: 20_000, interval: 50 }
const team = 'cut-off'

let home: TestDatabase
let line: UnreliableLine
let gateway: Gateway
let other: Gateway

beforeAll(async () => {
  home = await createTestDatabase()
  line = await unreliableLine(home.url)
  gateway = await startGateway({ databaseUrl: line.url })
  other = await startGateway({ databaseUrl: home.url })
  await makeTeam(gateway.url, team)
})
afterEach(() => line.mend())
afterAll(async () => {
  await gateway?.close()
  await other?.close()
  await line?.close()
  await home?.drop()
})

const query = 'subscription { balance { available } }'
const token = (member: string) => tokenFor({ team, member, role: 'MEMBER' })

test('during an outage whoever is known is taken as before, and an unknown key is told to come again', async () => {
  const [known, unknown] = [await newKey(other.url, team), await newKey(other.url, team)]
  expect(await status(gateway.url, known.secret)).toBe(200)
  line.cut()
  expect(await status(gateway.url, known.secret)).toBe(200)
  expect(await status(gateway.url, await token('ana'))).toBe(200)
  const { errors } = await ask(gateway.url, '{ viewer { role } }', {}, unknown.secret)
  expect(errors?.[0]?.extensions?.code).toBe('LEDGER_UNAVAILABLE')
  const { client, closed } = connectBy(gateway.url, unknown.secret)
  await expect(new Watch(client, query).next()).rejects.toMatchObject({ code: 1013 })
  expect(await closed).toMatchObject({ code: 1013 })
  line.mend()
  await vi.waitFor(async () => expect(await status(gateway.url, unknown.secret)).toBe(200), patience)
})

test('what another gateway revokes during an outage ends what it feeds when the outage is over', async () => {
  const key = await newKey(other.url, team)
  const old = await token('ben')
  const opened = [connectBy(gateway.url, key.secret), connectBy(gateway.url, old)]
  const stays = connectBy(gateway.url, await token('ana'))
  const watching = [...opened, stays].map(({ client }) => new Watch(client, query))
  await Promise.all(watching.map((watch) => watch.next()))
  line.cut()
  await revokeKey(other.url, key)
  await revokeTokens(other.url, { teamId: team, memberId: 'ben' })
  expect(await status(other.url, key.secret)).toBe(401)
  expect(await status(gateway.url, key.secret)).toBe(200)
  line.mend()
  for (const { closed } of opened) expect(await closed).toMatchObject({ code: 4403 })
  expect(await status(gateway.url, key.secret)).toBe(401)
  expect(await status(gateway.url, old)).toBe(401)
  expect(await status(gateway.url, await token('ana'))).toBe(200)
  await stays.client.dispose()
})
