import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ledgerPatienceMs } from '../../src/ledger/retry-lost-connection.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../setup/operator.ts'
import { expectSound } from '../setup/under-load.ts'
import { type UnreliableLine, unreliableLine } from '../setup/unreliable-line.ts'
import { connect, Watch } from '../setup/watching.ts'

const patience = { timeout: 20_000, interval: 50 }

let home: TestDatabase
let line: UnreliableLine
let gateway: Gateway

beforeAll(async () => {
  home = await createTestDatabase()
})

beforeEach(async () => {
  line = await unreliableLine(home.url)
  gateway = await startGateway({ databaseUrl: line.url, intervals: { ledgerPatienceMs: 2_000 } })
})

afterEach(async () => {
  await expectSound(home.url)
  await gateway?.close()
  await line?.close()
})

afterAll(() => home?.drop())

const ready = () => vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200), patience)

/** The HTTP status of a balance that can't be read. */
async function statusOfBalance(team: string): Promise<unknown[]> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await tokenFor({ team, role: 'VIEWER' })}`,
    },
    body: JSON.stringify({ query: '{ team { balance { available } } }' }),
  })
  const { errors } = await response.json()
  return [response.status, response.headers.get('retry-after'), errors[0].extensions.code]
}

async function chargesOf(teamId: string): Promise<number> {
  const client = new pg.Client({ connectionString: home.url })
  await client.connect()
  const text = `select count(*)::int as charges from entry where team_id = $1 and type = 'CHARGE'`
  const { rows } = await client.query(text, [teamId])
  await client.end()
  return rows[0].charges
}

test('a commit whose answer is lost is not done again, by the gateway or by a client that asks again', async () => {
  await makeTeam(gateway.url, 'lost-answer')
  await charge(gateway.url, 'lost-answer')
  const key = randomUUID()
  const swallowed = line.deafen('write-guarded')
  const asked = charge(gateway.url, 'lost-answer', key)
  await swallowed
  await vi.waitFor(async () => expect(await chargesOf('lost-answer')).toBe(2), patience)
  line.cut()
  line.mend()
  const answer = await asked
  expect(answer).toMatchObject({ __typename: 'Charge', amount: '100' })
  expect(await charge(gateway.url, 'lost-answer', key)).toEqual(answer)
  expect(await chargesOf('lost-answer')).toBe(2)
})

test('a long outage is told as one, with what to do; after it the same key tells the outcome, without a restart', async () => {
  expect(ledgerPatienceMs).toBeLessThan(5_000)
  await makeTeam(gateway.url, 'outage')
  const key = randomUUID()
  line.cut()
  await expect(charge(gateway.url, 'outage', key)).rejects.toThrow(/LEDGER_UNAVAILABLE/)
  expect(await statusOfBalance('outage')).toEqual([503, '1', 'LEDGER_UNAVAILABLE'])
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  line.mend()
  await ready()
  expect(await charge(gateway.url, 'outage', key)).toMatchObject({ __typename: 'Charge' })
  expect(await balanceOf(gateway.url, 'outage')).toMatchObject({ available: '49900' })
})

test('what another gateway changed during an outage reaches the watchers after it', async () => {
  const other = await startGateway({ databaseUrl: home.url })
  await makeTeam(gateway.url, 'watched')
  const client = connect(gateway.url, { team: 'watched', role: 'VIEWER' })
  const watched = new Watch<{ balance: { available: string } }>(client, 'subscription { balance { available } }')
  expect((await watched.next()).balance.available).toBe('50000')
  line.cut()
  await charge(other.url, 'watched')
  line.mend()
  expect((await watched.next()).balance.available).toBe('49900')
  await charge(other.url, 'watched')
  expect((await watched.next()).balance.available).toBe('49800')
  await client.dispose()
  await other.close()
})
