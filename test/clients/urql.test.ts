import { randomUUID } from 'node:crypto'
import { Client, type Exchange, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import type { Client as SocketClient } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fromPromise, mergeMap, pipe } from 'wonka'
import { Arrivals } from '../integration/client/watching.ts'
import { type Caller, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { LiveData, TeamData } from './documents.ts'
import * as documents from './documents.ts'
import { newestBalances } from './newest-balance.ts'
import { doubleFluxPrice, expectEachEventOnce, fluxOf, newTeam, type RateCard, socketTo, usage } from './scene.ts'
import { introspection, keys } from './schema.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway?.close())

const opened: SocketClient[] = []
afterEach(async () => {
  for (const socket of opened.splice(0)) await socket.dispose()
})

const keepNewest = (): Exchange => {
  const newest = newestBalances()
  return mapExchange({ onResult: (result) => ({ ...result, data: newest(result.data) }) })
}

const subscriptionsOver = (socket: SocketClient): Exchange =>
  subscriptionExchange({
    forwardSubscription: (operation) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...operation, query: operation.query ?? '' }, sink) }),
    }),
  })

async function urqlOf(url: string, caller: Caller, more: Exchange[] = []): Promise<Client> {
  const { socket, stock } = socketTo(url, caller)
  opened.push(stock)
  const authorization = `Bearer ${await tokenFor(caller)}`
  return new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization } },
    exchanges: [cacheExchange({ schema: introspection, keys }), ...more, fetchExchange, subscriptionsOver(socket)],
  })
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
  expectEachEventOnce(gateway, (socket, hear) => {
    const exchanges = [
      cacheExchange({ schema: introspection, keys }),
      keepNewest(),
      fetchExchange,
      subscriptionsOver(socket),
    ]
    const client = new Client({ url: `${gateway.url}/graphql`, preferGetMethod: false, exchanges })
    const { unsubscribe } = client
      .subscription<{ accountEvents: LiveData }>(documents.events, {})
      .subscribe(({ data }) => data && hear(data.accountEvents.balance.available))
    return unsubscribe
  }))

describe.each([
  ['as it comes', () => []],
  ['with the exchange of the recipe', () => [keepNewest()]],
])('the cache of urql, %s', (_, more) => {
  test('shows each charge by the stream alone', async () => {
    const { team, member } = await newTeam(gateway)
    const shown = await shownBy(await urqlOf(gateway.url, member, more()))
    await charge(gateway.url, team)
    const { balance } = await shown.until(({ balance }) => balance.available === '49900')
    await charge(gateway.url, team)
    const later = await shown.until(({ balance }) => balance.available === '49800')
    expect(later.balance.id).toBe(balance.id)
  })

  test('closes a hold by the result that settles it', async () => {
    const { member } = await newTeam(gateway)
    const client = await urqlOf(gateway.url, member, more())
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
    const client = await urqlOf(gateway.url, { ...member, role: 'MEMBER' }, more())
    const { data, error } = await client.query(documents.refused, {}).toPromise()
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    expect(data).toMatchObject({ team: { id: team, apiKeys: null, balance: { available: '50000' } } })
    const cached = client.readQuery<TeamData>('{ team { id balance { id available } } }', {})
    expect(cached?.data?.team.balance.available).toBe('50000')
  })

  test('reads the fields of a failure', async () => {
    const { member } = await newTeam(gateway)
    const client = await urqlOf(gateway.url, member, more())
    const { data } = await client.query(documents.estimate, { usage: [{ rate: 'image.none' }] }).toPromise()
    expect(data).toMatchObject({ estimate: { __typename: 'UnknownRate', code: 'UNKNOWN_RATE' } })
  })
})

test('urql shows the prices of two catalogs side by side', async () => {
  const dearer = await startGateway()
  const { member } = await newTeam(dearer)
  const before = await doubleFluxPrice(dearer)
  const client = await urqlOf(dearer.url, member)
  await client.query(documents.prices, { before }).toPromise()
  const cached = client.readQuery<{ now: RateCard; before: RateCard }>(documents.prices, { before })?.data
  expect([fluxOf(cached?.before)?.credits, fluxOf(cached?.now)?.credits]).toEqual(['30', '60'])
  await dearer.close()
})

/** Keeps the answer of each operation with `slow` in its context until that is resolved. */
const slowAnswers: Exchange =
  ({ forward }) =>
  (operations) =>
    pipe(
      forward(operations),
      mergeMap((result) => fromPromise(Promise.resolve(result.operation.context.slow?.(result)).then(() => result))),
    )

test('the exchange of the recipe shows no answer that arrives behind a newer value of the stream', async () => {
  const { team, member } = await newTeam(gateway)
  const client = await urqlOf(gateway.url, member, [keepNewest(), slowAnswers])
  const shown = await shownBy(client)
  const answered = Promise.withResolvers<void>()
  const arrives = Promise.withResolvers<void>()
  const slow = ({ data }: { data?: TeamData }) => {
    expect(data?.team.balance.available).toBe('50000')
    answered.resolve()
    return arrives.promise
  }
  const late = client.query<TeamData>(documents.team, {}, { requestPolicy: 'network-only', slow }).toPromise()
  await answered.promise
  await charge(gateway.url, team)
  await shown.until(({ balance }) => balance.available === '49900')
  arrives.resolve()
  expect((await late).data?.team.balance.available).toBe('49900')
  expect(client.readQuery<TeamData>(documents.team, {})?.data?.team.balance.available).toBe('49900')
})
