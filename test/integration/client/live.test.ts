import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import {
  type AccountEvent,
  type Alert,
  type Balance,
  type CreditsClient,
  CreditsClientError,
  createCreditsClient,
  EstimateDocument,
  PackagesDocument,
} from '../../../web/client/index.ts'
import { type Caller, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, grant, makeTeam, mutate } from '../../setup/operator.ts'
import { Arrivals, statesOf, untilState } from './watching.ts'

let gateway: Gateway
let clients: CreditsClient[] = []

beforeAll(async () => {
  gateway = await startGateway()
})

afterEach(() => {
  for (const client of clients) client.close()
  clients = []
})

afterAll(() => gateway?.close())

function clientOf(caller: Caller, options: Partial<Parameters<typeof createCreditsClient>[0]> = {}): CreditsClient {
  const client = createCreditsClient({ url: `${gateway.url}/graphql`, token: () => tokenFor(caller), ...options })
  clients.push(client)
  return client
}

async function teamClient(): Promise<{ team: string; client: CreditsClient }> {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  return { team, client: clientOf({ team, role: 'MEMBER' }) }
}

const openSockets = async (): Promise<number> =>
  Number(/credits_open_sockets (\d+)/.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1])

function watched(client: CreditsClient): CreditsClient {
  client.balance.subscribe(() => undefined)
  return client
}

const errorsOf = (client: CreditsClient, subscribe: 'balance' | 'events' = 'balance') => {
  const errors = new Arrivals<CreditsClientError>()
  client[subscribe].subscribe(() => undefined, { onError: errors.take })
  return errors
}

describe('the balance', () => {
  test('is told now and after each change, and kept as current', async () => {
    const { team, client } = await teamClient()
    const balances = new Arrivals<Balance>()
    expect([client.state, client.balance.current]).toEqual(['idle', null])
    client.balance.subscribe(balances.take)
    const before = await balances.next()
    await charge(gateway.url, team)
    const after = await balances.until(({ revision }) => revision > before.revision)
    expect(Number(before.available) - Number(after.available)).toBe(100)
    expect(client.balance.current).toEqual(after)
    expect(client.state).toBe('live')
  })

  test('has its label in the language that was asked for', async () => {
    const team = randomUUID()
    await makeTeam(gateway.url, team)
    const balances = new Arrivals<Balance>()
    clientOf({ team }, { locale: 'de' }).balance.subscribe(balances.take)
    expect((await balances.next()).label).toMatch(/^\d{1,3}(\.\d{3})* /)
  })

  test('is watched once for all listeners, and told to each who comes later', async () => {
    const { client } = await teamClient()
    const [one, other] = [new Arrivals<Balance>(), new Arrivals<Balance>()]
    client.balance.subscribe(one.take)
    const first = await one.next()
    client.balance.subscribe(other.take)
    expect(await other.next()).toBe(first)
  })

  test('a listener that throws or rejects keeps nobody else from hearing', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { team, client } = await teamClient()
    const balances = new Arrivals<Balance>()
    client.balance.subscribe(() => {
      throw new Error('Thrown by a listener, as the test wants')
    })
    client.balance.subscribe(() => Promise.reject(new Error('Rejected by a listener, as the test wants')))
    client.balance.subscribe(balances.take)
    await balances.next()
    await charge(gateway.url, team)
    await balances.next()
    expect(client.state).toBe('live')
    expect(shown).toHaveBeenCalledTimes(4)
    shown.mockRestore()
  })

  test('of any team is there for the operator', async () => {
    const team = randomUUID()
    await makeTeam(gateway.url, team)
    await grant(gateway.url, team, '7')
    const balances = new Arrivals<Balance>()
    clientOf({}, { teamId: team }).balance.subscribe(balances.take)
    expect((await balances.next()).additional).toBe('7')
  })
})

