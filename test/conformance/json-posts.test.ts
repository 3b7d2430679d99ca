import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { lockAccounts } from '../setup/locked-accounts.ts'
import { untilMetric } from '../setup/metrics.ts'
import { balanceOf, makeTeam } from '../setup/operator.ts'

let gateway: Gateway
let member: string
let viewer: string

beforeAll(async () => {
  gateway = await startGateway({ env: { ALLOWED_ORIGINS: 'https://app.example.com', BUDGET_ANONYMOUS: '1000000' } })
  await makeTeam(gateway.url, 'posting')
  member = await tokenFor({ team: 'posting', role: 'MEMBER' })
  viewer = await tokenFor({ team: 'posting', role: 'VIEWER' })
})

afterAll(() => gateway?.close())

type Posted = {
  readonly body: unknown
  /** Default: the token of a member; null: no token. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: string
}

const shownHeaders = [
  ...['content-type', 'allow', 'accept', 'vary', 'www-authenticate', 'retry-after'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
  ...['access-control-allow-origin', 'access-control-expose-headers'],
]

/** An answer as text, without the parts that differ between two runs of the same request. */
async function answerTo({ body, token = member, headers = {}, path = '/graphql' }: Posted): Promise<string> {
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const shown = shownHeaders.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [`${name}: ${value}`]
  })
  const text = [`${response.status} ${response.statusText}`, ...shown, '', await response.text()].join('\n')
  return text
    .replace(/(ratelimit-remaining: |"remaining":)\d+/g, '$1…')
    .replace(/(ratelimit-reset: |"resetSeconds":)\d+/g, '$1…')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'a-trace-id')
}

const holds = 'query Holds($first: Int) { team { holds(first: $first) { nodes { id } } } }'
const two = 'query A { viewer { role } } query B { __typename }'
const charge =
  'mutation ($rate: ID!) { chargeUsage(input: { idempotencyKey: "once", usage: [{ rate: $rate }] }) { __typename ... on Charge { amount } } }'

const operations: readonly (readonly [string, Posted])[] = [
  ['a query', { body: { query: '{ viewer { role team { id } } }' } }],
  ['a query of nobody', { token: null, body: { query: '{ __typename }' } }],
  ['a mutation', { body: { query: charge, variables: { rate: 'image.resize' } } }],
  ['one operation of two', { body: { query: two, operationName: 'A' } }],
  [
    'variables, operation name and extensions that are null',
    { body: { query: '{ __typename }', variables: null, operationName: null, extensions: null } },
  ],
  ['variables that the document lacks', { body: { query: '{ __typename }', variables: { other: 1 } } }],
  ['a query string beside the body', { path: '/graphql?query={nothing}', body: { query: '{ __typename }' } }],
  ['a page of a listed origin', { headers: { origin: 'https://app.example.com' }, body: { query: '{ __typename }' } }],
  ['a page of another origin', { headers: { origin: 'https://evil.example.com' }, body: { query: '{ __typename }' } }],
]

