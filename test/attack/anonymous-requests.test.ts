import { getIntrospectionQuery } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { documentCache } from '../../src/server/operations/document-limits.ts'
import { type Gateway, production as productionEnv, startGateway, tokenFor } from '../setup/gateway.ts'
import { RawLine, RawSocket } from '../setup/raw-socket.ts'
import { functionCalls, inTurn } from './function-calls.ts'

let gateway: Gateway
let production: Gateway
const open = new Set<RawSocket>()

beforeAll(async () => {
  // How many points are left for nobody is no subject here.
  gateway = await startGateway({ env: { BUDGET_ANONYMOUS: '0' } })
  const stripe = {
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    STRIPE_API_URL: 'http://127.0.0.1:9',
  }
  production = await startGateway({ env: { ...stripe, ...(await productionEnv()), BUDGET_ANONYMOUS: '0' } })
})
afterEach(() => {
  for (const socket of open) socket.terminate()
  open.clear()
})
afterAll(() => Promise.all([gateway?.close(), production?.close()]))

const charge = 'mutation ($input: ChargeUsageInput!) { chargeUsage(input: $input) { __typename } }'
const unknownFields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]))
/** An unknown field costs its whole value: the document is small, the variables are not. */
const attack = (count: number) => ({ query: charge, variables: { input: unknownFields(count) } })

type Answered = { status: number; text: string }

async function answerOf(response: Promise<Response>): Promise<Answered> {
  const { status, text } = await response.then(async (it) => ({ status: it.status, text: await it.text() }))
  return { status, text }
}

const post = (body: unknown, headers: Record<string, string> = {}, { url } = gateway) =>
  answerOf(
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  )

const get = (query: string, headers: Record<string, string> = {}, { url } = gateway) =>
  answerOf(fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers }))

async function overSocket(query: string, variables: unknown = undefined, { url } = gateway): Promise<string> {
  const socket = await RawSocket.open(url)
  open.add(socket)
  await socket.init()
  socket.subscribe('1', query, variables)
  return JSON.stringify(await socket.next())
}

const events = { accept: 'text/event-stream' }
/** Every way to send a document, with the text that comes back. */
const transports: [string, (query: string, gateway?: Gateway) => Promise<string>][] = [
  ['POST', async (query, at) => (await post({ query }, {}, at)).text],
  ['GET', async (query, at) => (await get(query, {}, at)).text],
  ['POST as an event stream', async (query, at) => (await post({ query }, events, at)).text],
  ['GET as an event stream', async (query, at) => (await get(query, events, at)).text],
  ['POST as text', async (query, at) => (await post(query, { 'content-type': 'application/graphql' }, at)).text],
  [
    'POST as a form',
    async (query, at) =>
      (await post(`${new URLSearchParams({ query })}`, { 'content-type': 'application/x-www-form-urlencoded' }, at))
        .text,
  ],
  ['a WebSocket', (query, at) => overSocket(query, undefined, at)],
]

describe('a large body of nobody', () => {
  test('costs no more than a small one, and its answer repeats none of it', async () => {
    const body = JSON.stringify(attack(30_000))
    const small = JSON.stringify(attack(1))
    await inTurn(5, () => post(small))
    const harmless = await functionCalls(() => inTurn(5, () => post(small)))
    let answer: Answered = { status: 0, text: '' }
    const attacked = await functionCalls(() =>
      inTurn(5, async () => {
        answer = await post(body)
      }),
    )
    expect(answer.status).toBe(413)
    expect(answer.text).toContain('BODY_TOO_LARGE')
    expect(answer.text.length).toBeLessThan(1_000)
    expect(attacked / harmless).toBeLessThan(2)
  })

  test.each([65_536, 65_537])('is bounded at 64 KB: %i bytes', async (bytes) => {
    const frame = (id: string) => JSON.stringify({ query: '{ __typename }', variables: { id } })
    const { status } = await post(frame('x'.repeat(bytes - frame('').length)))
    expect(status).toBe(bytes > 65_536 ? 413 : 200)
  })

  test('is not read when its length is not announced', async () => {
    const line = await RawLine.connect(gateway.url)
    const piece = 'x'.repeat(50_000)
    const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ]
    line.write([...head, '', chunk + chunk].join('\r\n'))
    expect(await line.answered()).toBe(413)
    line.terminate()
  })

  test('is not read when the token is refused', async () => {
    const { status, text } = await post(attack(30_000), { authorization: 'Bearer forged' })
    expect(status).toBe(401)
    expect(text).toContain('UNAUTHENTICATED')
    expect(text.length).toBeLessThan(1_000)
  })
})

