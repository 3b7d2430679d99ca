import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AccountEvent, Balance, CreditsClient, CreditsClientOptions } from '../../../web/client/index.ts'
import { type BlockingProxy, blockingProxy } from '../../setup/blocking-proxy.ts'
import { createTestDatabase, type TestDatabase } from '../../setup/database.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { balanceOf, charge, makeTeam } from '../../setup/operator.ts'
import { hurriedClient } from './hurried.ts'
import { Arrivals, statesOf } from './watching.ts'

let home: TestDatabase
let gateway: Gateway
let team: string
let clients: CreditsClient[] = []
let proxies: BlockingProxy[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  gateway = await startGateway({ databaseUrl: home.url })
  team = randomUUID()
  await makeTeam(gateway.url, team)
})

afterEach(async () => {
  vi.useRealTimers()
  for (const client of clients) client.close()
  await Promise.all(proxies.map((proxy) => proxy.close()))
  clients = []
  proxies = []
})

afterAll(async () => {
  await gateway?.close()
  await home?.drop()
})

async function restart(): Promise<void> {
  const port = Number(new URL(gateway.url).port)
  await gateway.close()
  gateway = await startGateway({ databaseUrl: home.url, port })
}

async function proxy(): Promise<BlockingProxy> {
  const made = await blockingProxy(gateway.url)
  proxies.push(made)
  return made
}

function clientAt(url: string, options: Partial<CreditsClientOptions> = {}): CreditsClient {
  const client = hurriedClient({ url: `${url}/graphql`, token: () => tokenFor({ team }), ...options })
  clients.push(client)
  return client
}

function watch(client: CreditsClient) {
  const [balances, events, gaps] = [new Arrivals<Balance>(), new Arrivals<AccountEvent>(), new Arrivals<string>()]
  const states = statesOf(client)
  client.balance.subscribe(balances.take)
  client.events.subscribe(events.take, { onGap: gaps.take })
  return { balances, events, gaps, states }
}

/** Each event once, in order and without a gap: each balance is that of the event before, less the charge. */
function expectAll(events: readonly AccountEvent[], charges: number): void {
  expect(events.map(({ type }) => type)).toEqual(Array(charges).fill('CREDITS_CHARGED'))
  for (const [index, event] of events.entries()) {
    const before = events[index - 1]
    if (before === undefined) continue
    expect(event.revision).toBeGreaterThan(before.revision)
    expect(Number(before.balance.available) - Number(event.balance.available)).toBe(100)
  }
}

/** Another client of the same team charges through its own gateway while the watched line is away. */
const chargeTimes = async (times: number) => {
  for (let time = 0; time < times; time++) await charge(gateway.url, team)
}

const rising = (balances: readonly Balance[]) =>
  expect(balances.map(({ revision }) => revision)).toEqual(
    balances.map(({ revision }) => revision).sort((one, other) => one - other),
  )

describe.each(['WebSockets', 'event streams'])('over %s', (way) => {
  const open = async (options: Partial<CreditsClientOptions> = {}) => {
    const line = await proxy()
    line.letSockets(way === 'WebSockets')
    return { line, client: clientAt(line.url, options) }
  }

  test('across restarts of the gateway nothing is lost and nothing comes twice', async () => {
    const { client } = await open()
    const { balances, events, gaps, states } = watch(client)
    await states.until((state) => state === 'live')
    for (let round = 0; round < 3; round++) {
      await chargeTimes(3)
      const restarting = restart()
      await states.until((state) => state === 'reconnecting')
      await restarting
      await chargeTimes(2)
      await states.until((state) => state === 'live')
    }
    while (events.seen.length < 15) await events.next()
    expectAll(events.seen, 15)
    rising(balances.seen)
    await expect.poll(() => client.balance.current?.revision).toBe((await balanceOf(gateway.url, team)).revision)
    expect(gaps.seen).toEqual([])
  })

  test('a line that is cut is told as reconnecting, then stale, and is live with the first new value', async () => {
    const { line, client } = await open({ staleAfterMs: 200 })
    const { events, states } = watch(client)
    await states.until((state) => state === 'live')
    await chargeTimes(1)
    await events.next()
    // Both ways are shut: WebSockets here, everything by the gateway being away.
    const port = Number(new URL(gateway.url).port)
    await gateway.close()
    await states.until((state) => state === 'stale')
    expect(client.error?.code).toMatch(/CONNECTION_LOST|RESTARTING/)
    expect(client.balance.current).not.toBeNull()
    gateway = await startGateway({ databaseUrl: home.url, port })
    await chargeTimes(1)
    await states.until((state) => state === 'live')
    await expect.poll(() => client.balance.current?.revision).toBe((await balanceOf(gateway.url, team)).revision)
    while (events.seen.length < 2) await events.next()
    expectAll(events.seen, 2)
    expect(states.seen).toEqual(['idle', 'connecting', 'live', 'reconnecting', 'stale', 'live'])
    line.cut()
    await states.until((state) => state === 'live')
  })

  test('a token that ends is replaced, and the stream goes on', async () => {
    // The first two are for WebSockets, where those do not get through.
    const lives = way === 'WebSockets' ? [1, 1] : [60, 60, 1, 1]
    const enough = lives.length + 1
    let asked = 0
    vi.useFakeTimers({ toFake: ['Date'] })
    const { client } = await open({
      token: () => {
        asked += 1
        return tokenFor({ team, seconds: lives.shift() })
      },
    })
    const { events, states } = watch(client)
    for (let end = 0; end < 2; end++) {
      await states.until((state) => state === 'live')
      vi.setSystemTime(Date.now() + 1_000)
      await states.until((state) => state === 'reconnecting')
    }
    await states.until((state) => state === 'live')
    expect(asked).toBe(enough)
    await chargeTimes(1)
    await events.next()
    expectAll(events.seen, 1)
    expect(states.seen).not.toContain('stale')
  })
})

describe('where WebSockets do not get through', () => {
  test('the third attempt is an event stream, and so is each after a cut', async () => {
    const line = await proxy()
    line.letSockets(false)
    const client = clientAt(line.url)
    const { states, balances } = watch(client)
    await balances.next()
    expect(line.upgrades()).toBe(2)
    await states.until((state) => state === 'live')
    line.cut()
    await states.until((state) => state === 'reconnecting')
    await states.until((state) => state === 'live')
    expect(line.upgrades()).toBe(2)
  })

  test('and then event streams no more, it is a WebSocket again', async () => {
    const line = await proxy()
    line.letSockets(false)
    const client = clientAt(line.url)
    const { states } = watch(client)
    await states.until((state) => state === 'live')
    const port = Number(new URL(gateway.url).port)
    const before = line.upgrades()
    await gateway.close()
    await expect.poll(() => line.upgrades(), { timeout: 60_000 }).toBeGreaterThan(before)
    line.letSockets(true)
    gateway = await startGateway({ databaseUrl: home.url, port })
    await states.until((state) => state === 'live')
  })
})
