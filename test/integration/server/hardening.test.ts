import { type IncomingHttpHeaders, request } from 'node:http'
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, production as productionEnv, startGateway, tokenFor } from '../../setup/gateway.ts'
import { makeTeam } from '../../setup/operator.ts'
import { RawSocket } from '../../setup/raw-socket.ts'

const metricsToken = 'a token of the scraper alone'.replaceAll(' ', '-')
const stripe = {
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  STRIPE_API_URL: 'http://127.0.0.1:9',
}
let gateway: Gateway
let production: Gateway
let scraped: Gateway

beforeAll(async () => {
  gateway = await startGateway({ env: { ALLOWED_HOSTS: 'gateway' } })
  production = await startGateway({ env: { ...stripe, ...(await productionEnv()) } })
  scraped = await startGateway({ env: { ...stripe, ...(await productionEnv()), METRICS_TOKEN: metricsToken } })
  await makeTeam(gateway.url, 'hard')
})

afterAll(() => Promise.all([gateway?.close(), production?.close(), scraped?.close()]))

type Sent = { path?: string; method?: string; body?: string; headers?: Record<string, string>; at?: string }
type Answer = { status: number; headers: IncomingHttpHeaders; text: string }

/** One request; unlike `fetch` it may name any host. An event stream ends after its first bytes. */
const send = ({ path = '/healthz', method = 'GET', body, headers = {}, at = gateway.url }: Sent = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(`${at}${path}`, { method, headers, agent: false }, (response) => {
      let text = ''
      const answer = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
        if (text.includes('event: next')) {
          answer()
          sent.destroy()
        }
      })
      response.once('end', answer)
    })
    sent.once('error', reject)
    sent.end(body)
  })

const query = (text: string, headers: Record<string, string> = {}, at?: string) =>
  send({
    path: '/graphql',
    method: 'POST',
    body: JSON.stringify({ query: text }),
    at,
    headers: { 'content-type': 'application/json', ...headers },
  })

describe('a request that names a host', () => {
  test('by which the gateway is not known is refused everywhere', async () => {
    const host = 'evil.example:4000'
    for (const path of ['/graphql', '/', '/graphiql', '/metrics', '/payment', '/webhooks/stripe', '/nothing']) {
      const { status, text } = await send({ path, headers: { host } })
      expect([path, status, JSON.parse(text).errors[0].extensions]).toEqual([path, 421, { code: 'HOST_NOT_ALLOWED' }])
      expect(text).not.toContain('evil')
    }
    const posted = await query('{ __typename }', { host, authorization: `Bearer ${await tokenFor()}` })
    expect(posted.status).toBe(421)
    await expect(RawSocket.open(gateway.url, { headers: { host } })).rejects.toThrow('421')
  })

  test('by which it is known is served', async () => {
    const host = 'gateway:4000'
    expect((await query('{ __typename }', { host })).status).toBe(200)
    const socket = await RawSocket.open(gateway.url, { headers: { host } })
    socket.terminate()
  })

  test.each(['/healthz', '/readyz'])('may be any for a probe of %s', async (path) => {
    expect((await send({ path, headers: { host: 'whatever.internal' } })).status).toBe(200)
  })
})

describe('every answer forbids storing, sniffing and framing it', () => {
  const safe = {
    'cache-control': 'no-store',
    'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'$/),
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
  const json = { 'content-type': 'application/json' }
  const subscription = `/graphql?query=${encodeURIComponent('subscription { balance { available } }')}`

  test.each<[string, Sent, number]>([
    ['health', { path: '/healthz' }, 200],
    ['readiness', { path: '/readyz' }, 200],
    ['metrics', { path: '/metrics' }, 200],
    ['a path where nothing is', { path: '/nothing' }, 404],
    ['the page after a payment', { path: '/payment' }, 200],
    ['GraphiQL', { path: '/graphiql' }, 200],
    ['a webhook', { path: '/webhooks/stripe' }, 405],
    ['a query', { path: '/graphql', method: 'POST', body: '{"query":"{ __typename }"}', headers: json }, 200],
    ['a query that is none', { path: '/graphql', method: 'POST', body: '{', headers: json }, 400],
    ['a forged token', { path: '/graphql', method: 'POST', headers: { authorization: 'Bearer x' } }, 401],
    ['a body that is too large', { path: '/graphql', method: 'POST', body: 'x'.repeat(70_000), headers: json }, 413],
    ['a foreign origin', { path: '/graphql', headers: { origin: 'https://evil.example' } }, 403],
    ['a preflight', { path: '/graphql', method: 'OPTIONS' }, 204],
    ['a foreign host', { path: '/graphql', headers: { host: 'evil.example' } }, 421],
  ])('%s', async (_, sent, status) => {
    const answer = await send(sent)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(safe)
  })

  test('an event stream', async () => {
    const authorization = `Bearer ${await tokenFor({ team: 'hard', role: 'VIEWER' })}`
    const answer = await send({ path: subscription, headers: { accept: 'text/event-stream', authorization } })
    expect(answer.text).toContain('available')
    expect(answer.headers).toMatchObject(safe)
  })
})

describe('in production', () => {
  test('metrics are closed without a METRICS_TOKEN, and with one open to whoever sends it', async () => {
    const { status, text } = await send({ path: '/metrics', at: production.url })
    expect([status, text]).toEqual([403, expect.stringContaining('METRICS_TOKEN')])
    for (const authorization of ['', 'Bearer', `Bearer ${metricsToken}x`, metricsToken, `Bearer ${await tokenFor()}`]) {
      const refused = await send({ path: '/metrics', at: scraped.url, headers: { authorization } })
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    }
    const headers = { authorization: `Bearer ${metricsToken}` }
    const shown = await send({ path: '/metrics', at: scraped.url, headers })
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('credits_open_sockets')])
  })

  test('a METRICS_TOKEN opens nothing else', async () => {
    expect((await query('{ __typename }', { authorization: `Bearer ${metricsToken}` }, scraped.url)).status).toBe(401)
  })

  test.each(['/', '/index.html', '/graphiql', '/demo/session'])('nothing is at %s', async (path) => {
    expect((await send({ path, at: production.url })).status).toBe(404)
  })

  test('nobody introspects the schema, and a signed-in viewer does', async () => {
    for (const text of [
      '{ __schema { queryType { name } } }',
      '{ __type(name: "Query") { name } }',
      getIntrospectionQuery(),
    ]) {
      expect((await query(text, {}, production.url)).text).toContain('UNAUTHENTICATED')
      const authorization = `Bearer ${await tokenFor({ team: 'hard', role: 'VIEWER' })}`
      expect((await query(text, { authorization }, production.url)).text).toMatch(/^\{"data":\{"__/)
    }
  })
})
