import { randomUUID } from 'node:crypto'
import { ApolloClient, type ErrorPolicy, gql, InMemoryCache, type TypePolicies } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { type Caller, type Gateway, startGateway } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { LiveData, TeamData } from './documents.ts'
import * as documents from './documents.ts'
import { doubleFluxPrice, expectEachEventOnce, fluxOf, newTeam, type RateCard, socketTo, usage } from './scene.ts'
import { possibleTypes } from './schema.ts'

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

const opened: Client[] = []
afterEach(async () => {
  for (const client of opened.splice(0)) await client.dispose()
})

function apolloOf(caller: Caller, policies?: TypePolicies): ApolloClient {
  const { socket, stock } = socketTo(gateway.url, caller)
  opened.push(stock)
  const cache = new InMemoryCache({ typePolicies: policies, possibleTypes })
  return new ApolloClient({ cache, link: new GraphQLWsLink(socket) })
}

const team = gql(documents.team)

/** The team as a page shows it: the query is watched, and the subscription only runs. */
async function shownBy(client: ApolloClient): Promise<Arrivals<TeamData['team']>> {
  const shown = new Arrivals<TeamData['team']>()
  client
    .watchQuery<TeamData>({ query: team })
    .subscribe(({ data, dataState }) => dataState === 'complete' && shown.take(data.team))
  await shown.next()
  client.subscribe({ query: gql(documents.live) }).subscribe(() => undefined)
  return shown
}

test('Apollo hears each event once over sockets that are cut', () =>
  expectEachEventOnce(gateway, (socket, hear) => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(socket) })
    const subscription = client
      .subscribe<{ accountEvents: LiveData }>({ query: gql(documents.events) })
      .subscribe(({ data }) => data && hear(data.accountEvents.balance.available))
    return () => subscription.unsubscribe()
  }))

describe.each([
  ['as it comes', undefined],
  ['with the policy of the recipe', typePolicies],
])('the cache of Apollo, %s', (_, policies) => {
  test('shows each charge by the stream alone', async () => {
    const { team, member } = await newTeam(gateway)
    const shown = await shownBy(apolloOf(member, policies))
    await charge(gateway.url, team)
    const { balance } = await shown.until(({ balance }) => balance.available === '49900')
    await charge(gateway.url, team)
    const later = await shown.until(({ balance }) => balance.available === '49800')
    expect(later.balance.id).toBe(balance.id)
  })

  test('closes a hold by the result that settles it', async () => {
    const { member } = await newTeam(gateway)
    const client = apolloOf(member, policies)
    const placed = await client.mutate<{ holdCredits: { id: string } }>({
      mutation: gql(documents.place),
      variables: { input: { usage, idempotencyKey: randomUUID() } },
    })
    const holdId = placed.data?.holdCredits.id
    const { data } = await client.query<TeamData>({ query: team })
    expect(data?.team).toMatchObject({ balance: { held: '30' }, holds: { nodes: [{ id: holdId, state: 'OPEN' }] } })
    const variables = { input: { holdId, idempotencyKey: randomUUID() } }
    await client.mutate({ mutation: gql(documents.settle), variables })
    expect(client.readQuery<TeamData>({ query: team })?.team).toMatchObject({
      balance: { available: '49970', held: '0' },
      holds: { nodes: [{ id: holdId, state: 'SETTLED' }] },
    })
  })

  test('keeps the rest of a team of which a field is refused', async () => {
    const { team, member } = await newTeam(gateway)
    const client = apolloOf({ ...member, role: 'MEMBER' }, policies)
    const errorPolicy: ErrorPolicy = 'all'
    const { data, error } = await client.query({ query: gql(documents.refused), errorPolicy })
    expect(error?.message).toContain('ADMIN')
    expect(data).toMatchObject({ team: { id: team, apiKeys: null, balance: { available: '50000' } } })
    const balance = gql`{ team { id balance { id available } } }`
    expect(client.readQuery({ query: balance })).toMatchObject({ team: { balance: { available: '50000' } } })
  })

  test('reads the fields of a failure', async () => {
    const { member } = await newTeam(gateway)
    const client = apolloOf(member, policies)
    const variables = { usage: [{ rate: 'image.none' }] }
    const { data } = await client.query({ query: gql(documents.estimate), variables })
    expect(data).toMatchObject({ estimate: { __typename: 'UnknownRate', code: 'UNKNOWN_RATE' } })
  })
})

test('Apollo shows the prices of two catalogs side by side', async () => {
  const dearer = await startGateway()
  const { member } = await newTeam(dearer)
  const before = await doubleFluxPrice(dearer)
  const { socket, stock } = socketTo(dearer.url, member)
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(socket) })
  const query = gql(documents.prices)
  await client.query({ query, variables: { before } })
  const cached = client.readQuery<{ now: RateCard; before: RateCard }>({ query, variables: { before } })
  expect([fluxOf(cached?.before)?.credits, fluxOf(cached?.now)?.credits]).toEqual(['30', '60'])
  await stock.dispose()
  await dearer.close()
})

describe('the policy of the recipe', () => {
  const live = gql(documents.live)

  /** A cache that shows a team, an answer that was on its way when a charge came, and the balance after that charge. */
  async function overtaken() {
    const { team: teamId, member } = await newTeam(gateway)
    const client = apolloOf(member, typePolicies)
    const read = () => client.query<TeamData>({ query: team, fetchPolicy: 'no-cache' })
    const slow = await read()
    const shown = await shownBy(client)
    await charge(gateway.url, teamId)
    const { balance } = await shown.until(({ balance }) => balance.available === '49900')
    const available = () => client.readQuery<TeamData>({ query: team })?.team.balance.available
    return { client, slow: slow.data as TeamData, balance, available }
  }

  test('shows no answer that arrives behind a newer value of the stream', async () => {
    const { client, slow, available } = await overtaken()
    client.writeQuery({ query: team, data: slow })
    expect(available()).toBe('49900')
    client.cache.write({ query: live, dataId: 'ROOT_SUBSCRIPTION', result: { balance: slow.team.balance } })
    expect(available()).toBe('49900')
  })

  test('shows another value of the same revision, because time alone changes a balance, too', async () => {
    const { client, balance, available } = await overtaken()
    const later = { ...balance, available: '49000' }
    client.cache.write({ query: live, dataId: 'ROOT_SUBSCRIPTION', result: { balance: later } })
    expect(available()).toBe('49000')
  })
})
