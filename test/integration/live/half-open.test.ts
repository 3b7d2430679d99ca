import { once } from 'node:events'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { charge, grant, makeTeam } from '../../setup/operator.ts'
import { opcodes, RawLine } from '../../setup/raw-socket.ts'
import { ServerStreams } from '../../setup/server-streams.ts'
import { unreliableLine } from '../../setup/unreliable-line.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
const clients: Client[] = []

// The heart beats as these tests move the time; everything else goes by the real one.
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  gateway = await startGateway()
})

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose()
  await untilMetric(gateway.url, 'credits_open_sockets', 0)
})

afterAll(async () => {
  vi.useRealTimers()
  await gateway?.close()
})

function client(url: string, team: string, closed: (event: unknown) => void = () => undefined): Client {
  const made = connect(url, { team, role: 'VIEWER' }, { on: { closed } })
  clients.push(made)
  return made
}

const pill = 'subscription { balance { available } }'

test('a peer that has fallen silent is cut off within 20 seconds and leaves nothing behind; who answers stays', async () => {
  for (const team of ['silent', 'present']) await makeTeam(gateway.url, team)
  const line = await unreliableLine(gateway.url)
  const silent = new Watch(client(line.url.replace(/\/$/, ''), 'silent'), pill)
  const closings: unknown[] = []
  const present = new Watch<{ balance: { available: string } }>(
    client(gateway.url, 'present', (event) => closings.push(event)),
    pill,
  )
  await silent.next()
  await present.next()
  const before = await metric(gateway.url, 'credits_sockets_closed_total', { code: '1006' })
  expect(await metric(gateway.url, 'credits_streams')).toBe(2)
  line.freeze()
  silent.next().catch(() => undefined)

  let seconds = 0
  for (; (await metric(gateway.url, 'credits_open_sockets')) === 2; seconds += 1) {
    vi.advanceTimersByTime(1_000)
    await charge(gateway.url, 'present')
    await present.next()
  }
  expect(seconds).toBeGreaterThanOrEqual(10)
  expect(seconds).toBeLessThanOrEqual(20)
  expect(await metric(gateway.url, 'credits_sockets_closed_total', { code: '1006' })).toBe(before + 1)
  await untilMetric(gateway.url, 'credits_streams', 1)
  expect(await metric(gateway.url, 'credits_subscriptions')).toBe(1)

  for (let second = 0; second < 40; second += 1) {
    vi.advanceTimersByTime(1_000)
    await charge(gateway.url, 'present')
    await present.next()
  }
  expect(closings).toEqual([])
  await line.close()
})

test('each socket is pinged every 10 seconds, and all of them spread over these', async () => {
  const lines = await Promise.all(Array.from({ length: 50 }, () => RawLine.open(gateway.url)))
  const pinged = lines.map(async (line) => (await line.nextFrame()).opcode)
  let count = 0
  for (const ping of pinged) {
    ping.then((opcode) => {
      expect(opcode).toBe(opcodes.ping)
      count += 1
    })
  }
  for (let second = 1; second <= 10; second += 1) {
    vi.advanceTimersByTime(1_000)
    // What came before the answer to a later question has arrived.
    while (count < second * 5) await metric(gateway.url, 'credits_open_sockets')
    expect(count).toBe(second * 5)
  }
  for (const line of lines) line.terminate()
})

test('a client that reads slowly but steadily is kept, and what it says is heard', async () => {
  await makeTeam(gateway.url, 'steady')
  await grant(gateway.url, 'steady', '10000000')
  const streams = new ServerStreams()
  const line = await RawLine.open(gateway.url, `Bearer ${await tokenFor({ team: 'steady', role: 'VIEWER' })}`)
  const served = streams.of(line.stream)
  const fill = async () => {
    while (!served.writableNeedDrain) await charge(gateway.url, 'steady')
  }
  // Names make a result of some 55 KB: what systems keep for a connection, they keep in megabytes.
  const aliases = Array.from({ length: 190 }, (_, index) => `${'x'.repeat(270)}${index}: type`).join(' ')
  line.subscribe('1', `subscription { accountEvents { id ${aliases} } }`)
  await untilMetric(gateway.url, 'credits_streams', 1)
  line.stopReading()
  for (let round = 0; round < 4; round += 1) {
    await fill()
    const drained = once(served, 'drain')
    line.readOn()
    await drained
    line.stopReading()
    vi.advanceTimersByTime(10_000)
  }
  expect(served.destroyed).toBe(false)
  await fill()
  line.send({ id: '1', type: 'complete' })
  line.readOn()
  await untilMetric(gateway.url, 'credits_subscriptions', 0)
  line.send({ type: 'ping' })
  for (let type = 'next'; type !== 'pong'; type = (await line.next()).type);
  line.terminate()
  streams.close()
})
