import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { frame, opcodes, RawLine, RawSocket } from '../../setup/raw-socket.ts'
import { ServerStreams } from '../../setup/server-streams.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
const streams = new ServerStreams()
let open: (RawSocket | RawLine)[] = []
let clients: Client[] = []

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'flooded')
})

afterEach(async () => {
  for (const socket of open) socket.terminate()
  for (const client of clients) await client.dispose()
  open = []
  clients = []
  await untilMetric(gateway.url, 'credits_open_sockets', 0)
  await untilMetric(gateway.url, 'credits_streams', 0)
})

afterAll(async () => {
  streams.close()
  await gateway?.close()
})

const token = async (member: string) => `Bearer ${await tokenFor({ team: 'flooded', member, role: 'VIEWER' })}`

async function socket(member: string): Promise<RawSocket> {
  const raw = await RawSocket.open(gateway.url)
  open.push(raw)
  await raw.init(await token(member))
  return raw
}

async function line(member: string): Promise<RawLine> {
  const raw = await RawLine.open(gateway.url, await token(member))
  open.push(raw)
  return raw
}

const balance = 'subscription { balance { available } }'

/** Another client, which must notice nothing of the flood. */
async function bystander(): Promise<() => Promise<void>> {
  const client = connect(gateway.url, { team: 'flooded', member: 'bystander', role: 'VIEWER' })
  clients.push(client)
  const pill = new Watch<{ balance: { available: string } }>(client, balance)
  let { available } = (await pill.next()).balance
  return async () => {
    await charge(gateway.url, 'flooded')
    available = `${Number(available) - 100}`
    await pill.until((data) => data.balance.available === available)
  }
}

/** Within one second of the limits: no time passes in this process until the end. */
async function withinASecond<T>(run: () => Promise<T>): Promise<T> {
  const standing = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
  return run().finally(() => standing.mockRestore())
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('a flood closes the socket that it comes from, with 1008 and what is allowed', () => {
  test.each<[string, Buffer]>([
    ['messages', frame(opcodes.text, '{"type":"pong"}')],
    ['pings that ask for an answer', frame(opcodes.ping, 'x'.repeat(125))],
    ['pongs that nobody asked for', frame(opcodes.pong, '')],
  ])('%s', async (_, bytes) => {
    const goesOn = await bystander()
    const [flooding, other] = [await line('flood'), await socket('flood')]
    const closed = await withinASecond(() => {
      flooding.write(Buffer.concat(times(201, () => bytes)))
      return flooding.closed
    })
    expect(closed).toEqual({ code: 1008, reason: 'A caller may have 200 messages a second on one socket: use fewer' })
    expect(await other.heard()).toEqual([])
    await goesOn()
  })

  test('of pings, from a client that never reads, leaves nothing behind in memory', async () => {
    const flooding = await line('deaf')
    const served = streams.of(flooding.stream)
    const before = await metric(gateway.url, 'credits_sockets_closed_total', { code: '1008' })
    flooding.stopReading()
    const bytes = Buffer.concat(times(500, () => frame(opcodes.ping, 'x'.repeat(125))))
    let most = 0
    for (let round = 0; round < 20; round += 1) {
      flooding.write(bytes)
      await metric(gateway.url, 'credits_open_sockets')
      most = Math.max(most, served.writableLength)
    }
    expect(most).toBeLessThan(200_000)
    flooding.terminate()
    await untilMetric(gateway.url, 'credits_open_sockets', 0)
    expect(await metric(gateway.url, 'credits_sockets_closed_total', { code: '1008' })).toBe(before + 1)
  })
})

describe('all sockets of one caller together may have', () => {
  test('200 sockets; the next is refused, another caller is not, and there is room when one goes', async () => {
    const sockets = await Promise.all(times(200, () => socket('many')))
    const next = await RawSocket.open(gateway.url)
    open.push(next)
    next.send({ type: 'connection_init', payload: { authorization: await token('many') } })
    expect(await next.closed).toEqual({
      code: 1008,
      reason: 'A caller may have 200 sockets and event streams: use fewer',
    })
    await socket('another')
    sockets[0]?.terminate()
    await untilMetric(gateway.url, 'credits_open_sockets', 200)
    await socket('many')
  })

  test('1,000 messages a second', async () => {
    const goesOn = await bystander()
    const lines = await Promise.all(times(15, () => line('chatty')))
    const ping = frame(opcodes.text, '{"type":"pong"}')
    // Nobody breaks the limit of one socket.
    const first = await withinASecond(() => {
      for (const each of lines) each.write(Buffer.concat(times(190, () => ping)))
      return Promise.race(lines.map(({ closed }) => closed))
    })
    expect(first).toEqual({
      code: 1008,
      reason: 'A caller may have 1000 messages a second on all its sockets: use fewer',
    })
    await goesOn()
  })

  test('2,000 operations', async () => {
    const goesOn = await bystander()
    const sockets = await Promise.all(times(21, () => socket('busy')))
    // 800 a second, because no more than 1,000 messages may come.
    for (const [index, each] of sockets.slice(0, 20).entries()) {
      if (index % 8 === 0) {
        await untilMetric(gateway.url, 'credits_subscriptions', 1 + 100 * index)
        await nextSecond()
      }
      for (let id = 0; id < 100; id += 1) each.subscribe(`${id}`, balance)
    }
    await untilMetric(gateway.url, 'credits_subscriptions', 2_001)
    await nextSecond()
    sockets[20]?.subscribe('1', balance)
    expect(await sockets[20]?.closed).toEqual({ code: 1008, reason: 'A caller may have 2000 operations: use fewer' })
    sockets[0]?.complete('1')
    await untilMetric(gateway.url, 'credits_subscriptions', 2_000)
    const again = await socket('busy')
    again.subscribe('1', balance)
    expect((await again.next()).type).toBe('next')
    await goesOn()
  })
})

async function nextSecond(): Promise<void> {
  const second = () => Math.floor(performance.now() / 1000)
  const begun = second()
  while (second() === begun) await new Promise((resolve) => setImmediate(resolve))
}

test('the stock client gives up on 1008, and says why', async () => {
  const attempts: unknown[] = []
  await Promise.all(times(200, () => socket('stock')))
  const client = connect(
    gateway.url,
    { team: 'flooded', member: 'stock', role: 'VIEWER' },
    {
      retryAttempts: 5,
      retryWait: async () => undefined,
      shouldRetry: () => true,
      on: { opened: (it) => attempts.push(it) },
    },
  )
  clients.push(client)
  await expect(new Watch(client, balance).next()).rejects.toMatchObject({
    code: 1008,
    reason: expect.stringContaining('200 sockets'),
  })
  expect(attempts).toHaveLength(1)
})
