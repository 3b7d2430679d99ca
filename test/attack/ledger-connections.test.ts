import { afterAll, beforeAll, expect, test } from 'vitest'
import { caller, type Gateway, makeTeam, newKey, openGateway, operator } from '../integration/api/gateway.ts'

/** Balances, names and what time brings about are read by the ledger's own lanes, one connection each. */
const maxLaneConnections = 3
const aliases = 40

const vera = caller('ADMIN')
let gateway: Gateway
let chargeIdOfFirst: string
let firstEvent: string
let lastEvent: string

beforeAll(async () => {
  gateway = await openGateway()
  await makeTeam(gateway, 'acme')
  const newest = async () => (await gateway.ask(vera, '{ team { lastEventId } }')).team.lastEventId
  firstEvent = await newest()
  const query = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { ... on Charge { id } } }'
  const event = () => ({ teamId: 'acme', usage: [{ rate: 'chat.input', quantity: '1' }], idempotencyKey: newKey() })
  const { recordUsage } = await gateway.ask(operator, query, { events: Array.from({ length: 600 }, event) })
  chargeIdOfFirst = recordUsage[0].id
  lastEvent = await newest()
})
afterAll(() => gateway?.close())

/** How many of the ledger's connections were in use at once while `run` ran. */
async function maxBorrowed(run: () => Promise<unknown>): Promise<number> {
  const { pool } = gateway.database
  let most = 0
  const count = () => {
    most = Math.max(most, pool.totalCount - pool.idleCount)
  }
  pool.on('acquire', count)
  try {
    await run()
  } finally {
    pool.off('acquire', count)
  }
  return most
}

const month = new Date().toISOString().slice(0, 7)
const now = new Date().toISOString()
const lastYear = new Date(Date.now() - 300 * 86_400_000).toISOString()

test.each([
  ['activity', 'activity(filter: { rate: "chat.input", types: [CHARGE] }) { nodes { id } }'],
  ['usage', `usage(from: "${lastYear}", to: "${now}", groupBy: [DAY, RATE, MEMBER]) { total }`],
  ['forecast', 'forecast { perDay }'],
  ['meteredUsage', `meteredUsage(month: "${month}") { final }`],
  ['holds', 'holds { nodes { id } }'],
  ['purchases', 'purchases { nodes { id } }'],
  ['a balance of the past', `balance(asOf: "${now}") { available }`],
  ['lastEventId', 'lastEventId'],
  ['apiKeys', 'apiKeys { id }'],
])('%s many times in one document leaves connections to the ledger', async (_, field) => {
  const fields = Array.from({ length: aliases }, (_, index) => `a${index}: ${field}`)
  const run = () => gateway.run(vera, `{ team { ${fields.join(' ')} } }`)
  expect(await maxBorrowed(run)).toBeLessThanOrEqual(maxLaneConnections)
})

test('nodes by id many times in one document leave connections to the ledger', async () => {
  const fields = Array.from({ length: aliases }, (_, index) => `a${index}: node(id: "${chargeIdOfFirst}") { id }`)
  const run = () => gateway.ask(vera, `{ ${fields.join(' ')} }`)
  expect(await maxBorrowed(run)).toBeLessThanOrEqual(maxLaneConnections)
})

test('many who catch up on events leave connections to the ledger, and miss none', async () => {
  const catchUp = async () => {
    const text = `subscription ($after: ID) { accountEvents(after: $after) { id } }`
    const events = await gateway.watch(vera, text, { after: firstEvent })
    if (!(Symbol.asyncIterator in events)) throw new AggregateError(events.errors ?? [])
    let seen = 0
    for await (const { data } of events) {
      seen += 1
      if ((data as { accountEvents: { id: string } }).accountEvents.id === lastEvent) break
    }
    expect(seen).toBeGreaterThanOrEqual(600)
  }
  const run = () => Promise.all(Array.from({ length: aliases }, catchUp))
  expect(await maxBorrowed(run)).toBeLessThanOrEqual(maxLaneConnections)
})

test('a report of too many rows is refused, with what to do', async () => {
  const { pool } = gateway.database
  const hour = '2026-01-05T10:00:00Z'
  await pool.query(
    `insert into usage_hour (team_id, hour, rate, member_id, currency, credits, count, quantity, money)
     select 'acme', $1::timestamptz, 'rate-' || r, 'member-' || m, '', 1, 1, 1, 0
     from generate_series(1, 30) r, generate_series(1, 700) m`,
    [hour],
  )
  try {
    const usage = (groupBy: string) =>
      gateway.run(
        vera,
        `{ team { usage(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", groupBy: [${groupBy}]) { rows { count } } } }`,
      )
    const { codes, errors } = await usage('RATE, MEMBER')
    expect([codes, errors?.[0]?.message]).toEqual([['BAD_USER_INPUT'], expect.stringContaining('give a shorter range')])
    expect((await usage('MEMBER')).data.team.usage.rows).toHaveLength(700)
    expect((await usage('DAY')).data.team.usage.rows).toEqual([{ count: 21_000 }])
  } finally {
    await pool.query("delete from usage_hour where team_id = 'acme' and hour = $1", [hour])
  }
})