const refusals: readonly (readonly [string, Posted])[] = [
  ['a syntax error', { body: { query: '{ viewer {' } }],
  ['an empty document', { body: { query: '' } }],
  ['a document of fragments alone', { body: { query: 'fragment f on Query { __typename }' } }],
  ['too many tokens', { body: { query: `{ ${'a:__typename '.repeat(2_500)} }` } }],
  ['too many characters', { body: { query: `{ __typename } # ${'x'.repeat(70_000)}` } }],
  ['a name that is too long', { body: { query: `{ ${'a'.repeat(2_000)}: __typename }` } }],
  ['an unknown field', { body: { query: '{ nothing viewer { nothing } }' } }],
  ['a literal of another type', { body: { query: '{ team { holds(first: "x") { nodes { id } } } }' } }],
  ['an unknown operation', { body: { query: two, operationName: 'C' } }],
  ['no operation name, and two operations', { body: { query: two } }],
  ['an empty operation name', { body: { query: '{ __typename }', operationName: '' } }],
  ['an operation name that is a number', { body: { query: '{ __typename }', operationName: 7 } }],
  ['a variable of another type', { body: { query: holds, variables: { first: 'x' } } }],
  ['a variable that is missing', { body: { query: charge } }],
  ['variables that are too many', { body: { query: holds, variables: { x: Array(50_001).fill(1) } } }],
  [
    'variables that are too deep',
    { body: `{"query":"{ __typename }","variables":{"x":${'['.repeat(40)}${']'.repeat(40)}}}` },
  ],
  ['a role that is too low', { body: { query: '{ auditLog(first: 1) { nodes { at } } }' } }],
  ['a field that fails beside one that does not', { body: { query: '{ a: viewer { role } node(id: "x") { id } }' } }],
  [
    'an operation that is too large',
    {
      body: {
        query: `{ team { ${Array.from({ length: 30 }, (_, i) => `a${i}: forecast { runsOutAt }`).join(' ')} } }`,
      },
    },
  ],
  ['more than nobody may select', { token: null, body: { query: '{ viewer { role } }' } }],
  [
    'more than nobody may send',
    { token: null, body: { query: '{ __typename }', variables: { x: 'x'.repeat(70_000) } } },
  ],
  ['a document that is too long for nobody', { token: null, body: { query: `{ __typename } # ${'x'.repeat(5_000)}` } }],
  ['a syntax error of nobody', { token: null, body: { query: '{ viewer {' } }],
  ['more than anybody may send', { body: { query: '{ __typename }', variables: { x: 'x'.repeat(4_000_000) } } }],
  ['a token that is not trusted', { token: 'forged', body: { query: '{ __typename }' } }],
]

const bodies: readonly (readonly [string, Posted])[] = [
  ['nothing', { body: '' }],
  ['no JSON', { body: '{"query":' }],
  ['null', { body: 'null' }],
  ['a number', { body: '7' }],
  ['a text', { body: '"{ __typename }"' }],
  ['a batch', { body: [{ query: '{ __typename }' }, { query: '{ __typename }' }] }],
  ['an empty batch', { body: [] }],
  ['an unknown parameter', { body: { query: '{ __typename }', other: 1 } }],
  ['an unknown parameter that is null', { body: { query: '{ __typename }', other: null } }],
  ['no query', { body: { variables: {} } }],
  ['a query that is no text', { body: { query: 7 } }],
  ['variables that are a list', { body: { query: '{ __typename }', variables: [] } }],
  ['variables that are a text', { body: { query: '{ __typename }', variables: '{}' } }],
  ['extensions that are a list', { body: { query: '{ __typename }', extensions: [] } }],
  ['an unknown parameter of nobody', { token: null, body: { query: '{ viewer { role } }', other: 1 } }],
  ['characters beyond ASCII', { body: { query: '{ node(id: "☃é") { id } }' } }],
  ['a byte order mark', { body: '\ufeff{"query":"{ __typename }"}' }],
]

const contentTypes = [
  ...['application/json; charset=utf-8', 'application/json;charset=latin1', 'application/json, text/plain'],
  ...['application/jsonx', 'application/json ', 'Application/JSON', 'application/graphql+json', 'application/graphql'],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', ''],
]

const accepts = [
  ...[
    '*/*',
    'application/*',
    'application/json',
    'application/graphql-response+json',
    'text/event-stream',
    'text/html',
  ],
  ...[
    'application/graphql-response+json, application/json;q=0.9',
    'application/json, application/graphql-response+json',
  ],
  ...[
    'text/event-stream, application/json',
    'application/json, text/event-stream',
    'multipart/mixed',
    'text/*',
    '*/json',
  ],
  ...['application/json; charset=utf-8', 'application/json; charset=latin1', 'application/json; charset=latin1, */*'],
  ...['APPLICATION/GRAPHQL-RESPONSE+JSON', 'application/graphql-response+json ; q=1 , */*', 'multipart/mixed, */*', ''],
  ...[
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
  ],
]

const accepted: readonly (readonly [string, Posted])[] = [
  ['a query', { body: { query: '{ viewer { role } }' } }],
  ['a syntax error', { body: { query: '{ viewer {' } }],
  ['an unknown field', { body: { query: '{ nothing }' } }],
  ['an unknown operation', { body: { query: two, operationName: 'C' } }],
  ['a variable of another type', { body: { query: holds, variables: { first: 'x' } } }],
  ['no JSON', { body: '{' }],
  ['a token that is not trusted', { token: 'forged', body: { query: '{ __typename }' } }],
  ['a subscription that does not begin', { body: { query: 'subscription { accountEvents(after: "x") { id } }' } }],
]

