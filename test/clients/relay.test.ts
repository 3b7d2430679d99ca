import { randomUUID } from 'node:crypto'
import type { Client } from 'graphql-ws'
import {
  commitMutation,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  type GraphQLTaggedNode,
  getRequest,
  type MutationParameters,
  type OperationType,
  requestSubscription,
  type Variables,
} from 'relay-runtime'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { type Caller, type Gateway, startGateway } from '../setup/gateway.ts'
import { charge, grant, hold, mutate } from '../setup/operator.ts'
import { newestBalances } from './newest-balance.ts'
import { imported, makeProject, type Project, snippet } from './project.ts'
import activityQuery, { type operationsActivityQuery } from './relay/__generated__/operationsActivityQuery.graphql.ts'
import balanceSubscription from './relay/__generated__/operationsBalanceSubscription.graphql.ts'
import catalogQuery, { type operationsCatalogQuery } from './relay/__generated__/operationsCatalogQuery.graphql.ts'
import eventsSubscription, {
  type operationsEventsSubscription,
} from './relay/__generated__/operationsEventsSubscription.graphql.ts'
import holdMutation, { type operationsHoldMutation } from './relay/__generated__/operationsHoldMutation.graphql.ts'
import holdQuery, { type operationsHoldQuery } from './relay/__generated__/operationsHoldQuery.graphql.ts'
import holdsQuery, { type operationsHoldsQuery } from './relay/__generated__/operationsHoldsQuery.graphql.ts'
import pricesQuery, { type operationsPricesQuery } from './relay/__generated__/operationsPricesQuery.graphql.ts'
import refusedQuery, { type operationsRefusedQuery } from './relay/__generated__/operationsRefusedQuery.graphql.ts'
import settleMutation, {
  type operationsSettleMutation,
} from './relay/__generated__/operationsSettleMutation.graphql.ts'
import teamQuery, { type operationsTeamQuery } from './relay/__generated__/operationsTeamQuery.graphql.ts'
import { doubleFluxPrice, expectEachEventOnce, fluxOf, newTeam, slowSocket, socketTo, usage } from './scene.ts'

let gateway: Gateway
let project: Project

beforeAll(async () => {
  gateway = await startGateway()
  project = await makeProject({ 'environment.js': snippet('recipes', '## Relay', 'js') })
})

afterAll(async () => {
  await project?.remove()
  await gateway?.close()
})

const opened: Client[] = []
afterEach(async () => {
  for (const client of opened.splice(0)) await client.dispose()
})

/** The environment of the page, over that socket. */
async function environmentOver(socket: Client): Promise<Environment> {
  const given = { './socket': { socket }, './newest-balance': { newestBalances } }
  return (await imported<{ environment: Environment }>(project, 'environment.js', given)).environment
}

function relayOf(caller: Caller): Promise<Environment> {
  const { socket, stock } = socketTo(gateway.url, caller)
  opened.push(stock)
  return environmentOver(socket)
}

const operationOf = (query: GraphQLTaggedNode, variables: Variables = {}) =>
  createOperationDescriptor(getRequest(query), variables)

/** The data that a component would show now, read from the store. */
const shown = <Query extends OperationType>(
  environment: Environment,
  query: GraphQLTaggedNode,
  variables?: Variables,
) => environment.lookup(operationOf(query, variables).fragment).data as Query['response']

/** Fetches, and keeps the records as a mounted component does. */
async function fetched<Query extends OperationType>(
  environment: Environment,
  query: GraphQLTaggedNode,
  variables: Query['variables'] = {},
): Promise<Query['response']> {
  environment.retain(operationOf(query, variables))
  // A second fetch would join one that has its answer and is not complete.
  await new Promise<void>((resolve, reject: (error: Error) => void) =>
    fetchQuery<Query>(environment, query, variables).subscribe({ complete: resolve, error: reject }),
  )
  return shown<Query>(environment, query, variables)
}

