import type { Client } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newKey, revokeKey, revokeTokens } from '../../setup/credentials.ts'
import { createTestDatabase } from '../../setup/database.ts'
import { ask, type Gateway, startGateway } from '../../setup/gateway.ts'
import { charge, grant, makeTeam, resultOf } from '../../setup/operator.ts'
import { connect, Watch } from '../../setup/watching.ts'

const team = 'pills'
const origin = 'https://app.example'
let home: Awaited<ReturnType<typeof createTestDatabase>>
let gateway: Gateway
/** Its identity provider is out of reach. */
let other: Gateway
const clients: Client[] = []

beforeAll(async () => {
  home = await createTestDatabase()
  const env = { ALLOWED_ORIGINS: `${origin},https://other.example` }
  gateway = await startGateway({ databaseUrl: home.url, env })
  other = await startGateway({
    databaseUrl: home.url,
    env: {
      ...env,
      AUTH_SECRET: '',
      AUTH_JWKS_URL: 'http://127.0.0.1:9/keys',
      AUTH_ISSUER: 'https://id.example',
      AUTH_AUDIENCE: 'credits',
    },
  })
  await makeTeam(gateway.url, team)
  await grant(gateway.url, team, '100000')
})
afterAll(async () => {
  for (const client of clients) await client.dispose()
  await Promise.all([gateway?.close(), other?.close()])
  await home?.drop()
})

const create = `mutation ($member: ID, $origin: String, $seconds: Int) {
  result: createPillToken(memberId: $member, origin: $origin, expiresInSeconds: $seconds) { token expiresAt } }`
/** One line in a backend. */
async function pillToken(
  key: string,
  variables: { member?: string; origin?: string; seconds?: number } = {},
  url = gateway.url,
) {
  return resultOf<{ token: string }>(await ask(url, create, variables, key)).token
}

const page = (from: string | undefined): Record<string, string> => (from === undefined ? {} : { origin: from })
async function statusFrom(from: string | undefined, token: string, method = 'POST', at = gateway): Promise<number> {
  const query = '{ team { balance { label } } }'
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...page(from) }
  const get = `${at.url}/graphql?query=${encodeURIComponent(query)}`
  const response = await (method === 'GET'
    ? fetch(get, { headers })
    : fetch(`${at.url}/graphql`, { method, headers, body: JSON.stringify({ query }) }))
  await response.text()
  return response.status
}

/** A socket of a page, and its first close. */
function open(token: string, from: string | undefined, at = gateway, by: 'greeting' | 'upgrade' = 'greeting') {
  const authorization = `Bearer ${token}`
  const headers = { ...page(from), ...(by === 'upgrade' ? { authorization } : {}) }
  class PageSocket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers })
    }
  }
  let onClosed: (code: number) => void = () => undefined
  const closed = new Promise<number>((resolve) => {
    onClosed = resolve
  })
  const client = connect(
    at.url,
    {},
    {
      connectionParams: by === 'greeting' ? { authorization } : {},
      webSocketImpl: PageSocket,
      on: { closed: (event) => onClosed((event as { code: number }).code) },
    },
  )
  clients.push(client)
  return { client, closed }
}
const subscription = 'subscription { balance { available } }'
type Balance = { balance: { available: string } }

describe('a pill token of an API key', () => {
  test('watches the balance of its team over a socket', async () => {
    const key = await newKey(gateway.url, team)
    const { client } = open(await pillToken(key.secret), undefined)
    const watch = new Watch<Balance>(client, subscription)
    const before = Number((await watch.next()).balance.available)
    await charge(gateway.url, team)
    await watch.until(({ balance }) => Number(balance.available) === before - 100)
  })

  test('is made and taken where a key set verifies tokens and is out of reach', async () => {
    const key = await newKey(gateway.url, team)
    const token = await pillToken(key.secret, {}, other.url)
    for (const at of [other, gateway]) expect(await statusFrom(undefined, token, 'POST', at)).toBe(200)
  })

  test('is refused in every gateway once the key is revoked, and its sockets are closed', async () => {
    const key = await newKey(gateway.url, team)
    const token = await pillToken(key.secret)
    const sockets = [open(token, undefined), open(token, undefined, other)]
    for (const { client } of sockets) await new Watch<Balance>(client, subscription).next()
    await revokeKey(gateway.url, key)
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4403, 4403])
    for (const at of [gateway, other]) expect(await statusFrom(undefined, token, 'POST', at)).toBe(401)
  })

  test('ends with the tokens of its member', async () => {
    const key = await newKey(gateway.url, team)
    const token = await pillToken(key.secret, { member: 'leaver' })
    const { client, closed } = open(token, undefined)
    await new Watch<Balance>(client, subscription).next()
    await revokeTokens(gateway.url, { teamId: team, memberId: 'leaver' })
    expect(await closed).toBe(4403)
  })

  test('closes its socket when it expires', async () => {
    const key = await newKey(gateway.url, team)
    const { client, closed } = open(await pillToken(key.secret, { seconds: 2 }), undefined)
    await new Watch<Balance>(client, subscription).next()
    expect(await closed).toBe(4403)
  })
})

describe('a pill token that is bound to an origin', () => {
  test.each(['POST', 'GET'])('is taken of a %s of its pages alone', async (method) => {
    const token = await pillToken((await newKey(gateway.url, team)).secret, { origin })
    expect(await statusFrom(origin, token, method)).toBe(200)
    for (const from of ['https://other.example', undefined]) expect(await statusFrom(from, token, method)).toBe(401)
  })

  test.each(['greeting', 'upgrade'] as const)('is taken of a socket of its pages alone, by the %s', async (by) => {
    const token = await pillToken((await newKey(gateway.url, team)).secret, { origin })
    await new Watch<Balance>(open(token, origin, gateway, by).client, subscription).next()
    for (const from of ['https://other.example', undefined]) {
      const { client, closed } = open(token, from, gateway, by)
      await expect(new Watch<Balance>(client, subscription).next()).rejects.toBeDefined()
      expect(await closed).toBe(4403)
    }
  })

  test('is refused to an event stream of another origin', async () => {
    const token = await pillToken((await newKey(gateway.url, team)).secret, { origin })
    const status = async (from: string) => {
      const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}`, origin: from }
      const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(subscription)}`, { headers })
      const told = (await response.body?.pipeThrough(new TextDecoderStream()).getReader().read())?.value
      return [response.status, told?.includes('available') === true]
    }
    expect(await status('https://other.example')).toEqual([401, false])
  })
})