test('nothing runs before the first listener came and after the last has gone', async () => {
  const { client } = await teamClient()
  expect(await openSockets()).toBe(0)
  const states = statesOf(client)
  const stop = client.balance.subscribe(() => undefined)
  await states.until((state) => state === 'live')
  expect(await openSockets()).toBe(1)
  stop()
  await states.until((state) => state === 'idle')
  expect(states.seen).toEqual(['idle', 'connecting', 'live', 'idle'])
  expect(client.balance.current).toBeNull()
  await expect.poll(openSockets).toBe(0)
  client.balance.subscribe(() => undefined)
  await states.until((state) => state === 'live')
})

test('alerts come once per crossing', async () => {
  const team = randomUUID()
  await makeTeam(gateway.url, team, 'free')
  const client = clientOf({ team, role: 'ADMIN' })
  const alerts = new Arrivals<Alert>()
  client.alerts.subscribe(alerts.take)
  await untilState(client, 'live')
  const spend = (thousands: number) =>
    mutate(gateway.url, 'chargeUsage', { teamId: team, usage: [{ rate: 'tts.openai', quantity: `${thousands}000` }] })
  await spend(28)
  expect(await alerts.next()).toMatchObject({ state: 'LOW', canPurchase: true, balance: { state: 'LOW' } })
  const late = new Arrivals<Alert>()
  client.alerts.subscribe(late.take)
  expect((await late.next()).state).toBe('LOW')
  await spend(1)
  await grant(gateway.url, team, '900')
  expect((await alerts.next()).state).toBe('OK')
  expect(alerts.seen.map(({ state }) => state)).toEqual(['LOW', 'OK'])
})

test('events come in order, each once, and go on behind the one that was kept', async () => {
  const { team, client } = await teamClient()
  const events = new Arrivals<AccountEvent>()
  const stop = client.events.subscribe(events.take)
  await untilState(client, 'live')
  await Promise.all(Array.from({ length: 20 }, () => charge(gateway.url, team)))
  const charged: AccountEvent[] = []
  while (charged.length < 20) charged.push(await events.until(({ type }) => type === 'CREDITS_CHARGED'))
  const revisions = charged.map(({ revision }) => revision)
  expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other))
  expect(charged[0]).toMatchObject({ amount: '-100', activity: { type: 'CHARGE', member: { memberId: 'ana' } } })
  stop()

  const kept = client.events.lastEventId
  await grant(gateway.url, team, '5')
  const again = new Arrivals<AccountEvent>()
  client.events.subscribe(again.take, { after: kept })
  expect(await again.next()).toMatchObject({ type: 'CREDITS_ADDED', amount: '5' })
})

test('behind an event that is unknown it goes on from now, and says so', async () => {
  const { team, client } = await teamClient()
  const events = new Arrivals<AccountEvent>()
  const gaps = new Arrivals<string>()
  client.events.subscribe(events.take, { after: 'of-another-database', onGap: gaps.take })
  expect(await gaps.next()).toBe('of-another-database')
  await untilState(client, 'live')
  await grant(gateway.url, team, '5')
  expect(await events.next()).toMatchObject({ amount: '5' })
})

