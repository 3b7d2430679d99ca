import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'graphql-ws'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { decodePlatformPlace, encodePlatformPlace } from '../../../src/resolvers/request/ids.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { charge, grant, hold, makeTeam, resultOf } from '../../setup/operator.ts'
import { expectOneOrder, platformHistory } from '../../setup/platform-history.ts'
import { randomOf, seed } from '../../setup/random.ts'
import { connect, Watch } from '../../setup/watching.ts'

const selection = 'id team { id } event { type message amount balance { revision } revision }'
const subscription = `subscription ($after: ID) { platformEvents(after: $after) { ${selection} } }`
type Event = {
  id: string
  team: { id: string }
  event: { type: string; message: string; amount: string | null; revision: number; balance: { revision: number } }
}
type Seen = { platformEvents: Event }
type Page = { nodes: Event[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }

let home: TestDatabase
let gateways: Gateway[]
let clients: Client[] = []
const urls = () => gateways.map(({ url }) => url)

beforeAll(async () => {
  home = await createTestDatabase()
  gateways = [await startGateway({ databaseUrl: home.url }), await startGateway({ databaseUrl: home.url })]
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  clients = []
})

afterAll(async () => {
  for (const gateway of gateways ?? []) await gateway.close()
  await home?.drop()
})

function watch(url: string, after: string | null): Watch<Seen> {
  const client = connect(url)
  clients.push(client)
  return new Watch<Seen>(client, subscription, { after })
}

async function pageBehind(url: string, after: string | null, first = 100): Promise<Page> {
  const query = `query ($after: String, $first: Int) { result: platformEvents(after: $after, first: $first) {
    nodes { id team { id } event { type message amount revision balance { revision } } }
    pageInfo { hasNextPage endCursor } } }`
  return resultOf<Page>(await ask(url, query, { after, first }))
}

/** The id of the last event, once it is complete: transactions in the databases of other tests hold it back, too. */
async function lastId(): Promise<string> {
  const last = (await platformHistory(home.url)).at(-1) ?? ''
  const query = 'query ($after: String) { platformEvents(after: $after, first: 0) { pageInfo { hasNextPage } } }'
  while ((await ask(urls()[0] ?? '', query, { after: last })).errors !== undefined) await delay(20)
  return last
}

/** A connection whose transaction has begun to write. */
async function openTransaction(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: home.url })
  await client.connect()
  await client.query('begin')
  await client.query('select pg_current_xact_id()')
  return client
}

/** Writes a notice of a team, behind its last event. */
const noticeOf = (team: string) => `
  with last as (
    update account set last_event_number = case when last_event_revision = revision then last_event_number else 0 end + 1,
      last_event_revision = revision where team_id = '${team}' returning team_id, revision, last_event_number)
  insert into account_notice (team_id, revision, number, type, effective_at)
  select team_id, revision, last_event_number, 'PLAN_CHANGED', now() from last
  returning number, platform_position::float8 as position`

test('readers that resume at random places, and readers of pages, see one order of the events of two gateways', async () => {
  const [one = '', other = ''] = urls()
  const teams = Array.from({ length: 12 }, (_, index) => `many-${index}`)
  for (const team of teams) await makeTeam(one, team)
  const draw = randomOf(seed)
  const begun = await lastId()
  let writing = true

  /** Follows until it has seen the end, and leaves now and then. */
  async function follow(url: string, end: Promise<string>): Promise<string[]> {
    const seen = [begun]
    let last: string | null = null
    const ended = end.then((id) => {
      last = id
      return null
    })
    while (seen.at(-1) !== last) {
      const watched = watch(url, seen.at(-1) ?? null)
      for (let left = 1 + Math.floor(draw() * 60); left > 0 && seen.at(-1) !== last; left -= 1) {
        const next = await (last === null ? Promise.race([watched.next(), ended]) : watched.next())
        if (next === null) break
        seen.push(next.platformEvents.id)
      }
      await watched.end()
    }
    return seen
  }

  async function pages(url: string, end: Promise<string>): Promise<string[]> {
    const seen: string[] = [begun]
    for (let last: string | null = null; last === null || seen.at(-1) !== last; ) {
      last ??= await Promise.race([end, delay(20, null)])
      const { nodes } = await pageBehind(url, seen.at(-1) ?? null, 1 + Math.floor(draw() * 50))
      seen.push(...nodes.map(({ id }) => id))
    }
    return seen
  }

  async function write(): Promise<void> {
    while (writing) {
      const url = draw() < 0.5 ? one : other
      const team = teams[Math.floor(draw() * teams.length)] ?? ''
      const drawn = draw()
      if (drawn < 0.6) await charge(url, team)
      else if (drawn < 0.8) await hold(url, team)
      else await grant(url, team, '50')
    }
  }

  const ended = Promise.withResolvers<string>()
  const readers = [one, one, other].map((url) => follow(url, ended.promise))
  readers.push(pages(one, ended.promise))
  const writers = Array.from({ length: 6 }, write)
  while ((await platformHistory(home.url)).length < 300) await delay(20)
  writing = false
  await Promise.all(writers)
  const history = await platformHistory(home.url)
  ended.resolve(history.at(-1) ?? '')
  const seen = await Promise.all(readers)
  expectOneOrder(history, seen)
  for (const ids of seen) expect(ids.at(-1)).toBe(history.at(-1))
})

