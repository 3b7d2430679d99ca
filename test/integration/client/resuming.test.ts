import { randomUUID } from 'node:crypto'
import { createClient as createStreamClient } from 'graphql-sse'
import { type Client, createClient } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { resuming } from '../../../web/client/index.ts'
import { type CuttingLine, cuttingLine } from '../../setup/cutting-line.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, makeTeam, resultOf } from '../../setup/operator.ts'
import { randomOf, seed } from '../../setup/random.ts'
import { type UnreliableLine, unreliableLine } from '../../setup/unreliable-line.ts'
import { Arrivals } from './watching.ts'

type Event = { id: string; type: string; revision: number }

let gateway: Gateway
let lines: (CuttingLine | UnreliableLine)[] = []
let clients: { dispose(): void | Promise<void> }[] = []

beforeAll(async () => {
  gateway = await startGateway()
})

afterEach(async () => {
  for (const client of clients) await client.dispose()
  for (const line of lines) await line.close()
  clients = []
  lines = []
})

afterAll(() => gateway?.close())

async function newTeam(): Promise<string> {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  return team
}

function stockClient(url: string, team: string): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws').replace(/\/$/, '')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await tokenFor({ team, role: 'VIEWER' })}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setImmediate(resolve)),
  })
  clients.push(client)
  return client
}

async function cutting(maxBytes = 2_500): Promise<CuttingLine> {
  const random = randomOf(seed)
  const line = await cuttingLine(gateway.url, () => Math.floor(random() * maxBytes))
  lines.push(line)
  return line
}

async function lastEventId(team: string): Promise<string> {
  const answer = await ask(gateway.url, 'query ($id: ID!) { result: team(id: $id) { lastEventId } }', { id: team })
  return resultOf<{ lastEventId: string }>(answer).lastEventId
}

/** The events behind `after` up to `last`, over a connection that nothing cuts. */
async function eventsBetween(team: string, after: string, last: string): Promise<Event[]> {
  const query = 'subscription ($after: ID) { accountEvents(after: $after) { id type revision } }'
  const events: Event[] = []
  for await (const { data } of stockClient(gateway.url, team).iterate({ query, variables: { after } })) {
    const { accountEvents: event } = data as { accountEvents: Event }
    events.push(event)
    if (event.id === last) break
  }
  return events
}

const charges = 60
const untilLast = async (events: Arrivals<Event>, team: string): Promise<void> => {
  const last = await lastEventId(team)
  if (!events.seen.some(({ id }) => id === last)) await events.until(({ id }) => id === last)
}

test.each([
  ['subscription ($from: ID) { accountEvents(after: $from) { id type revision } }', 'accountEvents'],
  ['subscription Events { news: accountEvents { revision type id } }', 'news'],
  [
    'subscription { ...Events } fragment Events on Subscription { accountEvents { ...Event } } fragment Event on AccountEvent { id type revision }',
    'accountEvents',
  ],
])('a socket that is cut at any byte loses no event and repeats none: %s', async (query, field) => {
  const team = await newTeam()
  const start = await lastEventId(team)
  const line = await cutting()
  const events = new Arrivals<Event>()
  const errors: unknown[] = []
  const variables = query.includes('$from') ? { from: start } : undefined
  resuming(stockClient(line.url, team)).subscribe<Record<string, Event>>(
    { query, variables },
    {
      next: ({ data }) => events.take(data?.[field] as Event),
      error: (error) => errors.push(error),
      complete: () => errors.push('complete'),
    },
  )
  for (let time = 0; time < charges || line.cuts() < 20; time++) await charge(gateway.url, team)
  await untilLast(events, team)
  const all = await eventsBetween(team, start, await lastEventId(team))
  expect(errors).toEqual([])
  expect(events.seen.length).toBeGreaterThan(charges / 2)
  // Without `after`, it began with one of the first charges.
  expect(events.seen).toEqual(variables === undefined ? all.slice(-events.seen.length) : all)
})

test('an event stream that is cut at any byte loses no event and repeats none', async () => {
  const team = await newTeam()
  const start = await lastEventId(team)
  const line = await cutting(10_000)
  const authorization = `Bearer ${await tokenFor({ team, role: 'VIEWER' })}`
  const client = createStreamClient({
    url: `${line.url}/graphql`,
    headers: { authorization },
    retryAttempts: Infinity,
    retry: () => new Promise((resolve) => setImmediate(resolve)),
  })
  clients.push(client)
  const events = new Arrivals<Event>()
  const errors: unknown[] = []
  resuming(client).subscribe<{ accountEvents: Event }>(
    {
      query: 'subscription ($after: ID) { accountEvents(after: $after) { id type revision } }',
      variables: { after: start },
    },
    {
      next: ({ data }) => events.take(data?.accountEvents as Event),
      error: (error) => errors.push(error),
      complete: () => errors.push('complete'),
    },
  )
  for (let time = 0; time < charges; time++) await charge(gateway.url, team)
  await untilLast(events, team)
  expect(errors).toEqual([])
  expect(events.seen).toEqual(await eventsBetween(team, start, await lastEventId(team)))
})

test('events that happen while the line is cut before the first one are delivered', async () => {
  const team = await newTeam()
  const line = await unreliableLine(gateway.url)
  lines.push(line)
  const client = stockClient(line.url, team)
  const answers = new Arrivals<string>()
  const reconnects = new Arrivals<unknown>()
  client.on('message', ({ type }) => answers.take(type))
  client.on('closed', reconnects.take)
  const read = resuming(client).iterate<{ accountEvents: Event }>({ query: 'subscription { accountEvents { id } }' })
  // The answer that says where the events end.
  await answers.until((type) => type === 'next')
  line.cut()
  await reconnects.next()
  await charge(gateway.url, team)
  const first = await lastEventId(team)
  await charge(gateway.url, team)
  line.mend()
  expect((await read.next()).value).toEqual({ data: { accountEvents: { id: first } } })
  expect((await read.next()).value).toEqual({ data: { accountEvents: { id: await lastEventId(team) } } })
  await read.return?.()
})

test('the gateway refuses an unknown `after`, and the subscriber hears of it', async () => {
  const team = await newTeam()
  const answers = new Arrivals<unknown>()
  resuming(stockClient(gateway.url, team)).subscribe(
    { query: 'subscription { accountEvents(after: "unknown") { id } }' },
    { next: answers.take, error: answers.take, complete: () => answers.take('complete') },
  )
  expect(JSON.stringify(await answers.next())).toContain('NOT_FOUND')
})

test('other operations are passed on as they are', async () => {
  const team = await newTeam()
  const read = resuming(stockClient(gateway.url, team)).iterate({ query: '{ team { id } }' })
  expect((await read.next()).value).toMatchObject({ data: { team: { id: team } } })
  expect(await read.next()).toMatchObject({ done: true })
})
