import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'
import { RawLine, RawSocket } from '../setup/raw-socket.ts'

const maxAnonymousConnections = 80
let gateway: Gateway
/** Waits for slow bodies as long as outside tests. */
let patient: Gateway
let authorization: string
const open = new Set<{ terminate(): void }>()

beforeAll(async () => {
  const intervals = { request: { maxHeadersMs: 1_000, maxRequestMs: 2_000 } }
  gateway = await startGateway({ intervals, maxAnonymousConnections, trustedProxies: ['127.0.0.9'] })
  patient = await startGateway()
  await Promise.all([makeTeam(gateway.url, 'slow'), makeTeam(patient.url, 'slow')])
  authorization = `Bearer ${await tokenFor({ team: 'slow', role: 'VIEWER' })}`
})
afterEach(() => {
  for (const one of open) one.terminate()
  open.clear()
})
afterAll(() => Promise.all([gateway?.close(), patient?.close()]))

async function connect(from?: string, { url } = gateway): Promise<RawLine> {
  const line = await RawLine.connect(url, from)
  open.add(line)
  return line
}

const post = (length: number, token?: string) =>
  [
    ...['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', `Content-Length: ${length}`],
    ...(token === undefined ? [] : [`Authorization: ${token}`]),
    ...['', ''],
  ].join('\r\n')

/** Everything the gateway sends until it closes the connection. */
async function heardUntilClosed(line: RawLine): Promise<string> {
  let heard = ''
  line.stream.on('data', (chunk) => {
    heard += chunk
  })
  line.readOn()
  await line.closed
  return heard
}

/** Sends a byte whenever the last one has gone, at most ten a second. */
function trickle(line: RawLine, bytes: string): () => void {
  let sent = 0
  const timer = setInterval(() => line.write(bytes[sent++ % bytes.length] ?? ''), 100)
  return () => clearInterval(timer)
}

const served = async (more = '', { url } = gateway) => {
  const body = JSON.stringify({ query: '{ team { balance { held } } }' }) + more
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  return response.text()
}

describe('a client that takes its time is cut off', () => {
  test('that sends nothing', async () => {
    await (await connect()).closed
  })

  test('whose headers come byte by byte', async () => {
    const line = await connect()
    line.write('GET /graphql HTTP/1.1\r\nHost: localhost\r\n')
    const stop = trickle(line, 'X-Slow: 1\r\n')
    expect(await heardUntilClosed(line)).toMatch(/^HTTP\/1.1 408 /)
    stop()
  })

  test.each(['nobody', 'a caller'])('whose body comes byte by byte, of %s', async (who) => {
    const line = await connect()
    line.write(post(60_000, who === 'nobody' ? undefined : authorization))
    const stop = trickle(line, ' ')
    expect(await heardUntilClosed(line)).toMatch(/^HTTP\/1.1 408 /)
    stop()
  })

  test('whose second request on a connection does not end', async () => {
    const line = await connect()
    line.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /graphql HTTP/1.1\r\n')
    expect(await line.answered()).toBe(200)
    await line.closed
  })
})

describe('connections of nobody', () => {
  const many = (count: number, from?: string) => Promise.all(Array.from({ length: count }, () => connect(from)))

  test('are bounded for each address: one more closes the oldest', async () => {
    const oldest = await connect('127.0.0.2')
    const other = await connect('127.0.0.3')
    await many(maxAnonymousConnections - 1, '127.0.0.2')
    expect(oldest.stream.readyState).toBe('open')
    await connect('127.0.0.2')
    await oldest.closed
    expect(other.stream.readyState).toBe('open')
  })

  test('are bounded for all addresses together', async () => {
    const oldest = await connect('127.0.1.1')
    for (let address = 2; address <= 11; address += 1) await many(maxAnonymousConnections, `127.0.1.${address}`)
    await oldest.closed
    expect(await served()).toContain('"held"')
  })

  test('close no connection of a caller, a socket or a request', async () => {
    const socket = await RawSocket.open(gateway.url)
    open.add(socket)
    await socket.init(authorization)
    const line = await connect()
    line.write(`${post(2, authorization)}{}`)
    expect(await line.answered()).toBe(200)
    await many(2 * maxAnonymousConnections)
    socket.subscribe('1', '{ __typename }')
    expect((await socket.next()).type).toBe('next')
    expect(line.stream.readyState).toBe('open')
    expect(await served()).toContain('"held"')
  })

  test('that are sockets without a token count, too', async () => {
    const silent = await RawSocket.open(gateway.url)
    const nobody = await RawSocket.open(gateway.url)
    open.add(silent).add(nobody)
    await nobody.init()
    await many(maxAnonymousConnections)
    await Promise.all([silent.closed, nobody.closed])
  })

  test('of a trusted proxy are bounded by the proxy', async () => {
    const oldest = await connect('127.0.0.9')
    await many(2 * maxAnonymousConnections, '127.0.0.9')
    oldest.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await oldest.answered()).toBe(200)
  })

  test('that the gateway has open are told at /metrics', async () => {
    await many(5, '127.0.0.4')
    const told = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text()
      return Number(/^credits_anonymous_connections (\d+)$/m.exec(text)?.[1])
    }
    await expect.poll(told).toBeGreaterThanOrEqual(5)
  })
})

describe('bodies that are not finished are bounded in sum', () => {
  /** Sends all of the body but its end. */
  async function unfinished(length: number, token?: string): Promise<RawLine> {
    const line = await connect(undefined, patient)
    line.write(post(length, token))
    line.write(Buffer.alloc(length - 1, ' '))
    return line
  }
  const firstAnswer = (lines: RawLine[]) => Promise.race(lines.map((line) => line.answered()))

  test('of one caller', async () => {
    const lines = await Promise.all(Array.from({ length: 10 }, () => unfinished(3_900_000, authorization)))
    expect(await firstAnswer(lines)).toBe(429)
    for (const line of lines) line.terminate()
    await expect.poll(() => served(' '.repeat(3_900_000), patient)).toContain('"held"')
  })

  test('of one address of nobody', async () => {
    const lines = await Promise.all(Array.from({ length: 64 }, () => unfinished(65_000)))
    expect(await firstAnswer(lines)).toBe(429)
    expect(await served('', patient)).toContain('"held"')
  })
})