describe('a JSON POST is answered as ever', () => {
  test.each([...operations, ...refusals])('%s', async (_, posted) => {
    expect(await answerTo(posted)).toMatchSnapshot()
  })

  test('around Yoga, in one piece whose length is announced', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${member}` }
    for (const query of ['{ viewer { role } }', '{ viewer {', '{ nothing }']) {
      const body = JSON.stringify({ query })
      const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })
      expect(answer.headers.get('content-length')).toBe(`${(await answer.text()).length}`)
    }
  })

  test.each(bodies)('a body that is %s', async (_, posted) => {
    expect(await answerTo(posted)).toMatchSnapshot()
  })

  test.each(contentTypes)("the content type '%s'", async (contentType) => {
    const posted = { headers: { 'content-type': contentType }, body: { query: '{ __typename }' } }
    expect(await answerTo(posted)).toMatchSnapshot()
  })

  test.each(accepts)("whoever accepts '%s'", async (accept) => {
    const answers = accepted.map(async ([name, posted]) => {
      const [status, ...rest] = (await answerTo({ ...posted, headers: { accept } })).split('\n')
      const types = rest.filter((line) => /^(content-type|accept): /.test(line))
      return [`${name}: ${status}`, ...types, rest.at(-1)].join('\n')
    })
    expect((await Promise.all(answers)).join('\n\n')).toMatchSnapshot()
  })

  test('a defect of one field, and of all', async () => {
    const token = await tokenFor({ team: 'posting' })
    const failing = 'node(id: "VGVhbTpwb3N0aW5n") { id } team { balance { available } }'
    const database = new pg.Client({ connectionString: gateway.databaseUrl })
    await database.connect()
    await database.query('alter table account rename to account_away')
    const answers = await Promise.all(
      [`{ __typename ${failing} }`, '{ team { balance { available } } }'].map((query) =>
        answerTo({ token, body: { query } }),
      ),
    ).finally(() => database.query('alter table account_away rename to account'))
    await database.end()
    for (const answer of answers) expect(answer).toMatchSnapshot()
  })

  test('a viewer', async () => {
    const body = { query: charge, variables: { rate: 'image.resize' } }
    expect(await answerTo({ token: viewer, body })).toMatchSnapshot()
  })
})

test('too deep a document is refused for its depth, or for its tokens where the stack holds them', async () => {
  const query = `${'{a'.repeat(9_000)}${'}'.repeat(9_000)}`
  expect(await answerTo({ body: { query } })).toMatch(/(tokens|nested too deeply).*"code":"GRAPHQL_PARSE_FAILED"/)
})

test.each(['second', 'then'])(
  'of a mutation whose client hangs up, a field %s that has not begun does nothing',
  async (late) => {
    const usage = '[{ rate: "image.flux-2-pro", count: 2 }, { rate: "image.gpt-image-1-5" }]'
    const charged = (key: string) =>
      `${key}: chargeUsage(input: { idempotencyKey: "${late}-${key}", usage: ${usage} }) { __typename }`
    const before = Number((await balanceOf(gateway.url, 'posting')).available)
    const lock = await lockAccounts(gateway.databaseUrl)
    const hangUp = new AbortController()
    const answer = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${member}` },
      body: JSON.stringify({ query: `mutation { ${charged('first')} ${charged(late)} }` }),
      signal: hangUp.signal,
    })
    const hungUp = expect(answer).rejects.toThrow('aborted')
    await expect.poll(lock.waiting).toBeGreaterThan(0)
    hangUp.abort()
    await hungUp
    await untilMetric(gateway.url, 'credits_http_requests_under_way', 1)
    await lock.release()
    const ask = { query: `mutation { ${charged('third')} }` }
    expect(await answerTo({ body: ask })).toContain('"Charge"')
    expect(before - Number((await balanceOf(gateway.url, 'posting')).available)).toBe(200)
  },
)
