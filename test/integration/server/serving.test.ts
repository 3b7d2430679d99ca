import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentCache } from '../../../src/server/operations/document-limits.ts'
import { ask, type Gateway, production, startGateway, tokenFor } from '../../setup/gateway.ts'
import { charge, makeTeam } from '../../setup/operator.ts'
import { connect } from '../../setup/watching.ts'

let gateway: Gateway
const lines: Record<string, unknown>[] = []
const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })

beforeAll(async () => {
  gateway = await startGateway({ log, env: { ALLOWED_ORIGINS: 'https://app.example.com' } })
  await makeTeam(gateway.url, 'served')
})

afterAll(() => gateway?.close())

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

describe('health', () => {
  test('alive and ready', async () => {
    const alive = await fetch(`${gateway.url}/healthz`)
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'alive' }])
    const ready = await fetch(`${gateway.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
  })

  test('alive but not ready while the database misses a migration', async () => {
    await onDatabase('alter table mikro_orm_migrations rename to mikro_orm_migrations_away')
    const ready = await fetch(`${gateway.url}/readyz`)
    expect([ready.status, (await fetch(`${gateway.url}/healthz`)).status]).toEqual([503, 200])
    await onDatabase('alter table mikro_orm_migrations_away rename to mikro_orm_migrations')
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
  })
})

test('metrics count requests, commands by what became of them, and the process', async () => {
  await charge(gateway.url, 'served')
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(text).toMatch(/credits_commands_total\{kind="charge-usage",outcome="charge"\} [1-9]/)
  expect(text).toMatch(/credits_http_requests_total\{path="\/graphql",status="200"\} [1-9]/)
  expect(text).toMatch(/credits_open_sockets 0/)
  expect(text).toMatch(/credits_payment_differences\{kind="OTHER_AMOUNT"\} 0/)
  expect(text).toMatch(/credits_payments_compared_timestamp_seconds 0/)
  expect(text).toContain('process_cpu_seconds_total')
})

describe('who asks', () => {
  test('nobody is answered what needs nobody', async () => {
    const answer = await post('{"query":"{ __typename }"}')
    expect([answer.status, await answer.json()]).toEqual([200, { data: { __typename: 'Query' } }])
  })

  test('a token that is not trusted is a 401 that says what to do', async () => {
    const answer = await post('{"query":"{ __typename }"}', { authorization: 'Bearer forged' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token')
    expect(await answer.json()).toEqual({
      errors: [{ message: expect.stringContaining('get a token'), extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })

  test("pages of the own origin and listed ones may read the answer, others aren't served", async () => {
    const from = (origin: string) => post('{"query":"{ __typename }"}', { origin })
    const listed = await from('https://app.example.com')
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect((await from(gateway.url)).status).toBe(200)
    const foreign = await from('https://evil.example.com')
    expect(foreign.status).toBe(403)
    expect(await foreign.text()).toContain('ALLOWED_ORIGINS')
  })

  test('a preflight of a listed origin is answered', async () => {
    const headers = {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    }
    const answer = await fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
  })
})

test('a body beyond 4 MB is refused', async () => {
  const answer = await post(JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(4_000_000) } }))
  expect(answer.status).toBe(413)
  expect(await answer.text()).toContain('BODY_TOO_LARGE')
})

test.each([16_384, 16_385, 1_000_000])('a body of %i characters is read whole, in any script', async (characters) => {
  const frame = (id: string) =>
    JSON.stringify({ query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id } })
  const text = frame('☃'.repeat(characters - frame('').length))
  const answer = await post(text, { authorization: `Bearer ${await tokenFor()}` })
  expect([answer.status, await answer.json()]).toEqual([200, { data: { node: null } }])
})

describe('what is no value of its type has a code, over HTTP and over a socket alike', () => {
  test.each([
    ['a variable that is no Int', 'query ($n: Int) { team { holds(first: $n) { nodes { id } } } }', { n: 'x' }],
    ['a variable that is too large', 'query ($n: Int) { team { holds(first: $n) { nodes { id } } } }', { n: 2 ** 31 }],
    [
      'a variable that the enum lacks',
      'query ($t: [ActivityType!]) { team { activity(filter: { types: $t }) { nodes { id } } } }',
      { t: ['X'] },
    ],
    ['a variable that is not given', 'query ($id: ID!) { team(id: $id) { id } }', {}],
  ])('%s', async (_, query, variables) => {
    expect(await codesOf(query, variables)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT'])
  })

  test.each([
    ['a literal that is no Int', '{ team { holds(first: "x") { nodes { id } } } }'],
    ['a literal that the enum lacks', '{ team { activity(filter: { types: [X] }) { nodes { id } } } }'],
  ])('%s', async (_, query) => {
    expect(await codesOf(query)).toEqual(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED'])
  })

  async function codesOf(query: string, variables: Record<string, unknown> = {}) {
    const { errors } = await ask(gateway.url, query, variables)
    const client = connect(gateway.url)
    const results = client.iterate({ query, variables })
    // A document that isn't valid ends the operation, a variable is told as its result.
    const told = await results.next().then(
      ({ value }) => value.errors,
      (thrown) => thrown,
    )
    await client.dispose()
    return [errors?.[0]?.extensions?.code, told[0].extensions?.code]
  }
})

/** Keys of a Stripe that nobody can reach. */
const noStripe = {
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_API_URL: 'http://127.0.0.1:9',
}

describe('the address that a start prints', () => {
  test('has the demo, and GraphiQL beside it', async () => {
    const demo = await fetch(gateway.url, { headers: { accept: 'text/html' } })
    expect([demo.status, await demo.text()]).toEqual([200, expect.stringContaining('<title>Credits Gateway')])
    const page = await fetch(`${gateway.url}/graphiql`, { headers: { accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/graphiql/editor.js')])
  })

  test('leads a browser from /graphql to GraphiQL, with its query', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const answer = await fetch(`${gateway.url}/graphql?query=%7Bplans%7Bid%7D%7D`, { headers, redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/graphiql?query=%7Bplans%7Bid%7D%7D'])
  })

  test('leads nowhere in production', async () => {
    const other = await startGateway({ env: { ...noStripe, ...(await production()) } })
    const answer = await fetch(other.url, { redirect: 'manual' })
    await other.close()
    expect(answer.status).toBe(404)
  })
})

test('the largest legal list of events is taken', async () => {
  const events = Array.from({ length: 1_000 }, (_, number) => ({
    usage: [{ rate: 'chat.light' }],
    teamId: 'served',
    idempotencyKey: `${number}`.padStart(200, '鍵'),
    reference: '参'.repeat(500),
  }))
  const query = 'mutation ($events: [ChargeUsageInput!]!) { recordUsage(events: $events) { __typename } }'
  const { data, errors } = await ask(gateway.url, query, { events })
  expect(errors).toBeUndefined()
  const results: { __typename: string }[] = data?.recordUsage ?? []
  expect(results.map(({ __typename }) => __typename)).toEqual(events.map(() => 'Charge'))
})

test('a mutation by GET does nothing', async () => {
  const query = 'mutation { advanceClock(to: "2999-01-01T00:00:00Z") }'
  const authorization = `Bearer ${await tokenFor()}`
  const answer = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { authorization },
  })
  expect(answer.status).toBe(405)
})

test('an unexpected error is masked with a trace id, under which the log has it, once', async () => {
  await onDatabase('alter table account rename to account_away')
  const { errors } = await ask(gateway.url, '{ team(id: "served") { balance { available } } }')
  await onDatabase('alter table account_away rename to account')
  const [error] = errors ?? []
  expect(error?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', traceId: expect.any(String) })
  expect(JSON.stringify(errors)).not.toMatch(/account|relation|stack/)
  const logged = lines.filter(({ traceId }) => traceId === error?.extensions?.traceId)
  expect(logged).toHaveLength(1)
  expect(JSON.stringify(logged)).toContain('account')
  expect(lines.filter((line) => JSON.stringify(line).includes('Bearer'))).toEqual([])
})

test('over a socket it is masked just the same', async () => {
  await onDatabase('alter table account rename to account_away')
  const client = connect(gateway.url)
  const results = client.iterate({ query: '{ team(id: "served") { name } }' })
  const { value } = await results.next()
  await onDatabase('alter table account_away rename to account')
  await client.dispose()
  const [error] = value.errors ?? []
  expect(error.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', traceId: expect.any(String) })
  expect(lines.filter(({ traceId }) => traceId === error.extensions.traceId)).toHaveLength(1)
})

test('a port in use is said so, naming PORT', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(startGateway({ port })).rejects.toThrow(new RegExp(`Port ${port} .* in use.*PORT`))
  other.close()
})

async function onDatabase(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: gateway.databaseUrl })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

test('documents of any size and number leave little behind, and what is too much to parse is refused', async () => {
  const { url } = gateway
  const long = await ask(url, `{ viewer { ${'role '.repeat(20_000)} } }`)
  expect(long.errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  for (const document of [`{ ${'a:__typename '.repeat(2_500)} }`, `${'{a'.repeat(9_000)}${'}'.repeat(9_000)}`]) {
    const many = await ask(url, document)
    expect(many.errors?.[0]).toMatchObject({ extensions: { code: 'GRAPHQL_PARSE_FAILED' } })
    expect(many.errors?.[0]?.message).toMatch(/tokens|deeply/)
  }
  for (let index = 0; index < 60; index += 1) await ask(url, `{ __typename } # ${index} ${'x'.repeat(40_000)}`)
  expect(documentCache.calculatedSize).toBeLessThanOrEqual(1_000_000)
  expect(documentCache.calculatedSize).toBeGreaterThan(500_000)
})
