import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { type Gateway, startGateway } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

type Seen = { balance: { available: string } }
const query = 'subscription { balance { available } }'
const rounds = 25

let home: TestDatabase
let gateway: Gateway
let other: Gateway
let clients: Client[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  gateway = await startGateway({ databaseUrl: home.url })
  other = await startGateway({ databaseUrl: home.url })
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

afterAll(async () => {
  await gateway?.close()
  await other?.close()
  await home?.drop()
})

function clientOf(url: string, team: string): Client {
  const client = connect(url, { team, role: 'VIEWER' })
  clients.push(client)
  return client
}

const left = (charges: number) => `${50_000 - 100 * charges}`

test.each([
  ['the same gateway', () => gateway],
  ['another gateway', () => other],
])(
  'a subscription that begins after a charge was answered begins with it: on %s, beside others that watch',
  async (name, where) => {
    const team = `answered on ${name}`
    await makeTeam(gateway.url, team)
    const client = clientOf(where().url, team)
    const others = Array.from({ length: 20 }, () => new Watch<Seen>(clientOf(where().url, team), query))
    for (const watched of others) expect((await watched.next()).balance.available).toBe(left(0))
    for (let charges = 1; charges <= rounds; charges += 1) {
      await charge(gateway.url, team)
      const watched = new Watch<Seen>(client, query)
      expect((await watched.next()).balance.available).toBe(left(charges))
      await watched.end()
    }
    for (const watched of others) await watched.until(({ balance }) => balance.available === left(rounds))
  },
)

test('a subscription that begins while nobody watches, and ends at once, begins with what was answered before it', async () => {
  await makeTeam(gateway.url, 'alone')
  const client = clientOf(gateway.url, 'alone')
  for (let charges = 1; charges <= rounds; charges += 1) {
    await charge(other.url, 'alone')
    const watched = new Watch<Seen>(client, query)
    expect((await watched.next()).balance.available).toBe(left(charges))
    await watched.end()
  }
})
