import { createClient as createSseClient } from 'graphql-sse'
import type { Client } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { untilMetric } from '../../setup/metrics.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { RawSocket, socketAddress } from '../../setup/raw-socket.ts'
import { connect, Watch } from '../../setup/watching.ts'

let gateway: Gateway
let clients: (Client | RawSocket | WebSocket)[] = []

beforeAll(async () => {
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: 'https://app.example.com' } })
  await makeTeam(gateway.url, 'sockets')
})

afterEach(async () => {
  vi.useRealTimers()
  for (const client of clients)
    await ('terminate' in client && 'dispose' in client ? client.dispose() : client.terminate())
  clients = []
})

afterAll(() => gateway?.close())

async function raw(): Promise<RawSocket> {
  const socket = await RawSocket.open(gateway.url)
  clients.push(socket)
  return socket
}

const member = (seconds?: number) => tokenFor({ team: 'sockets', role: 'VIEWER', seconds })

/** A token that ends when `passSecond` is called: until then the date of this process stands still. */
function endingMember(): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'] })
  return member(1)
}
const passSecond = () => vi.setSystemTime(Date.now() + 1_000)

describe('one operation that is wrong', () => {
  test.each([
    ['does not parse', '{ balance(', 'GRAPHQL_PARSE_FAILED'],
    ['asks for what is not there', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'is too large',
      `subscription { ${Array.from({ length: 600 }, (_, i) => `b${i}: balance { held }`).join(' ')} }`,
      '',
    ],
  ])('that %s is answered as its error, and the socket goes on', async (_, query, code) => {
    const socket = await raw()
    await socket.init(`Bearer ${await member()}`)
    socket.subscribe('wrong', query)
    const error = await socket.next()
    expect(error).toMatchObject({ id: 'wrong', type: 'error' })
    expect(JSON.stringify(error.payload)).toContain(code)
    socket.subscribe('right', 'subscription { balance { available } }')
    expect(await socket.next()).toMatchObject({ id: 'right', type: 'next' })
  })

  test('that may not be served is told why, without what our layers tell each other', async () => {
    const socket = await raw()
    await socket.init()
    socket.subscribe('nobody', 'subscription { balance { available } }')
    const answer = JSON.stringify(await socket.next())
    expect(answer).toContain('UNAUTHENTICATED')
    expect(answer).not.toMatch(/originalError|unexpected|"http"/)
  })

  test('queries and mutations are answered over a socket, too', async () => {
    const socket = await raw()
    await socket.init(`Bearer ${await member()}`)
    socket.subscribe('query', '{ team { balance { held } } }')
    expect(await socket.next()).toMatchObject({
      id: 'query',
      type: 'next',
      payload: { data: { team: { balance: { held: '0' } } } },
    })
    expect(await socket.next()).toEqual({ id: 'query', type: 'complete' })
  })
})

describe('an event stream whose token ends', () => {
  const query = 'subscription { balance { available } }'
  const open = async (token: string) =>
    fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    })

  /** Reads the answer to a text, or to its end; returns all that was read so far. */
  function reader(response: Response) {
    const parts = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    return async (until?: RegExp) => {
      while (until === undefined || !until.test(seen)) {
        const part = await parts?.read()
        if (part === undefined || part.done) break
        seen += part.value
      }
      return seen
    }
  }

  test('tells so, completes and ends like any other answer', async () => {
    const read = reader(await open(await endingMember()))
    await read(/"available"/)
    passSecond()
    const events = (await read()).split('\n\n').filter((event) => event.startsWith('event'))
    expect(events.map((event) => event.split('\n')[0])).toEqual(['event: next', 'event: next', 'event: complete'])
    expect(events[0]).toContain('"available"')
    expect(events[1]).toContain('"code":"UNAUTHENTICATED"')
  })

  test('also where events go on, and no watching is left', async () => {
    const read = reader(await open(await endingMember()))
    let isOver = false
    const charging = (async () => {
      while (!isOver) await charge(gateway.url, 'sockets')
    })()
    await read(/"available"[\s\S]*"available"/)
    passSecond()
    const text = await read()
    isOver = true
    await charging
    expect(text).toMatch(/UNAUTHENTICATED[\s\S]*event: complete\ndata:\n\n$/)
    await untilMetric(gateway.url, 'credits_subscriptions', 0)
  })
})

