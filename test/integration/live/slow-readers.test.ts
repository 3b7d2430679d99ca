import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { busy } from '../../../src/live/fan-out-throttle.ts'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts } from '../../setup/locked-accounts.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { balanceOf, charge, grant, makeTeam } from '../../setup/operator.ts'
import { type Message, RawLine } from '../../setup/raw-socket.ts'
import { ServerStreams } from '../../setup/server-streams.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
const streams = new ServerStreams()
const lines = new Set<RawLine>()
const clients = new Set<Client>()

// No heart beats: a client that reads nothing answers no pings, and a busy machine is slower than two of them.
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  gateway = await startGateway()
  vi.useRealTimers()
})

afterEach(async () => {
  vi.useRealTimers()
  for (const line of lines) line.terminate()
  for (const client of clients) await client.dispose()
  lines.clear()
  clients.clear()
  await untilMetric(gateway.url, 'credits_open_sockets', 0)
  await untilMetric(gateway.url, 'credits_streams', 0)
  expect(await metric(gateway.url, 'credits_subscriptions')).toBe(0)
})

afterAll(async () => {
  streams.close()
  await gateway?.close()
})

/** Long names make a result of some 55 KB: operating systems buffer megabytes for a connection. */
const long = (field: string, count = 190, length = 270) =>
  Array.from({ length: count }, (_, index) => `${'x'.repeat(length)}${index}: ${field}`).join(' ')
const largeBalance = `subscription { balance { available ${long('held')} } }`
const resultBytes = 60_000
/** The bytes that Node buffers before it reports a stream as full. */
const fullBytes = 64 * 1024

const team = async (name: string) => {
  await makeTeam(gateway.url, name)
  await grant(gateway.url, name, '10000000')
  return name
}

const authorization = async (name: string, member = 'ana') =>
  `Bearer ${await tokenFor({ team: name, member, role: 'VIEWER' })}`

async function open(name: string): Promise<{ line: RawLine; served: Socket }> {
  const line = await RawLine.open(gateway.url, await authorization(name))
  lines.add(line)
  return { line, served: streams.of(line.stream) }
}

function fast(name: string): Client {
  const client = connect(gateway.url, { team: name, role: 'VIEWER' })
  clients.add(client)
  return client
}

const events = (more: string, after = '') => `subscription { accountEvents${after} { id ${more} } }`
type Told = { accountEvents: { id: string; balance: Pill['balance'] } }
const eventOf = ({ payload }: Message) => (payload as { data: Told }).data.accountEvents.id
type Pill = { balance: { available: string } }
const pill = (name: string) => new Watch<Pill>(fast(name), 'subscription { balance { available } }')

/**
 * Charges until the server can't send any more. The operating system may make room later, until its own buffers are as
 * large as they get.
 */
async function fill(name: string, served: Socket): Promise<void> {
  while (!served.writableNeedDrain) await charge(gateway.url, name)
}

/** The deadline of a slow reader passes when a test says so, however slow the machine is. */
const stopTheClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

/** With fewer at once than make a stream rest between two states, for which the clock would have to go on. */
async function chargeMany(name: string, count: number, each: () => void): Promise<void> {
  const atOnce = busy - 1
  const workers = Array.from({ length: atOnce }, async (_, worker) => {
    for (let done = worker; done < count; done += atOnce) {
      await charge(gateway.url, name)
      each()
    }
  })
  await Promise.all(workers)
}