const mutated = <Mutation extends MutationParameters>(
  environment: Environment,
  mutation: GraphQLTaggedNode,
  variables: Mutation['variables'],
) =>
  new Promise<Mutation['response']>((resolve, reject) => {
    commitMutation<Mutation>(environment, { mutation, variables, onCompleted: resolve, onError: reject })
  })

/** The team as a component shows it: the query is watched, and the subscription only runs. */
async function watched(environment: Environment): Promise<Arrivals<operationsTeamQuery['response']['team']>> {
  await fetched(environment, teamQuery)
  const arrivals = new Arrivals<operationsTeamQuery['response']['team']>()
  environment.subscribe(environment.lookup(operationOf(teamQuery).fragment), ({ data }) =>
    arrivals.take((data as operationsTeamQuery['response']).team),
  )
  requestSubscription(environment, { subscription: balanceSubscription, variables: {} })
  return arrivals
}

test('Relay hears each event once over sockets that are cut', () =>
  expectEachEventOnce(gateway, async (socket, hear) => {
    const { dispose } = requestSubscription<operationsEventsSubscription>(await environmentOver(socket), {
      subscription: eventsSubscription,
      variables: {},
      onNext: (data) => data && hear(data.accountEvents.balance.available),
    })
    return dispose
  }))

describe('the store of Relay', () => {
  test('shows each charge by the stream alone', async () => {
    const { team, member } = await newTeam(gateway)
    const arrivals = await watched(await relayOf(member))
    await charge(gateway.url, team)
    const first = await arrivals.until((now) => now?.balance.available === '49900')
    await charge(gateway.url, team)
    const second = await arrivals.until((now) => now?.balance.available === '49800')
    expect(second?.balance.id).toBe(first?.balance.id)
  })

  test('shows no answer that arrives behind a newer value of the stream', async () => {
    const { team, member } = await newTeam(gateway)
    const { socket, stock } = socketTo(gateway.url, member)
    opened.push(stock)
    const slow = slowSocket(socket)
    const environment = await environmentOver(slow.socket)
    const arrivals = await watched(environment)
    const { answered, arrive } = slow.keepBack()
    const late = fetchQuery<operationsTeamQuery>(environment, teamQuery, {}).toPromise()
    await answered
    await charge(gateway.url, team)
    await arrivals.until((now) => now?.balance.available === '49900')
    arrive()
    await late
    expect(shown<operationsTeamQuery>(environment, teamQuery).team?.balance.available).toBe('49900')
  })

  test('closes a hold, and frees its credits, by the result that settles it', async () => {
    const { member } = await newTeam(gateway)
    const environment = await relayOf(member)
    await fetched(environment, teamQuery)
    const input = { usage, idempotencyKey: randomUUID() }
    const placed = await mutated<operationsHoldMutation>(environment, holdMutation, { input })
    const holdId = placed.holdCredits.id ?? ''
    expect(shown<operationsTeamQuery>(environment, teamQuery).team?.balance.held).toBe('30')
    const before = await fetched<operationsHoldQuery>(environment, holdQuery, { id: holdId })
    expect(before.node).toMatchObject({ __typename: 'Hold', state: 'OPEN', remaining: '30' })
    const settling = { input: { holdId, idempotencyKey: randomUUID() } }
    const settled = await mutated<operationsSettleMutation>(environment, settleMutation, settling)
    expect(settled.settleHold).toMatchObject({ __typename: 'Charge', amount: '30' })
    expect(shown<operationsHoldQuery>(environment, holdQuery, { id: holdId }).node?.state).toBe('SETTLED')
    expect(shown<operationsTeamQuery>(environment, teamQuery).team?.balance).toMatchObject({
      available: '49970',
      held: '0',
    })
    const again = { input: { holdId, idempotencyKey: randomUUID() } }
    const closed = await mutated<operationsSettleMutation>(environment, settleMutation, again)
    expect(closed.settleHold).toMatchObject({ __typename: 'HoldClosed', code: 'HOLD_CLOSED', state: 'SETTLED' })
  })

  test('reads a node anew by its id', async () => {
    const { team, member } = await newTeam(gateway)
    const environment = await relayOf(member)
    const { id = '' } = await hold(gateway.url, team)
    await fetched(environment, holdsQuery, { count: 1 })
    expect(await mutate(gateway.url, 'settleHold', { holdId: id })).toMatchObject({ __typename: 'Charge' })
    expect(shown<operationsHoldsQuery>(environment, holdsQuery, { count: 1 }).team?.holds?.edges).toMatchObject([
      { node: { id, state: 'OPEN' } },
    ])
    await fetched(environment, holdQuery, { id })
    const { team: cached } = shown<operationsHoldsQuery>(environment, holdsQuery, { count: 1 })
    expect(cached?.holds?.edges).toMatchObject([{ node: { id, state: 'SETTLED' } }])
  })

  test('joins the pages of a connection', async () => {
    const { team, member } = await newTeam(gateway)
    const placed: string[] = []
    for (let count = 0; count < 5; count++) placed.unshift((await hold(gateway.url, team)).id ?? '')
    const environment = await relayOf(member)
    let cursor: string | null | undefined = null
    let pages = 0
    do {
      const page: operationsHoldsQuery['response'] = await fetched<operationsHoldsQuery>(environment, holdsQuery, {
        count: 2,
        cursor,
      })
      pages += 1
      cursor = page.team?.holds?.pageInfo.hasNextPage ? page.team.holds.pageInfo.endCursor : null
    } while (cursor)
    expect(pages).toBe(3)
    const { team: joined } = shown<operationsHoldsQuery>(environment, holdsQuery, { count: 2 })
    expect(joined?.holds?.edges.map(({ node }) => node.id)).toEqual(placed)
  })

  test('tells the members of a union apart', async () => {
    const { team, member } = await newTeam(gateway)
    await charge(gateway.url, team)
    await hold(gateway.url, team)
    await grant(gateway.url, team, '5')
    const { team: read } = await fetched<operationsActivityQuery>(await relayOf(member), activityQuery)
    expect(read?.activity?.nodes.slice(0, 3).map(({ subject }) => subject)).toMatchObject([
      { __typename: 'CreditGrant', kind: 'PROMOTION' },
      { __typename: 'Hold', state: 'OPEN' },
      { __typename: 'Charge', amount: '100' },
    ])
  })

  test('keeps the rest of a team of which a field is refused', async () => {
    const { team, member } = await newTeam(gateway)
    const read = await fetched<operationsRefusedQuery>(await relayOf({ ...member, role: 'MEMBER' }), refusedQuery)
    expect(read.team).toMatchObject({ id: team, apiKeys: null, balance: { available: '50000' } })
  })

  test('has one record for each plan and package, also of one code', async () => {
    const warned = vi.spyOn(console, 'error')
    const { member } = await newTeam(gateway)
    const { plans, packages } = await fetched<operationsCatalogQuery>(await relayOf(member), catalogQuery)
    const codes = plans?.map(({ code }) => code) ?? []
    const shared = packages?.filter(({ code }) => codes.includes(code)) ?? []
    expect(shared.length).toBeGreaterThan(0)
    for (const { credits } of shared) expect(Number(credits)).toBeGreaterThan(0)
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })
})

test('Relay shows the prices of two catalogs side by side', async () => {
  const dearer = await startGateway()
  const { member } = await newTeam(dearer)
  const before = await doubleFluxPrice(dearer)
  const { socket, stock } = socketTo(dearer.url, member)
  const cards = await fetched<operationsPricesQuery>(await environmentOver(socket), pricesQuery, { before })
  expect([fluxOf(cards.before)?.credits, fluxOf(cards.now)?.credits]).toEqual(['30', '60'])
  await stock.dispose()
  await dearer.close()
})
