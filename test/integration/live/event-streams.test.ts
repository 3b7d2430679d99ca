import { once } from 'node:events'
import { connect as connectTo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { lockAccounts } from '../../setup/locked-accounts.ts'
import { metric, untilMetric } from '../../setup/metrics.ts'
import { balanceOf, charge, grant, makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'
import { ServerStreams } from '../../setup/server-streams.ts'

let gateway: Gateway
const streams = new ServerStreams()
let leaving = new AbortController()

beforeAll(async () => {
  gateway = await startGateway()
  await makeTeam(gateway.url, 'streams')
  await grant(gateway.url, 'streams', '10000000')
})

afterEach(async () => {
  leaving.abort()
  leaving = new AbortController()
  await untilMetric(gateway.url, 'credits_subscriptions', 0)
  await untilMetric(gateway.url, 'credits_streams', 0)
})

afterAll(async () => {
  streams.close()
  await gateway?.close()
})

const viewer = (seconds?: number) => tokenFor({ team: 'streams', role: 'VIEWER', seconds })
const pill = 'subscription { balance { available } }'

type Method = 'GET' | 'POST'

async function open(method: Method, query: string, token: string | null): Promise<Response> {
  const headers = {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
  const { signal } = leaving
  return method === 'GET'
    ? fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, { headers, signal })
    : fetch(`${gateway.url}/graphql`, { method, headers, body: JSON.stringify({ query }), signal })
}

/** Reads the stream until it holds a text. */
async function reader(response: Response): Promise<(text: string) => Promise<void>> {
  const parts = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  return async (text) => {
    while (!seen.includes(text)) {
      const part = await parts?.read()
      if (part === undefined || part.done) throw new Error(`The stream ended without ${text}: ${seen}`)
      seen += part.value
    }
  }
}

test('event streams, asked for by GET or POST, share one stream with the sockets; who leaves is forgotten', async () => {
  const socket = await RawSocket.open(gateway.url)
  await socket.init(`Bearer ${await viewer()}`)
  socket.subscribe('1', pill)
  const responses = await Promise.all(
    (['GET', 'POST'] as const).map(async (method) => open(method, pill, await viewer())),
  )
  // nginx buffers what does not say so.
  expect(responses.map(({ headers }) => headers.get('x-accel-buffering'))).toEqual(['no', 'no'])
  const reads = await Promise.all(responses.map(reader))
  const { available } = await balanceOf(gateway.url, 'streams')
  for (const until of reads) await until(`"available":"${available}"`)
  await socket.next()
  expect(await metric(gateway.url, 'credits_streams')).toBe(1)
  expect(await metric(gateway.url, 'credits_subscriptions')).toBe(3)
  await charge(gateway.url, 'streams')
  for (const until of reads) await until(`"available":"${Number(available) - 100}"`)
  leaving.abort()
  await untilMetric(gateway.url, 'credits_subscriptions', 1)
  expect(await metric(gateway.url, 'credits_streams')).toBe(1)
  socket.terminate()
})

test('who leaves before there is anything to tell is forgotten, too', async () => {
  const lock = await lockAccounts(gateway.databaseUrl, 'readings')
  const token = await viewer()
  const lost = Array.from({ length: 5 }, () => open('POST', pill, token).catch(() => null))
  await untilMetric(gateway.url, 'credits_http_requests_under_way', 6)
  leaving.abort()
  await Promise.all(lost)
  await untilMetric(gateway.url, 'credits_http_requests_under_way', 1)
  leaving = new AbortController()
  const next = open('POST', pill, token)
  await lock.release()
  await (await reader(await next))('"available"')
  expect(await metric(gateway.url, 'credits_subscriptions')).toBe(1)
  leaving.abort()
  await untilMetric(gateway.url, 'credits_streams', 0)
})

test('a text that would be kept for as long as it is watched is no longer than over a socket', async () => {
  const response = await open('POST', `${pill} #${'x'.repeat(65_536)}`, await viewer())
  expect(await response.text()).toContain('"code":"BAD_USER_INPUT"')
  const authorization = `Bearer ${await viewer()}`
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json', authorization }
  for (const unused of [`"${'x'.repeat(65_536)}"`, `${'['.repeat(15_000)}${']'.repeat(15_000)}`]) {
    const body = `{"query":"${pill}","variables":{"unused":${unused}}}`
    const refused = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })
    expect(await refused.text()).toContain('"code":"BAD_USER_INPUT"')
  }
})