describe('a socket is closed', () => {
  test('with 4403 for a token that is not trusted', async () => {
    const socket = await raw()
    socket.send({ type: 'connection_init', payload: { authorization: 'Bearer forged' } })
    expect(await socket.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('get a token') })
  })

  test('with 4403 when its token ends', async () => {
    const socket = await raw()
    await socket.init(`Bearer ${await endingMember()}`)
    socket.subscribe('1', 'subscription { balance { available } }')
    expect((await socket.next()).type).toBe('next')
    passSecond()
    expect(await socket.closed).toMatchObject({ code: 4403, reason: 'The token has expired' })
  })

  test('after which the stock client comes back with a new token and goes on', async () => {
    let tokens = 0
    const client = connect(
      gateway.url,
      {},
      {
        connectionParams: async () => ({
          authorization: `Bearer ${await (++tokens === 1 ? endingMember() : member())}`,
        }),
        retryAttempts: 1,
        retryWait: () => Promise.resolve(),
        shouldRetry: () => true,
      },
    )
    clients.push(client)
    const watched = new Watch<{ balance: { available: string } }>(client, 'subscription { balance { available } }')
    const { balance } = await watched.next()
    passSecond()
    expect(await watched.next()).toEqual({ balance })
    await charge(gateway.url, 'sockets')
    const after = `${Number(balance.available) - 100}`
    await watched.until(({ balance: { available } }) => available === after)
  })

  test('with 1009 for a message beyond 64 KB', async () => {
    const socket = await raw()
    await socket.init()
    socket.send({ id: '1', type: 'subscribe', payload: { query: `{ __typename } #${'x'.repeat(70_000)}` } })
    expect((await socket.closed).code).toBe(1009)
  })

  test('with 4400 for what is no message at all', async () => {
    const socket = await raw()
    socket.send('hello')
    expect((await socket.closed).code).toBe(4400)
  })
})

describe('origins', () => {
  const upgrade = async (origin: string): Promise<number> => {
    const socket = new WebSocket(socketAddress(gateway.url), 'graphql-transport-ws', { headers: { origin } })
    clients.push(socket)
    return new Promise((resolve) => {
      socket.on('error', () => undefined)
      socket.once('open', () => resolve(101))
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    })
  }

  test('the own one and those that are listed may open a socket, others may not', async () => {
    expect(await upgrade(gateway.url)).toBe(101)
    expect(await upgrade('https://app.example.com')).toBe(101)
    expect(await upgrade('https://evil.example.com')).toBe(403)
    expect(await upgrade('null')).toBe(403)
  })
})

test('a hundred operations run on one socket, and the hundred and first closes it with 1008', async () => {
  const socket = await raw()
  await socket.init(`Bearer ${await member()}`)
  for (let id = 0; id < 100; id += 1) socket.subscribe(`${id}`, 'subscription { balance { available } }')
  const served = new Set<string>()
  while (served.size < 100) {
    const { id = '', type } = await socket.next()
    expect(type).toBe('next')
    served.add(id)
  }
  socket.subscribe('100', 'subscription { balance { available } }')
  expect(await socket.closed).toEqual({ code: 1008, reason: expect.stringContaining('100 operations') })
})

test('an event stream whose token ends is told so, and the stock client subscribes again with a new one', async () => {
  let tokens = 0
  const client = createSseClient({
    url: `${gateway.url}/graphql`,
    headers: async (): Promise<Record<string, string>> => ({
      authorization: `Bearer ${await (++tokens === 1 ? endingMember() : member())}`,
    }),
    retry: () => Promise.resolve(),
  })
  const watch = () => client.iterate({ query: 'subscription { balance { available } }' })
  const results = watch()
  const first = await results.next()
  passSecond()
  const { value: last } = await results.next()
  expect(last?.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
  expect((await results.next()).done).toBe(true)
  const again = watch()
  expect(await again.next()).toEqual(first)
  expect(tokens).toBe(2)
  await again.return?.()
  client.dispose()
})
