import { randomUUID } from 'node:crypto'
import { ApolloClient, gql, InMemoryCache, type TypePolicies } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { resuming } from '@credits-gateway/client'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { cuttingLine } from '../setup/cutting-line.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge, makeTeam } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'

const typePolicies: TypePolicies = {
  Balance: {
    // A value that a newer one has overtaken gets a record of its own, ...
    keyFields: ({ id, revision }, { readField }) => {
      const newest = readField<number>('revision', { __ref: `Balance:${id}` })
      return newest !== undefined && Number(revision) < newest ? `Balance:${id}@${revision}` : `Balance:${id}`
    },
    // ... and nothing is led to it.
    merge: (existing, incoming, { readField }) => {
      const before = existing && readField<number>('revision', existing)
      const now = readField<number>('revision', incoming)
      return before !== undefined && now !== undefined && now < before ? existing : incoming
    },
  },
}

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway()
})

afterAll(() => gateway?.close())

test('Apollo hears each event once over sockets that are cut', async () => {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  const random = randomOf(seed)
  const line = await cuttingLine(gateway.url, () => Math.floor(random() * 3_000))
  const socket = createClient({
    url: `${line.url.replace('http', 'ws')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await tokenFor({ team })}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(resuming(socket)) })
  const revisions = new Arrivals<{ revision: number; amount: string; balance: { available: string } }>()
  const query = gql`subscription { accountEvents { amount revision balance { available } } }`
  const stop = client
    .subscribe<{ accountEvents: { revision: number; amount: string; balance: { available: string } } }>({ query })
    .subscribe(({ data }) => data && revisions.take(data.accountEvents))
  const charged = 40
  for (let time = 0; time < charged; time++) await charge(gateway.url, team)
  line.mend()
  const { available } = await revisions
    .until(({ balance }) => balance.available === `${50_000 - charged * 100}`)
    .then(({ balance }) => balance)
  expect(available).toBe('46000')
  const heard = revisions.seen.map(({ balance }) => Number(balance.available))
  expect(heard.length).toBeGreaterThan(0)
  for (const [index, one] of heard.entries()) if (index > 0) expect(heard[index - 1]).toBe(one + 100)
  stop.unsubscribe()
  await socket.dispose()
  await line.close()
})

describe('a normalised cache', () => {
  const balance = (revision: number, available: string) => ({
    __typename: 'Balance',
    id: 'QmFsYW5jZQ',
    revision,
    available,
  })
  const stream = gql`subscription { balance { id revision available } }`
  const team = gql`{ team { id balance { id revision available } } }`
  const settled = gql`mutation { settleHold { id team { id balance { id revision available } } balance { id revision available } } }`
  const inTeam = (revision: number, available: string) => ({
    __typename: 'Team',
    id: 'acme',
    balance: balance(revision, available),
  })

  function filled() {
    const cache = new InMemoryCache({ typePolicies })
    const shown = () => cache.readQuery<{ team: { balance: unknown } }>({ query: team })?.team.balance
    cache.writeQuery({ query: team, data: { team: inTeam(1, '100') } })
    return { cache, shown }
  }

  test('the stream updates the team', () => {
    const { cache, shown } = filled()
    cache.write({ query: stream, dataId: 'ROOT_SUBSCRIPTION', result: { balance: balance(3, '80') } })
    expect(shown()).toEqual(balance(3, '80'))
  })

  test('a result that arrives behind a newer value of the stream changes nothing', () => {
    const { cache, shown } = filled()
    cache.write({ query: stream, dataId: 'ROOT_SUBSCRIPTION', result: { balance: balance(3, '80') } })
    const result = { settleHold: { __typename: 'Charge', id: 'c', team: inTeam(2, '90'), balance: balance(2, '90') } }
    cache.write({ query: settled, dataId: 'ROOT_MUTATION', result })
    expect(shown()).toEqual(balance(3, '80'))
    cache.writeQuery({ query: team, data: { team: inTeam(2, '90') } })
    expect(shown()).toEqual(balance(3, '80'))
  })

  test('the same revision counts, because time alone changes a balance, too', () => {
    const { cache, shown } = filled()
    cache.write({ query: stream, dataId: 'ROOT_SUBSCRIPTION', result: { balance: balance(1, '99') } })
    expect(shown()).toEqual(balance(1, '99'))
  })
})