test('a client that stops reading is kept no more than a few states for, and gets the latest when it reads on', async () => {
  const { hostname, port } = new URL(gateway.url)
  const client = connectTo(Number(port), hostname)
  await once(client, 'connect')
  const served = streams.of(client)
  const aliases = Array.from({ length: 190 }, (_, index) => `${'x'.repeat(270)}${index}: held`).join(' ')
  const body = JSON.stringify({ query: `subscription { balance { available ${aliases} } }` })
  const headers = [
    'POST /graphql HTTP/1.1',
    `Host: ${hostname}`,
    'Accept: text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Authorization: Bearer ${await viewer()}`,
  ]
  client.write(`${headers.join('\r\n')}\r\n\r\n${body}`)
  let seen = ''
  const readMore = (chunk: Buffer) => {
    seen += chunk.toString('latin1')
  }
  client.on('data', readMore)
  while (!seen.includes('"available"')) await once(client, 'data')
  client.pause()
  let most = 0
  const changes = 600
  for (let count = 0; count < changes; count += 1) {
    await charge(gateway.url, 'streams')
    most = Math.max(most, served.writableLength)
  }
  expect(served.writableNeedDrain).toBe(true)
  expect(most).toBeLessThan(64 * 1024 + 3 * 60_000)
  const { available } = await balanceOf(gateway.url, 'streams')
  client.resume()
  while (!seen.includes(`"available":"${available}"`)) await once(client, 'data')
  expect(seen.match(/"available"/g)?.length).toBeLessThan(changes / 2)
  client.destroy()
})

describe.each(['GET', 'POST'] as const)('what is wrong is told as the only event, by %s', (method) => {
  test.each([
    ['nobody is signed in', 200, 'UNAUTHENTICATED', pill, async () => null],
    ['the token is not trusted', 401, 'UNAUTHENTICATED', pill, async () => 'forged'],
    ['the token has expired', 401, 'UNAUTHENTICATED', pill, () => viewer(-1)],
    ['it does not parse', 200, 'GRAPHQL_PARSE_FAILED', 'subscription { balance(', viewer],
    ['it asks for what is not there', 200, 'GRAPHQL_VALIDATION_FAILED', 'subscription { nothing }', viewer],
    ['the team is another', 200, 'NOT_FOUND', 'subscription { balance(teamId: "others") { held } }', viewer],
    ['the event is none', 200, 'NOT_FOUND', 'subscription { accountEvents(after: "none") { id } }', viewer],
  ])('%s', async (_, status, code, query, token) => {
    const response = await open(method, query, await token())
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('event'))
    expect(events).toEqual([expect.stringContaining(`"code":"${code}"`), 'event: complete\ndata:'])
  })
})

test('the two hundred and first of one caller is answered with 429, another caller is not, and there is room when one goes', async () => {
  const token = await tokenFor({ team: 'streams', member: 'many', role: 'VIEWER' })
  const one = new AbortController()
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` }
  const first = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(pill)}`, { headers, signal: one.signal })
  const others = await Promise.all(Array.from({ length: 199 }, () => open('GET', pill, token)))
  expect([first, ...others].map(({ status }) => status)).toEqual(Array(200).fill(200))
  await untilMetric(gateway.url, 'credits_subscriptions', 200)
  const refused = await open('GET', pill, token)
  expect(refused.status).toBe(429)
  expect(await refused.text()).toContain('A caller may have 200 sockets and event streams: use fewer')
  expect((await open('GET', pill, await viewer())).status).toBe(200)
  one.abort()
  await untilMetric(gateway.url, 'credits_subscriptions', 200)
  expect((await open('GET', pill, token)).status).toBe(200)
})