test('an event shows its team as it stood right after it', async () => {
  const [url = ''] = urls()
  await makeTeam(url, 'then')
  const watched = watch(url, await lastId())
  await grant(url, 'then', '500')
  await charge(url, 'then')
  const added = (await watched.until(({ platformEvents: { event } }) => event.type === 'CREDITS_ADDED')).platformEvents
  const charged = (await watched.next()).platformEvents
  expect(added).toMatchObject({ team: { id: 'then' }, event: { amount: '500' } })
  expect(charged.event).toMatchObject({ type: 'CREDITS_CHARGED', message: '100 credits used', amount: '-100' })
  for (const { event } of [added, charged]) expect(event.balance.revision).toBe(event.revision)
})

test('a transaction that writes for long holds back what is committed meanwhile, and comes before it', async () => {
  const [url = ''] = urls()
  await makeTeam(url, 'early')
  await makeTeam(url, 'late')
  const from = await lastId()
  const watched = watch(url, from)
  const held = await openTransaction()
  await held.query(noticeOf('early'))
  await charge(url, 'late')
  expect((await pageBehind(url, from)).nodes).toEqual([])
  await held.query('commit').finally(() => held.end())
  const [first, second] = [await watched.next(), await watched.next()].map(({ platformEvents }) => platformEvents)
  expect(first?.team.id).toBe('early')
  expect(second?.team.id).toBe('late')
  expect((await pageBehind(url, from)).nodes.map(({ id }) => id)).toEqual([first?.id, second?.id])
})

test('a transaction that waited for a team does not come before the one that it waited for', async () => {
  const [url = ''] = urls()
  for (const team of ['a-waits', 'b-waits']) await makeTeam(url, team)
  const older = await openTransaction()
  const younger = await openTransaction()
  const write = async (client: pg.Client) => {
    const { rows } = await client.query<{ number: number; position: number }>(noticeOf('b-waits'))
    await client.query('commit').finally(() => client.end())
    return rows[0]
  }
  const first = await write(younger)
  const second = await write(older)
  expect(second?.number).toBe((first?.number ?? 0) + 1)
  expect(second?.position).toBeGreaterThanOrEqual(first?.position ?? Number.POSITIVE_INFINITY)
  await platformHistory(home.url)
})

test('pages from the end have the newest events, the oldest of them first', async () => {
  const [url = ''] = urls()
  const last = await lastId()
  const history = await platformHistory(home.url)
  const page = async (args: string) =>
    resultOf<Page>(
      await ask(url, `{ result: platformEvents(${args}) { nodes { id } pageInfo { hasNextPage endCursor } } }`),
    )
  expect((await page('last: 1')).pageInfo).toEqual({ hasNextPage: false, endCursor: last })
  const { nodes } = await page(`last: 4, before: "${last}"`)
  expect(nodes.map(({ id }) => id)).toEqual(history.slice(-5, -1))
  expect((await page(`first: 100, after: "${nodes[0]?.id}", before: "${last}"`)).nodes).toEqual(nodes.slice(1))
})

test('a place that is no event is refused, and the refusal says what to do', async () => {
  const [url = ''] = urls()
  const { data, errors } = await ask(url, '{ platformEvents(after: "UGxhdGZvcm0") { nodes { id } } }')
  expect(data).toEqual({ platformEvents: null })
  expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
  expect(errors?.[0]?.message).toContain("or no 'after'")
  await expect(watch(url, 'UGxhdGZvcm0').next()).rejects.toThrow('code')
  const place = decodePlatformPlace(await lastId())
  if (place === null) throw new Error('The last event has no place')
  const lost = encodePlatformPlace({ ...place, platformPosition: place.platformPosition - 1 })
  await expect(watch(url, lost).next(), 'another event took its revision after a restore').rejects.toThrow('NOT_FOUND')
})

test('the order continues behind what was written before a restore into a cluster with lower transaction ids', async () => {
  const restored = await createTestDatabase()
  const before = await startGateway({ databaseUrl: restored.url })
  await makeTeam(before.url, 'moved')
  await charge(before.url, 'moved')
  await before.close()
  const old = await platformHistory(restored.url)
  const client = new pg.Client({ connectionString: restored.url })
  await client.connect()
  const busy = new pg.Client({ connectionString: restored.url })
  await busy.connect()
  // Any transaction of the cluster that runs while the gateway starts.
  await busy.query('begin')
  await busy.query('select pg_current_xact_id()')
  await client.query(`do $$ begin execute format(
    'create or replace function platform_offset() returns bigint language sql stable return %s::bigint',
    700 - pg_current_xact_id()::text::bigint); end $$`)

  const after = await startGateway({ databaseUrl: restored.url })
  try {
    const seen = watch(after.url, old[0] ?? null)
    for (const id of old.slice(1)) expect((await seen.next()).platformEvents.id).toBe(id)
    const watched = watch(after.url, old.at(-1) ?? null)
    await charge(after.url, 'moved')
    await busy.query('commit')
    const { platformEvents } = await watched.next()
    expect(await platformHistory(restored.url)).toEqual([...old, platformEvents.id])
    const { rows } = await client.query('select continue_platform_order() as behind')
    expect(rows).toEqual([{ behind: false }])
  } finally {
    await client.end()
    await busy.end()
    await after.close()
    await restored.drop()
  }
})
