import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { makeTeam } from '../setup/operator.ts'
import { RawSocket } from '../setup/raw-socket.ts'

let gateway: Gateway
/** Budgets of some requests a second, and a proxy at 127.0.0.9. */
let small: Gateway
const open = new Set<RawSocket>()
const anonymousRequests = 50

beforeAll(async () => {
  const env = {
    BUDGET_ANONYMOUS: `${anonymousRequests * 25}`,
    BUDGET_VIEWER: '1000',
    BUDGET_MEMBER: '1000',
    TRUSTED_PROXIES: '127.0.0.9',
  }
  const [one, other] = await Promise.all([startGateway(), startGateway({ env })])
  gateway = one
  small = other
  await Promise.all([makeTeam(gateway.url, 'costs'), makeTeam(small.url, 'costs')])
})
afterEach(() => {
  for (const socket of open) socket.terminate()
  open.clear()
})
afterAll(() => Promise.all([gateway?.close(), small?.close()]))

type Sent = { query: string; variables?: unknown }
type Options = {
  token?: string
  accept?: string
  at?: Gateway
  from?: string
  forwarded?: string
  method?: 'GET' | 'POST'
}
type Answered = { status: number; headers: NodeJS.Dict<string | string[]>; text: string }

/** Over a connection of its own, from a loopback address of choice. */
function send(sent: Sent, { token, accept, at = gateway, from, forwarded, method = 'POST' }: Options = {}) {
  const { port } = new URL(at.url)
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(accept === undefined ? {} : { accept }),
    ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
  }
  const path = method === 'POST' ? '/graphql' : `/graphql?query=${encodeURIComponent(sent.query)}`
  const options = { host: '127.0.0.1', port, path, method, headers, localAddress: from, agent: false }
  return new Promise<Answered>((resolve, reject) => {
    const outgoing = request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    outgoing.once('error', reject)
    outgoing.end(method === 'POST' ? JSON.stringify(sent) : undefined)
  })
}

async function socketOf(token: string, at = gateway): Promise<RawSocket> {
  const socket = await RawSocket.open(at.url)
  open.add(socket)
  await socket.init(`Bearer ${token}`)
  return socket
}

async function overSocket({ query, variables }: Sent, { token = '', at }: Options): Promise<Answered> {
  const socket = await socketOf(token, at)
  socket.subscribe('1', query, variables)
  return { status: 200, headers: {}, text: JSON.stringify(await socket.next()) }
}

const viewer = (member = 'ana') => tokenFor({ team: 'costs', member, role: 'VIEWER' })
const events = 'text/event-stream'
const transports: [string, (sent: Sent, options: Options) => Promise<Answered>][] = [
  ['POST', send],
  ['GET', (sent, options) => send(sent, { ...options, method: 'GET' })],
  ['an event stream', (sent, options) => send(sent, { ...options, accept: events })],
  ['an event stream by GET', (sent, options) => send(sent, { ...options, accept: events, method: 'GET' })],
  ['a WebSocket', overSocket],
]

const aliases = (count: number, field: string) =>
  `{ team { ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} } }`
const asOf = 'balance(asOf: "2026-11-01T00:00:00Z") { held }'
const priced = Array.from(
  { length: 60 },
  (_, index) => `a${index}: planChangePreview(planId: "free") { ... on PlanChangePreview { money { prorationDate } } }`,
)
const metered = 'meteredUsage(month: "2026-11") { month }'

/** Within one second of the budgets: no time passes in this process until the end, and a second then. */
async function withinASecond<T>(run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  try {
    return await run()
  } finally {
    vi.advanceTimersByTime(1_000)
    vi.useRealTimers()
  }
}

/** How many requests of many at once were answered, and the others. */
async function flood(count: number, one: () => Promise<Answered>): Promise<{ served: number; refused: Answered[] }> {
  const answers = await Promise.all(Array.from({ length: count }, one))
  const refused = answers.filter(({ status }) => status === 429)
  const served = answers.filter(({ status }) => status === 200).length
  expect(served + refused.length).toBe(count)
  return { served, refused }
}