describe('a client that stops reading', () => {
  test('is kept no more than one state for; others hear the latest, and so does it when it reads on', async () => {
    stopTheClock()
    const name = await team('states')
    const { line, served } = await open(name)
    const other = pill(name)
    await other.next()
    line.subscribe('1', largeBalance)
    await line.next()
    line.stopReading()
    await fill(name, served)

    let most = 0
    const changes = 500
    await chargeMany(name, changes, () => {
      most = Math.max(most, served.writableLength)
    })
    await fill(name, served)
    expect(most).toBeLessThan(fullBytes + 2 * resultBytes)
    const { available } = await balanceOf(gateway.url, name)
    await other.until(({ balance }) => balance.available === available)

    line.readOn()
    const shown: string[] = []
    while (shown.at(-1) !== available) {
      const { payload } = (await line.next()) as { payload: { data: Pill } }
      shown.push(payload.data.balance.available)
    }
    expect(shown.length).toBeLessThan(changes / 2)
    expect(shown.map(Number)).toEqual(shown.map(Number).toSorted((one, two) => two - one))
    await charge(gateway.url, name)
    expect(JSON.stringify(await line.next())).toContain(`"available":"${Number(available) - 100}"`)
  })

  test('is told every event once and in order when it reads on in time', async () => {
    stopTheClock()
    const name = await team('events')
    const { line, served } = await open(name)
    const starting = new Watch<Told>(fast(name), events('balance { available }'))
    let first: string | null = null
    starting.next().then(({ accountEvents }) => {
      first = accountEvents.id
    })
    while (first === null) await charge(gateway.url, name)
    const after = `(after: ${JSON.stringify(first)})`
    const quick = new Watch<Told>(fast(name), events('balance { available }', after))
    line.subscribe('1', events(long('type'), after))
    await charge(gateway.url, name)
    const told = [eventOf(await line.next())]
    line.stopReading()
    await fill(name, served)
    let most = 0
    await chargeMany(name, 500, () => {
      most = Math.max(most, served.writableLength)
    })
    expect(most).toBeLessThan(fullBytes + 2 * resultBytes)
    const { available } = await balanceOf(gateway.url, name)
    const { id: marker } = (await quick.until(({ accountEvents }) => accountEvents.balance.available === available))
      .accountEvents

    line.readOn()
    while (told.at(-1) !== marker) told.push(eventOf(await line.next()))
    expect(told).toEqual(quick.seen.map(({ accountEvents }) => accountEvents.id))
    expect(new Set(told).size).toBe(told.length)
    expect(told.length).toBeGreaterThan(500)
  })

  test.each([
    ['hears why when it reads on', true],
    ['is cut off when it never does', false],
  ])('is closed with 1013 when it has taken nothing for 10 seconds; it %s, and others go on', async (_, readsOn) => {
    stopTheClock()
    const name = await team(`closed-${readsOn}`)
    const closed = () => metric(gateway.url, 'credits_sockets_closed_total', { code: '1013' })
    const before = await closed()
    const { line, served } = await open(name)
    const other = pill(name)
    const latest = async () => {
      await charge(gateway.url, name)
      const { available } = await balanceOf(gateway.url, name)
      await other.until(({ balance }) => balance.available === available)
    }
    await other.next()
    line.subscribe('1', largeBalance)
    await line.next()
    line.stopReading()
    await fill(name, served)
    await latest()
    await fill(name, served)
    const ended = once(served, 'close')
    vi.advanceTimersByTime(10_000)
    await latest()
    if (readsOn) {
      line.readOn()
      expect(await line.closed).toEqual({ code: 1013, reason: expect.stringContaining('too slowly') })
      line.terminate()
    } else vi.advanceTimersByTime(5_000)
    await ended
    expect(await closed()).toBe(before + 1)
  })

  test('is answered no faster than it reads, and closed when it has asked for too much', async () => {
    const name = await team('answers')
    const { line, served } = await open(name)
    const { line: small } = await open(name)
    const lock = await lockAccounts(gateway.databaseUrl, 'readings')
    const part = `fragment part on Balance { ${long('held', 45, 1_000)} }`
    const parts = Array.from({ length: 9 }, (_, index) => `p${index}: team { balance { ...part } }`).join(' ')
    for (let id = 0; id < 90; id += 1) {
      line.send({ id: `${id}`, type: 'subscribe', payload: { query: `{ ${parts} } ${part}` } })
    }
    line.send({ type: 'ping' })
    expect(await line.next()).toEqual({ type: 'pong' })
    line.stopReading()
    small.subscribe('1', 'subscription { balance { available } }')
    stopTheClock()
    await lock.release()
    await small.next()
    expect(served.writableLength).toBeLessThan(fullBytes + 1_000_000)
    line.readOn()
    expect(await line.closed).toEqual({ code: 1013, reason: expect.stringContaining('more than you read') })
    line.terminate()
    await charge(gateway.url, name)
    await small.next()
  })
})
