import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, makeTeam, resultOf } from '../setup/operator.ts'

const charges = 20_000
const batch = 1_000
const reader = { team: 'long', member: 'vera', role: 'VIEWER' } as const

type Team = { activity: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }

let gateway: Gateway
let watcher: pg.Client

/** Half of the charges belong to ana at one rate, half to ben at another: no charge is ana's at ben's rate. */
beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'long')
  await makeTeam(gateway.url, 'other')
  const query = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }'
  for (let done = 0; done < charges; done += batch) {
    const events = Array.from({ length: batch }, (_, index) => ({
      teamId: 'long',
      usage: [{ rate: index % 2 === 0 ? 'chat.input' : 'chat.output', quantity: '1' }],
      memberId: index % 2 === 0 ? 'ana' : 'ben',
      idempotencyKey: `charge-${done + index}`,
    }))
    const { data } = await ask(gateway.url, query, { events })
    const results: { __typename: string }[] = data?.recordUsage ?? []
    expect(new Set(results.map(({ __typename }) => __typename))).toEqual(new Set(['Charge']))
  }
  watcher = new pg.Client({ connectionString: gateway.databaseUrl })
  await watcher.connect()
}, 300_000)

afterAll(async () => {
  await watcher?.end()
  await gateway?.close()
}, 300_000)

const aliases = (field: string, count = 12) =>
  `{ team { ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} } }`

const activities = (memberId: string) =>
  `activity(first: 1, filter: { rate: "chat.output", memberId: "${memberId}" }) { nodes { id } pageInfo { hasNextPage endCursor } }`

/** Sends the document and hangs up after a second. */
async function hangUpOn(query: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenFor(reader)}` }
  const body = JSON.stringify({ query })
  const request = { method: 'POST', headers, body, signal: AbortSignal.timeout(1_000) }
  await fetch(`${gateway.url}/graphql`, request)
    .then((response) => response.text())
    .catch(() => undefined)
}

/** How many statements of the gateway run now. */
async function running(): Promise<number> {
  const { rows } = await watcher.query(
    `select count(*)::int as running from pg_stat_activity where datname = current_database()
      and backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()`,
  )
  return rows[0].running
}

async function othersAreServed(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await charge(gateway.url, 'other')
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
}

test.each(['nobody', 'ana'])(
  'twelve readings that find nothing of %s leave the ledger to other teams',
  async (member) => {
    const gone = hangUpOn(aliases(activities(member)))
    await othersAreServed()
    await gone
    await othersAreServed()
    await expect.poll(running, { timeout: 3_000 }).toBe(0)
  },
)

test('a page that finds nothing ends after a bounded search, and its cursor goes on to the end', async () => {
  const query = `query ($after: String) { team { activity(first: 1, after: $after, filter: { rate: "chat.output", memberId: "ana" }) {
    nodes { id } pageInfo { hasNextPage endCursor } } } }`
  const token = await tokenFor(reader)
  let after: string | null = null
  for (let pages = 1; pages <= 10; pages += 1) {
    const answer = await ask(gateway.url, query, { after }, token)
    const { nodes, pageInfo } = resultOf<Team>({ ...answer, data: { result: answer.data?.team as never } }).activity
    expect(nodes).toEqual([])
    if (!pageInfo.hasNextPage) return expect(pages).toBeGreaterThan(1)
    expect(pageInfo.endCursor).not.toBe(after)
    after = pageInfo.endCursor
  }
  throw new Error('The list does not end')
})