describe.each(transports)('over %s', (_, transport) => {
  test.each([
    ['balances of the past', aliases(120, asOf)],
    ['reports of metered usage', aliases(120, metered)],
    ['changes of plan in money', `{ ${priced.join(' ')} }`],
    ['forecasts', aliases(120, 'forecast { perDay }')],
    [
      'years of usage',
      aliases(40, 'usage(from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z", groupBy: [DAY, RATE]) { total }'),
    ],
  ])('a document of many %s is refused before it is executed', async (_name, query) => {
    const { text } = await transport({ query }, { token: await viewer() })
    expect(text).not.toContain('"data":{')
    expect(text).toMatch(/"code":"BAD_USER_INPUT"/)
    expect(text).toMatch(/"reason":"COST_TOO_HIGH","cost":\{"points":\d+,"maximum":\d+\}/)
    expect(text).toContain('in several requests')
    expect(text).not.toContain('"held"')
  })

  test('a subscription that costs too much is refused', async () => {
    const fields = Array.from({ length: 60 }, (_, index) => `a${index}: activity { id }`)
    const { text } = await transport(
      { query: `subscription { accountEvents { ${fields.join(' ')} } }` },
      { token: await viewer() },
    )
    expect(text).toContain('COST_TOO_HIGH')
  })

  test('a caller that has used its budget is refused, and served in the next second', async () => {
    const token = await viewer(`flooding-${_.replace(/\W/g, '')}`)
    const answer = async () => (await transport({ query: aliases(1, asOf) }, { token, at: small })).text
    await withinASecond(async () => {
      expect(await answer()).toContain('"held"')
      expect(await answer()).toMatch(/"code":"RATE_LIMITED"/)
    })
    expect(await answer()).toContain('"held"')
  })
})

describe('a budget', () => {
  test('is told in headers and in extensions.cost', async () => {
    const { headers, text } = await send({ query: aliases(1, asOf) }, { token: await viewer('told'), at: small })
    const { cost } = JSON.parse(text).extensions
    expect(cost).toEqual({ points: 727, limit: 1_000, remaining: 273, resetSeconds: 1 })
    expect(headers).toMatchObject({ 'ratelimit-limit': '1000', 'ratelimit-remaining': '273', 'ratelimit-reset': '1' })
  })

  test('that is used up is answered with 429 and Retry-After', async () => {
    const token = await viewer('spent')
    const one = () => send({ query: '{ __typename }' }, { token, at: small })
    const { served, refused } = await withinASecond(() => flood(120, one))
    expect(served).toBeGreaterThan(20)
    const [first] = refused
    expect(first?.headers).toMatchObject({ 'retry-after': '1', 'ratelimit-limit': '1000', 'ratelimit-remaining': '0' })
    const [error] = JSON.parse(first?.text ?? '{}').errors
    expect(error.message).toContain('try again in 1 s')
    expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1, cost: { limit: 1_000 } })
    expect(error.extensions.http).toBeUndefined()
  })

  test('is one for all addresses of a caller, and each caller has its own', async () => {
    const token = await viewer('moving')
    const other = await viewer('staying')
    let number = 0
    const one = () => send({ query: '{ __typename }' }, { token, at: small, from: `127.0.0.${2 + (number++ % 5)}` })
    const theOther = () => send({ query: '{ __typename }' }, { token: other, at: small })
    const [{ served }, { refused }] = await withinASecond(() => Promise.all([flood(200, one), flood(5, theOther)]))
    expect(served).toBeLessThan(150)
    expect(refused).toEqual([])
  })

  test('of nobody is one for each address, also of those that a trusted proxy forwards', async () => {
    const from = (options: Options) => () => send({ query: '{ __typename }' }, { at: small, ...options })
    const floods = () =>
      Promise.all([
        flood(200, from({ from: '127.0.0.2' })),
        flood(5, from({ from: '127.0.0.3' })),
        flood(5, from({ from: '127.0.0.9', forwarded: '203.0.113.7' })),
        flood(200, from({ from: '127.0.0.4', forwarded: '203.0.113.8' })),
      ])
    const [{ served }, mine, theirs, liar] = await withinASecond(floods)
    expect(served).toBeLessThan(3.5 * anonymousRequests)
    expect(liar.served).toBeLessThan(3.5 * anonymousRequests)
    expect([...mine.refused, ...theirs.refused]).toEqual([])
  })

  test('of the operator is not limited, and its answers tell nothing of it', async () => {
    const token = await tokenFor()
    const { refused } = await flood(200, () => send({ query: '{ __typename }' }, { token, at: small }))
    expect(refused).toEqual([])
    const { text, headers } = await send({ query: '{ __typename }' }, { token, at: small })
    expect(JSON.parse(text)).toEqual({ data: { __typename: 'Query' } })
    expect(headers['ratelimit-limit']).toBeUndefined()
  })

  test('that is used up over a socket refuses operations, and the socket goes on', async () => {
    const socket = await socketOf(await viewer('socket'), small)
    const refused: unknown[] = []
    let served = 0
    await withinASecond(async () => {
      for (let id = 0; id < 100; id += 1) socket.subscribe(`${id}`, '{ __typename }')
      while (served + refused.length < 100) {
        const { type, payload } = await socket.next()
        if (type === 'complete') served += 1
        if (type === 'error') refused.push(payload)
      }
    })
    expect(served).toBeGreaterThan(20)
    const limited = { message: expect.any(String), extensions: expect.objectContaining({ code: 'RATE_LIMITED' }) }
    for (const payload of refused) expect(payload).toEqual([limited])
    expect(refused.length).toBeGreaterThan(0)
    socket.subscribe('again', '{ __typename }')
    expect((await socket.next()).type).toBe('next')
  })
})