describe('nobody is refused before the document is parsed, validated or coerced', () => {
  const refused = /"code":"UNAUTHENTICATED"/

  test.each(transports)('a document that is too long is not parsed: %s', async (_, send) => {
    const query = `{ __typename } # ${'x'.repeat(4_000)} ${Math.random()}`
    expect(await send(query)).toMatch(refused)
    expect(documentCache.has(query)).toBe(false)
  })

  test.each(transports)('a document that selects more is not validated: %s', async (_, send) => {
    expect(await send('{ __typename nothing { like this } }')).toMatch(refused)
    expect(await send('{ ...hidden } fragment hidden on Query { nothing }')).toMatch(refused)
    expect(await send('mutation ($input: Nothing!) { chargeUsage(input: $input) { __typename } }')).toMatch(refused)
  })

  test('variables are not coerced', async () => {
    for (const answer of [
      (await post(attack(100))).text,
      (await post(attack(100), events)).text,
      await overSocket(charge, attack(100).variables),
    ]) {
      expect(answer).toMatch(refused)
      expect(answer).not.toContain('field1')
    }
  })

  test('an answer is a HTTP 200 with an error that says what to do', async () => {
    for (const query of ['{ viewer { role } }', charge, 'subscription { balance { held } }']) {
      const { status, text } = await post({ query })
      expect(status).toBe(200)
      const { data, errors } = JSON.parse(text)
      expect(data).toBeNull()
      expect(errors).toEqual([
        { message: expect.stringContaining('Authorization: Bearer'), extensions: { code: 'UNAUTHENTICATED' } },
      ])
    }
  })

  test.each(transports)('costs no more than the smallest document: %s', async (_, send) => {
    const longest = `{ ${'nothing '.repeat(180)} }`
    await inTurn(20, () => send('{ __typename }'))
    const harmless = await functionCalls(() => inTurn(40, () => send('{ __typename }')))
    const attacked = await functionCalls(() => inTurn(40, (index) => send(longest.replace('nothing', `a${index}`))))
    expect(attacked / harmless).toBeLessThan(5)
  })
})

describe('what nobody is answered', () => {
  test.each(transports)('__typename: %s', async (_, send) => {
    for (const at of [gateway, production]) {
      expect(await send('query a { __typename } ', at)).toContain('"data":{"__typename":"Query"}')
      expect(await send('mutation { __typename }', at)).not.toContain('UNAUTHENTICATED')
    }
  })

  test('introspection, outside production alone', async () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true })
    expect((await post({ query })).text).toContain('"queryType"')
    expect((await post({ query }, {}, production)).text).toMatch(/"code":"UNAUTHENTICATED"/)
    expect(await overSocket('{ __type(name: "Team") { name } }')).toContain('"Team"')
    expect(await overSocket('{ __type(name: "Team") { name } }', undefined, production)).toContain('UNAUTHENTICATED')
  })
})

test('a ping whose payload is nested too deeply to be written closes its socket alone', async () => {
  const socket = await RawSocket.open(gateway.url)
  open.add(socket)
  socket.send(`{"type":"ping","payload":{"deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`)
  expect(await socket.closed).toEqual({ code: 4400, reason: expect.stringContaining('32') })
  expect(await overSocket('{ __typename }')).toContain('"Query"')
})

describe('introspection is not multiplied', () => {
  const types = (alias: string) => `${alias}: types { fields { name description args { name description } } }`

  test.each([
    ['by aliases of nested fields', `{ __schema { ${Array.from('abcdefghijklmno', types).join(' ')} } }`],
    [
      'by aliases of the schema',
      `{ ${Array.from('abcdefghijklmno', (alias) => `${alias}: __schema { ...s }`).join(' ')} } fragment s on __Schema { types { fields { name } } }`,
    ],
  ])('%s, by nobody or by a member', async (_, query) => {
    const everybody: Record<string, string>[] = [{}, { authorization: `Bearer ${await tokenFor()}` }]
    for (const headers of everybody) {
      const { text } = await post({ query }, headers)
      expect(text.length).toBeLessThan(5_000)
      expect(text).toMatch(/UNAUTHENTICATED|GRAPHQL_VALIDATION_FAILED/)
    }
  })
})
