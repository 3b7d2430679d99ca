import { randomUUID } from 'node:crypto'
import { resuming } from '@credits-gateway/client'
import { Client, type Exchange, fetchExchange, makeResult, mapExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filter, map, pipe } from 'wonka'
import { Arrivals } from '../integration/client/watching.ts'
import { cuttingLine } from '../setup/cutting-line.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, makeTeam } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'
import { newestBalances } from './newest-balance.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway?.close())

const revise = (): Exchange => {
  const newest = newestBalances()
  return mapExchange({ onResult: (result) => ({ ...result, data: newest(result.data) }) })
}

test('urql hears each event once over sockets that are cut', async () => {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  const random = randomOf(seed)
  const line = await cuttingLine(gateway.url, () => Math.floor(random() * 3_000))
  const stock = createClient({
    url: `${line.url.replace('http', 'ws')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await tokenFor({ team })}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const socket = resuming(stock)
  const subscriptions = subscriptionExchange({
    forwardSubscription: (operation) => ({
      subscribe: (sink) => ({
        unsubscribe: socket.subscribe({ ...operation, query: operation.query ?? '' }, sink),
      }),
    }),
  })
  const client = new Client({
    url: `${gateway.url}/graphql`,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ keys: { Balance: ({ id }) => (typeof id === 'string' ? id : null) } }),
      revise(),
      fetchExchange,
      subscriptions,
    ],
  })
  const heard = new Arrivals<number>()
  const query = 'subscription { accountEvents { id amount balance { available } } }'
  const { unsubscribe } = client
    .subscription(query, {})
    .subscribe(({ data }) => data && heard.take(Number(data.accountEvents.balance.available)))
  const charged = 40
  for (let time = 0; time < charged; time++) await charge(gateway.url, team)
  line.mend()
  await heard.until((available) => available === 50_000 - charged * 100)
  for (const [index, one] of heard.seen.entries()) if (index > 0) expect(heard.seen[index - 1]).toBe(one + 100)
  unsubscribe()
  await stock.dispose()
  await line.close()
})

/** Answers each operation with what it names in its context. */
const answers: Exchange = () => (operations) =>
  pipe(
    operations,
    filter(({ kind }) => kind !== 'teardown'),
    map((operation) => makeResult(operation, { data: operation.context.answer, hasNext: false })),
  )

test('a result that arrives behind a newer value of the stream changes nothing in the cache', async () => {
  const balance = (revision: number, available: string) => ({
    __typename: 'Balance',
    id: 'QmFsYW5jZQ',
    revision,
    available,
  })
  const team = (revision: number, available: string) => ({
    team: { __typename: 'Team', id: 'acme', balance: balance(revision, available) },
  })
  const client = new Client({
    url: 'http://127.0.0.1/graphql',
    preferGetMethod: false,
    exchanges: [cacheExchange({}), revise(), answers],
  })
  const query = '{ team { id balance { id revision available } } }'
  const shown = () => client.readQuery(query, {})?.data?.team.balance.available
  await client.query(query, {}, { answer: team(1, '100') }).toPromise()
  expect(shown()).toBe('100')
  const stream = 'subscription { balance { id revision available } }'
  await client.subscription(stream, {}, { answer: { balance: balance(3, '80') } }).toPromise()
  expect(shown()).toBe('80')
  const answer = { settleHold: { __typename: 'Charge', id: 'c', balance: balance(2, '90') } }
  await client.mutation('mutation { settleHold { id balance { id revision available } } }', {}, { answer }).toPromise()
  expect(shown()).toBe('80')
})