describe('what the gateway refuses', () => {
  test('ends the one subscription, with what to do, and the others go on', async () => {
    const { client } = await teamClient()
    client.balance.subscribe(() => undefined)
    await untilState(client, 'live')
    const nowhere = clientOf({}, { teamId: 'nowhere' })
    const error = await errorsOf(nowhere).next()
    expect(error).toBeInstanceOf(CreditsClientError)
    expect(error.code).toBe('NOT_FOUND')
    expect(nowhere.state).toBe('idle')
    expect((await errorsOf(clientOf({}, { teamId: 'nowhere' }), 'events').next()).code).toBe('NOT_FOUND')
    expect(client.state).toBe('live')
  })

  test('a token that is text and refused closes the client, with what to do', async () => {
    const client = clientOf({}, { token: 'forged' })
    const error = await errorsOf(client).next()
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('as a function') })
    expect([client.state, client.error]).toEqual(['closed', error])
    expect(() => client.balance.subscribe(() => undefined)).toThrow(error)
  })

  test('a fresh token that is refused, too, is not tried in a hurry', async () => {
    let asked = 0
    const client = clientOf(
      {},
      {
        token: () => {
          asked += 1
          return 'forged'
        },
      },
    )
    client.balance.subscribe(() => undefined)
    await expect.poll(() => asked).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(asked).toBeLessThan(20)
    expect(client.state).toBe('connecting')
    expect(client.error?.code).toBe('UNAUTHENTICATED')
  })

  test('a token that can not be had is asked for again', async () => {
    const team = randomUUID()
    await makeTeam(gateway.url, team)
    let asked = 0
    const client = clientOf(
      {},
      {
        token: () => {
          asked += 1
          if (asked < 3) throw new Error('The backend is away')
          return tokenFor({ team })
        },
      },
    )
    const errors = new Arrivals<string | undefined>()
    client.onState((_, error) => errors.take(error?.message))
    client.balance.subscribe(() => undefined)
    await untilState(client, 'live')
    expect(asked).toBe(3)
    expect(client.error).toBeNull()
  })
})

describe('a request', () => {
  const usage = [{ rate: 'video.kling-3-0', quantity: '10' }]

  test('is typed by its document', async () => {
    const { client } = await teamClient()
    const { packages } = await client.request(PackagesDocument)
    expect(packages.map(({ name }) => name)).not.toEqual([])
    const { estimate } = await client.request(EstimateDocument, { usage })
    if (estimate.__typename !== 'Estimate') throw new Error(estimate.message)
    expect([estimate.low, estimate.sufficient]).toEqual(['1700', true])
    // @ts-expect-error: the usage is missing
    await expect(client.request(EstimateDocument, {})).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    const text = await client.request<{ team: { name: string } }, object>('{ team { name } }')
    expect(text.team.name).toBeTypeOf('string')
  })

  test('with a token that has ended is sent again with a fresh one', async () => {
    const team = randomUUID()
    await makeTeam(gateway.url, team)
    const tokens = ['forged', await tokenFor({ team })]
    const client = clientOf({}, { token: () => tokens.shift() ?? 'none is left' })
    expect((await client.request(EstimateDocument, { usage })).estimate.__typename).toBe('Estimate')
    expect(tokens).toEqual([])
  })

  test('that fails says why', async () => {
    const { client } = await teamClient()
    await expect(client.request('{ nothing }')).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' })
    const away = createCreditsClient({ url: 'http://127.0.0.1:1/graphql', token: 'any' })
    await expect(away.request(PackagesDocument)).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

test('a client that was closed tells nobody anything and takes nobody', async () => {
  const { team, client } = await teamClient()
  const balances = new Arrivals<Balance>()
  client.balance.subscribe(balances.take)
  await balances.next()
  client.close()
  client.close()
  await charge(gateway.url, team)
  await expect.poll(openSockets).toBe(0)
  expect(balances.seen).toHaveLength(1)
  expect(client.state).toBe('closed')
  expect(() => client.events.subscribe(() => undefined)).toThrow('make a new one')
})

test("another platform's WebSocket serves as well, also where it is called off before it was there", async () => {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  await untilState(watched(clientOf({ team }, { webSocketImpl: WebSocket })), 'live')
  const hurried = watched(clientOf({ team }, { webSocketImpl: WebSocket }))
  await untilState(hurried, 'connecting')
  hurried.close()
  const socketsOnly = { webSocketImpl: WebSocket, fetch: () => Promise.reject(new Error('Not this way')) }
  const waiting = watched(clientOf({ team }, { url: 'http://127.0.0.1:1/graphql', ...socketsOnly }))
  await expect.poll(() => waiting.error?.code).toBe('CONNECTION_LOST')
})

test('an address that is none is refused at once', () => {
  expect(() => createCreditsClient({ url: 'ftp://somewhere/graphql', token: 'any' })).toThrow('https://')
})
