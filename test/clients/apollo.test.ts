import { randomUUID } from 'node:crypto'
import { ApolloClient, type ErrorPolicy, gql, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { type Caller, type Gateway, startGateway } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import type { LiveData, TeamData } from './documents.ts'
import * as documents from './documents.ts'
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
import { possibleTypes } from './schema.ts'

let gateway: Gateway
let project: Project

beforeAll(async () => {
  gateway = await startGateway()
  project = await makeProject({ 'apollo.js': snippet('recipes', '## Apollo Client 4', 'js') })
})

afterAll(async () => {
  await project?.remove()
  await gateway?.close()
})

const opened: Client[] = []
afterEach(async () => {
  for (const client of opened.splice(0)) await client.dispose()
})

/** The client of the page, over that socket. */
async function ofThePage(socket: Client): Promise<ApolloClient> {
  const given = { './socket': { socket }, './possible-types': { default: { possibleTypes } } }
  return (await imported<{ client: ApolloClient }>(project, 'apollo.js', given)).client
}

/** A client without any setting but `possibleTypes`. */
const asItComes = (socket: Client) =>
  new ApolloClient({ cache: new InMemoryCache({ possibleTypes }), link: new GraphQLWsLink(socket) })

function openSocket(caller: Caller): Client {
  const { socket, stock } = socketTo(gateway.url, caller)
  opened.push(stock)
  return socket
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
  expectEachEventOnce(gateway, async (socket, hear) => {
    const client = await ofThePage(socket)
    const subscription = client
      .subscribe<{ accountEvents: LiveData }>({ query: gql(documents.events) })
      .subscribe(({ data }) => data && hear(data.accountEvents.balance.available))
    return () => subscription.unsubscribe()
  }))

describe.each([
  ['as it comes', asItComes],
  ['with the policy of the recipe', ofThePage],
])('the cache of Apollo, %s', (_, clientOver) => {
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
    const client = await clientOver(openSocket({ ...member, role: 'MEMBER' }))
    const errorPolicy: ErrorPolicy = 'all'
    const { data, error } = await client.query({ query: gql(documents.refused), errorPolicy })
    expect(error?.message).toContain('ADMIN')
    expect(data).toMatchObject({ team: { id: team, apiKeys: null, balance: { available: '50000' } } })
    const balance = gql`{ team { id balance { id available } } }`
    expect(client.readQuery({ query: balance })).toMatchObject({ team: { balance: { available: '50000' } } })
  })

  test('reads the fields of a failure', async () => {
    const { member } = await newTeam(gateway)
    const client = await clientOver(openSocket(member))
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
  const client = await ofThePage(socket)
  const query = gql(documents.prices)
  await client.query({ query, variables: { before } })
  const cached = client.readQuery<{ now: RateCard; before: RateCard }>({ query, variables: { before } })
  expect([fluxOf(cached?.before)?.credits, fluxOf(cached?.now)?.credits]).toEqual(['30', '60'])
  await stock.dispose()
  await dearer.close()
})

describe('the policy of the recipe', () => {
  const live = gql(documents.live)

  test('shows no answer that arrives behind a newer value of the stream', async () => {
    const { team: teamId, member } = await newTeam(gateway)
    const slow = slowSocket(openSocket(member))
    const client = await ofThePage(slow.socket)
    const shown = await shownBy(client)
    const { answered, arrive } = slow.keepBack()
    // It would join the first query, which may have its answer and is not complete.
    const context = { queryDeduplication: false }
    const late = client.query<TeamData>({ query: team, fetchPolicy: 'network-only', context })
    await answered
    await charge(gateway.url, teamId)
    const { balance } = await shown.until(({ balance }) => balance.available === '49900')
    arrive()
    await late
    const available = () => client.readQuery<TeamData>({ query: team })?.team.balance.available
    expect(available()).toBe('49900')
    const older = { ...balance, revision: balance.revision - 1, available: '50000' }
    client.cache.write({ query: live, dataId: 'ROOT_SUBSCRIPTION', result: { balance: older } })
    expect(available()).toBe('49900')
  })

  test('shows another value of the same revision, because time alone changes a balance, too', async () => {
    const { member } = await newTeam(gateway)
    const client = await ofThePage(openSocket(member))
    const { data } = await client.query<TeamData>({ query: team })
    const later = { ...data?.team.balance, available: '49000' }
    client.cache.write({ query: live, dataId: 'ROOT_SUBSCRIPTION', result: { balance: later } })
    expect(client.readQuery<TeamData>({ query: team })?.team.balance.available).toBe('49000')
  })
})