describe('tokens that are refused over sockets', () => {
  const from = '127.0.0.21'
  /** The code with which the socket was closed, or why it was not opened. */
  async function forge(): Promise<number | string> {
    try {
      const socket = await RawSocket.open(small.url, { from })
      socket.send({ type: 'connection_init', payload: { authorization: 'Bearer forged' } })
      return (await socket.closed).code
    } catch (error) {
      return error instanceof Error ? error.message : `${error}`
    }
  }

  test('count on the budget of their address, which then opens no socket until the next second', async () => {
    await withinASecond(async () => {
      const codes = await Promise.all(Array.from({ length: anonymousRequests }, forge))
      expect(new Set(codes)).toEqual(new Set([4403]))
      expect(await forge()).toBe('Unexpected server response: 429')
    })
    expect(await withinASecond(forge)).toBe(4403)
  })

  test('cost other addresses nothing, nor sockets that are open', async () => {
    await withinASecond(async () => {
      const open = await RawSocket.open(small.url, { from })
      await open.init(`Bearer ${await tokenFor({ team: 'costs', role: 'VIEWER' })}`)
      await Promise.all(Array.from({ length: anonymousRequests }, forge))
      expect(await forge()).toBe('Unexpected server response: 429')
      const other = await RawSocket.open(small.url, { from: '127.0.0.22' })
      await other.init(`Bearer ${await tokenFor({ team: 'costs', role: 'VIEWER' })}`)
      for (const socket of [open, other]) {
        socket.subscribe('1', '{ __typename }')
        expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } })
        socket.socket.terminate()
      }
    })
  })
})

describe('different subscriptions of one caller', () => {
  const label = (locale: number) => `subscription { balance { label(locale: "en") a${locale}: held } }`

  test('are at most 50 over all its sockets and event streams', async () => {
    const token = await viewer('watching')
    const [one, other] = await Promise.all([socketOf(token), socketOf(token)])
    for (let number = 0; number < 50; number += 1) {
      const socket = number % 2 === 0 ? one : other
      socket.subscribe(`${number}`, label(number))
      expect((await socket.next()).type).toBe('next')
    }
    other.subscribe('one more', label(50))
    const refusal = await other.next()
    expect(refusal).toMatchObject({ id: 'one more', type: 'next', payload: { errors: [{}] } })
    expect(JSON.stringify(refusal.payload)).toMatch(
      /50 different subscriptions.*"TOO_MANY_STREAMS","code":"OVERLOADED"/,
    )
    expect((await other.next()).type).toBe('complete')
    expect(await send({ query: label(51) }, { token, accept: events })).toMatchObject({ status: 429 })

    other.subscribe('the same', label(0))
    expect((await other.next()).type).toBe('next')
    one.complete('2')
    await one.heard()
    other.subscribe('another instead', label(52))
    expect((await other.next()).type).toBe('next')
  })

  test('are at most 50, however many begin at once', async () => {
    const socket = await socketOf(await viewer('hurrying'))
    for (let number = 0; number < 60; number += 1) socket.subscribe(`${number}`, label(number))
    const refused = new Set<string>()
    const begun = new Set<string>()
    while (refused.size + begun.size < 60) {
      const { id = '', type, payload } = await socket.next()
      if (JSON.stringify(payload)?.includes('TOO_MANY_STREAMS')) refused.add(id)
      else if (type === 'next') begun.add(id)
    }
    expect(begun.size).toBe(50)
  })

  test('of another caller are its own', async () => {
    const socket = await socketOf(await viewer('other'))
    socket.subscribe('1', label(1))
    expect((await socket.next()).type).toBe('next')
  })
})
