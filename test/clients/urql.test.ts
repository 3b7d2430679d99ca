import { randomUUID } from 'node:crypto'
import { Client, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import type { Client as SocketClient } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { type Caller, type Gateway, startGateway } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { LiveData, TeamData } from './documents.ts'
import * as documents from './documents.ts'
import { newestBalances } from './newest-balance.ts'
import { imported, makeProject, type Project, snippet } from './project.ts'
import {
  doubleFluxPrice,
  expectEachEventOnce,
  fluxOf,
  newTeam,
  type RateCard,
  slowSocket,
  socketTo,
  usage,
} from './scene.ts'
import { introspection, keys } from './schema.ts'

let gateway: Gateway
let project: Project

beforeAll(async () => {
  gateway = await startGateway()
  project = await makeProject({ 'urql.js': snippet('recipes', '## urql', 'js') })
})

afterAll(async () => {
  await project?.remove()
  await gateway?.close()
})

const opened: SocketClient[] = []
afterEach(async () => {
  for (const socket of opened.splice(0)) await socket.dispose()
})

/** The client of the page, over that socket. */
async function ofThePage(socket: SocketClient): Promise<Client> {
  const given = { './socket': { socket }, './newest-balance': { newestBalances } }
  return (await imported<{ client: Client }>(project, 'urql.js', given)).client
}

/** A client whose cache knows the schema, and no more. */
const withTheSchema = (socket: SocketClient) =>
  new Client({
    url: `${gateway.url}/graphql`,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ schema: introspection, keys }),
      subscriptionExchange({
        enableAllOperations: true,
        forwardSubscription: (operation) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ ...operation, query: operation.query ?? '' }, sink),
          }),
        }),
      }),
    ],
  })

function openSocket(caller: Caller): SocketClient {
  const { socket, stock } = socketTo(gateway.url, caller)
  opened.push(stock)
  return socket
}

/** The team as a page shows it: the query is watched, and the subscription only runs. */
async function shownBy(client: Client): Promise<Arrivals<TeamData['team']>> {
  const shown = new Arrivals<TeamData['team']>()
  client.query<TeamData>(documents.team, {}).subscribe(({ data }) => data && shown.take(data.team))
  await shown.next()
  client.subscription(documents.live, {}).subscribe(() => undefined)
  return shown
}

test('urql hears each event once over sockets that are cut', () =>
  expectEachEventOnce(gateway, async (socket, hear) => {
    const client = await ofThePage(socket)
    const { unsubscribe } = client
      .subscription<{ accountEvents: LiveData }>(documents.events, {})
      .subscribe(({ data }) => data && hear(data.accountEvents.balance.available))
    return unsubscribe
  }))

describe.each([
  ['that knows the schema', withTheSchema],
  ['with the exchange of the recipe', ofThePage],
])('the cache of urql, %s', (_, clientOver) => {
  test('shows each charge by the stream alone', async () => {
    const { team, member } = await newTeam(gateway)
    const shown = await shownBy(await clientOver(openSocket(member)))
    await charge(gateway.url, team)
    const { balance } = await shown.until(({ balance }) => balance.available === '49900')
    await charge(gateway.url, team)
    const later = await shown.until(({ balance }) => balance.available === '49800')
    expect(later.balance.id).toBe(balance.id)
  })

  test('closes a hold by the result that settles it', async () => {
    const { member } = await newTeam(gateway)
    const client = await clientOver(openSocket(member))
    const placed = await client
      .mutation(documents.place, { input: { usage, idempotencyKey: randomUUID() } })
      .toPromise()
    const holdId = placed.data?.holdCredits.id
    const { data } = await client.query<TeamData>(documents.team, {}).toPromise()
    expect(data?.team).toMatchObject({ balance: { held: '30' }, holds: { nodes: [{ id: holdId, state: 'OPEN' }] } })
    await client.mutation(documents.settle, { input: { holdId, idempotencyKey: randomUUID() } }).toPromise()
    expect(client.readQuery<TeamData>(documents.team, {})?.data?.team).toMatchObject({
      balance: { available: '49970', held: '0' },
      holds: { nodes: [{ id: holdId, state: 'SETTLED' }] },
    })
  })

  test('keeps the rest of a team of which a field is refused', async () => {
    const { team, member } = await newTeam(gateway)
    const client = await clientOver(openSocket({ ...member, role: 'MEMBER' }))
    const { data, error } = await client.query(documents.refused, {}).toPromise()
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    expect(data).toMatchObject({ team: { id: team, apiKeys: null, balance: { available: '50000' } } })
    const cached = client.readQuery<TeamData>('{ team { id balance { id available } } }', {})
    expect(cached?.data?.team.balance.available).toBe('50000')
  })

  test('reads the fields of a failure', async () => {
    const { member } = await newTeam(gateway)
    const client = await clientOver(openSocket(member))
    const { data } = await client.query(documents.estimate, { usage: [{ rate: 'image.none' }] }).toPromise()
    expect(data).toMatchObject({ estimate: { __typename: 'UnknownRate', code: 'UNKNOWN_RATE' } })
  })
})

test('urql shows the prices of two catalogs side by side', async () => {
  const dearer = await startGateway()
  const { member } = await newTeam(dearer)
  const before = await doubleFluxPrice(dearer)
  const { socket, stock } = socketTo(dearer.url, member)
  const client = await ofThePage(socket)
  await client.query(documents.prices, { before }).toPromise()
  const cached = client.readQuery<{ now: RateCard; before: RateCard }>(documents.prices, { before })?.data
  expect([fluxOf(cached?.before)?.credits, fluxOf(cached?.now)?.credits]).toEqual(['30', '60'])
  await stock.dispose()
  await dearer.close()
})

test('the exchange of the recipe shows no answer that arrives behind a newer value of the stream', async () => {
  const { team, member } = await newTeam(gateway)
  const slow = slowSocket(openSocket(member))
  const client = await ofThePage(slow.socket)
  const shown = await shownBy(client)
  const { answered, arrive } = slow.keepBack()
  const late = client.query<TeamData>(documents.team, {}, { requestPolicy: 'network-only' }).toPromise()
  await answered
  await charge(gateway.url, team)
  await shown.until(({ balance }) => balance.available === '49900')
  arrive()
  expect((await late).data?.team.balance.available).toBe('49900')
  expect(client.readQuery<TeamData>(documents.team, {})?.data?.team.balance.available).toBe('49900')
})
