import { setImmediate as turn } from 'node:timers/promises'
import { exportSPKI, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectBy, newKey, status } from '../setup/credentials.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { type IdentityProvider, openIdentityProvider, publishing } from '../setup/identity-provider.ts'
import { charge, makeTeam, resultOf } from '../setup/operator.ts'
import { RawSocket } from '../setup/raw-socket.ts'
import { Watch } from '../setup/watching.ts'

const pill = 'subscription { balance { available } }'
const charging = (key: string) =>
  `mutation { result: chargeUsage(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: "${key}" }) { __typename } }`

type Sent = { readonly credential: string; readonly headers?: Record<string, string> }
type Refused = { status: number; retryAfter: string | null; code: unknown; message: string | undefined }

async function send(url: string, { credential, headers = {} }: Sent): Promise<Refused> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}`, ...headers },
    body: JSON.stringify({ query: '{ viewer { role } }' }),
  })
  const { errors } = (await response.json()) as { errors?: { message: string; extensions: { code: string } }[] }
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message }
}

/** The gateway's answer to the greeting of a socket: its acknowledgement, or its close. */
async function greet(url: string, { credential, headers = {} }: Sent): Promise<unknown> {
  const socket = await RawSocket.open(url, { headers })
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${credential}` } })
  const answer = await Promise.race([socket.next(), socket.closed])
  socket.terminate()
  return 'type' in answer ? answer.type : answer
}

const streamStatus = async (url: string, { credential, headers = {} }: Sent) => {
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(pill)}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${credential}`, ...headers },
  })
  await response.body?.cancel()
  return response.status
}

describe('with an identity provider', () => {
  let provider: IdentityProvider
  let gateway: Gateway

  beforeAll(async () => {
    provider = await openIdentityProvider()
    gateway = await startGateway({
      env: {
        AUTH_JWKS_URL: provider.url,
        AUTH_ISSUER: provider.issuer,
        AUTH_AUDIENCE: provider.audience,
        // The gateway's own names are for the tests' operator.
        AUTH_ROLES: 'Media Buyer=member, Analyst=viewer, Owner=admin, PLATFORM=platform',
      },
    })
    await makeTeam(gateway.url, 'acme')
  })
  afterAll(async () => {
    await gateway?.close()
    await provider?.close()
  })

  const token = (claims: object = {}, header: object = {}) => provider.token({ role: 'Media Buyer', ...claims }, header)
  const spent = async (role: string) =>
    resultOf<{ __typename: string }>(await ask(gateway.url, charging(`by ${role}`), {}, await token({ role })))
      .__typename

  test('a member spends with the role Media Buyer or higher, and not below (facts V1)', async () => {
    expect(await spent('Media Buyer')).toBe('Charge')
    expect(await spent('Owner')).toBe('Charge')
    expect(await spent('Analyst')).toBe('RequirementNotMet')
  })

  test('a role name that the operator has not listed gives nothing, whatever it resembles', async () => {
    for (const role of ['platform', 'Platform', 'admin', 'media buyer', 'Media Buyer,Owner', 'Owner\u200b', '']) {
      const { status, message } = await send(gateway.url, { credential: await token({ role, team: 'acme' }) })
      expect([status, message]).toEqual([401, expect.stringContaining('AUTH_ROLES')])
    }
  })

  test('a forged token is refused over HTTP, event streams and sockets', async () => {
    const now = Math.floor(Date.now() / 1000)
    const claims = { sub: 'eve', role: 'PLATFORM', exp: now + 60, iss: provider.issuer, aud: provider.audience }
    const byPublicKey = new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode(await exportSPKI(provider.first.publicKey)))
    const [, payload] = (await token({ role: 'PLATFORM' })).split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    for (const credential of [
      await byPublicKey,
      unsigned,
      await token({ aud: 'another app' }),
      await token({ iss: 'https://another.example.com' }),
      await token({ exp: now - 10 }),
      await token({}, { kid: '__proto__' }),
    ]) {
      expect((await send(gateway.url, { credential })).status).toBe(401)
      expect(await streamStatus(gateway.url, { credential })).toBe(401)
      expect(await greet(gateway.url, { credential })).toMatchObject({ code: 4403 })
    }
  })

  test('a storm of tokens with kids of their own makes the gateway read the key set once in 5 seconds at most', async () => {
    const before = provider.requests
    const began = Date.now()
    const tokens = Array.from({ length: 300 }, (_, index) => token({}, { kid: `storm-${index}` }))
    const answers = await Promise.all(
      tokens.map(async (one) => (await send(gateway.url, { credential: await one })).status),
    )
    expect(new Set(answers)).toEqual(new Set([401]))
    const windows = Math.floor((Date.now() - began) / 5_000) + 1
    expect(provider.requests - before).toBeLessThanOrEqual(windows)
    expect((await send(gateway.url, { credential: await token() })).status).toBe(200)
  })
})

test('without an identity provider a gateway starts, decides no token of it, and serves every other credential', async () => {
  const provider = await openIdentityProvider()
  provider.answers = (response) => response.destroy()
  const { url: AUTH_JWKS_URL, issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE } = provider
  const gateway = await startGateway({ env: { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } })
  const { url } = gateway
  await makeTeam(url, 'acme')
  const credential = await provider.token()
  expect(await send(url, { credential })).toMatchObject({
    status: 503,
    retryAfter: '5',
    code: 'IDENTITY_PROVIDER_UNAVAILABLE',
  })
  expect(await streamStatus(url, { credential })).toBe(503)
  expect(await greet(url, { credential })).toMatchObject({ code: 1013 })
  const ready = await fetch(`${url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', warning: expect.stringContaining('requests with its tokens are answered with 503') },
  ])
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^credits_key_set_read 0$/m)
  const key = await newKey(url, 'acme')
  expect(await status(url, key.secret)).toBe(200)
  provider.answers = publishing(provider.first.jwk)
  // The gateway reads the key set at most once in 5 seconds. With a pause, the address keeps within its budget.
  await expect.poll(async () => (await send(url, { credential })).status, { interval: 100 }).toBe(200)
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
  expect(await greet(url, { credential })).toBe('connection_ack')
  await gateway.close()
  await provider.close()
})

test('a token that no identity provider can check costs its address points, over HTTP and over sockets', async () => {
  const provider = await openIdentityProvider()
  provider.answers = (response) => response.destroy()
  const { url: AUTH_JWKS_URL, issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE } = provider
  const requests = 40
  const env = { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE, BUDGET_ANONYMOUS: `${requests * 25}` }
  const gateway = await startGateway({ env })
  const sent = { credential: await provider.token() }
  const overHttp = async () => (await send(gateway.url, sent)).status
  const overSocket = () =>
    greet(gateway.url, sent).then(
      (closed) => (closed as { code: number }).code,
      (error: Error) => error.message,
    )
  for (const [refuse, unchecked, limited] of [
    [overHttp, 503, 429],
    [overSocket, 1013, 'Unexpected server response: 429'],
  ] as const) {
    await expect.poll(refuse, { interval: 100 }).toBe(unchecked)
    const answers = new Set<unknown>()
    // Whether all of them are in one second depends on the machine.
    for (let round = 0; round < 20 && !answers.has(limited); round += 1) {
      const codes = await Promise.all(Array.from({ length: requests + 10 }, refuse))
      for (const code of [...codes, await refuse()]) answers.add(code)
    }
    expect(answers).toContain(limited)
  }
  await gateway.close()
  await provider.close()
})

describe('an API key', () => {
  let home: TestDatabase
  let gateway: Gateway
  /** Its proxies are this machine. */
  let behind: Gateway

  beforeAll(async () => {
    home = await createTestDatabase()
    gateway = await startGateway({ databaseUrl: home.url })
    behind = await startGateway({ databaseUrl: home.url, env: { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' } })
    for (const team of ['acme', 'globex']) await makeTeam(gateway.url, team)
  })
  afterAll(async () => {
    await Promise.all([gateway?.close(), behind?.close()])
    await home?.drop()
  })

  const change = async (mutation: string, variables: Record<string, unknown>, token?: string) =>
    resultOf<{ __typename: string; secret?: string }>(await ask(gateway.url, mutation, variables, token))
  const allow = (id: string, addresses: string[] | null) =>
    change(
      'mutation ($id: ID!, $addresses: [String!]) { result: setAllowedAddresses(id: $id, addresses: $addresses) { __typename } }',
      { id, addresses },
    )
  const rotateText = `mutation ($id: ID!, $seconds: Int) { result: rotateApiKey(id: $id, overlapSeconds: $seconds) {
    __typename ... on CreatedApiKey { secret } } }`
  const rotate = (id: string, seconds: number, token?: string) => change(rotateText, { id, seconds }, token)

  test('that is bound to addresses is not freed by a header that any client can write', async () => {
    const { id, secret: credential } = await newKey(gateway.url, 'acme')
    await allow(id, ['203.0.113.0/24'])
    const written: Record<string, string>[] = [
      { 'x-forwarded-for': '203.0.113.7' },
      { 'x-forwarded-for': '203.0.113.7, 203.0.113.8' },
      { 'x-real-ip': '203.0.113.7', 'cf-connecting-ip': '203.0.113.7', 'true-client-ip': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
    ]
    for (const headers of written) {
      const sent = { credential, headers }
      expect(await send(gateway.url, sent)).toMatchObject({
        status: 401,
        message: expect.stringMatching(/not allowed from 127\.0\.0\.1: add the address with setAllowedAddresses/),
      })
      expect(await streamStatus(gateway.url, sent)).toBe(401)
      expect(await greet(gateway.url, sent)).toMatchObject({
        code: 4403,
        reason: expect.stringContaining('not allowed from 127.0.0.1'),
      })
    }
  })

  test('that is bound to addresses is checked by what the last trusted proxy saw', async () => {
    const { id, secret: credential } = await newKey(gateway.url, 'acme')
    await allow(id, ['203.0.113.0/24'])
    const from = (forwarded: string) => ({ credential, headers: { 'x-forwarded-for': forwarded } })
    for (const forwarded of ['203.0.113.7', '6.6.6.6, 203.0.113.7', '203.0.113.7, 10.1.2.3', '::ffff:203.0.113.7']) {
      expect((await send(behind.url, from(forwarded))).status).toBe(200)
      expect(await greet(behind.url, from(forwarded))).toBe('connection_ack')
      expect(await streamStatus(behind.url, from(forwarded))).toBe(200)
    }
    for (const forwarded of ['203.0.113.7, 6.6.6.6', '203.0.113.7, 6.6.6.6, 10.1.2.3', '203.0.113.7, nonsense', '']) {
      expect((await send(behind.url, from(forwarded))).status).toBe(401)
      expect(await greet(behind.url, from(forwarded))).toMatchObject({ code: 4403 })
      expect(await streamStatus(behind.url, from(forwarded))).toBe(401)
    }
  })

  test('that is bound to addresses while its socket is open loses the socket, at every gateway', async () => {
    const { id, secret } = await newKey(gateway.url, 'acme')
    for (const { url } of [gateway, behind]) {
      const { client, closed } = connectBy(url, secret)
      await new Watch(client, pill).next()
      await allow(id, ['203.0.113.9'])
      expect(await closed).toMatchObject({ code: 4403, reason: 'The API key was changed' })
      for (const each of [gateway, behind]) while ((await status(each.url, secret)) !== 401) await turn()
      await allow(id, null)
      while ((await status(behind.url, secret)) !== 200) await turn()
      await client.dispose()
    }
  })

  test('that was rotated works by both secrets, then by the new one alone, at every gateway that knew the old one', async () => {
    const { id, secret: old } = await newKey(gateway.url, 'acme')
    for (const { url } of [gateway, behind]) expect(await status(url, old)).toBe(200)
    const { secret: next = '' } = await rotate(id, 600)
    for (const { url } of [gateway, behind]) {
      for (const secret of [old, next]) expect(await status(url, secret)).toBe(200)
    }
    const { client, closed } = connectBy(behind.url, old)
    await new Watch(client, pill).next()
    const { secret: last = '' } = await rotate(id, 0)
    expect(await closed).toMatchObject({ code: 4403 })
    for (const { url } of [gateway, behind]) {
      for (const secret of [old, next]) while ((await status(url, secret)) !== 401) await turn()
      expect(await status(url, last)).toBe(200)
    }
    await client.dispose()
  })

  test('whose overlap ends closes the socket of its old secret, which opens no other one', async () => {
    const { id, secret: old } = await newKey(gateway.url, 'acme')
    await rotate(id, 3)
    const { client, closed } = connectBy(behind.url, old)
    await new Watch(client, pill).next()
    expect(await closed).toMatchObject({ code: 4403, reason: 'The secret of the API key was replaced' })
    for (const { url } of [gateway, behind]) expect(await status(url, old)).toBe(401)
    await client.dispose()
  })

  test('keeps its holds and its name when it is rotated, because it is the same caller', async () => {
    const { id, secret: old } = await newKey(gateway.url, 'acme')
    const hold = `mutation { result: holdCredits(input: { usage: [{ rate: "image.flux-2-pro" }], idempotencyKey: "kept-${id}" }) {
      __typename ... on Hold { id } } }`
    const held = resultOf<{ id: string }>(await ask(gateway.url, hold, {}, old))
    const { secret: next } = await rotate(id, 0)
    const settle = `mutation { result: settleHold(input: { holdId: "${held.id}", idempotencyKey: "settled-${id}" }) { __typename } }`
    expect(resultOf(await ask(gateway.url, settle, {}, next))).toEqual({ __typename: 'Charge' })
  })

  test('of a team is rotated and bound by no other team, by no key, and by no member', async () => {
    const { id, secret } = await newKey(gateway.url, 'acme')
    const stranger = await tokenFor({ team: 'globex', member: 'boss', role: 'ADMIN' })
    expect(await rotate(id, 0, stranger)).toMatchObject({ __typename: 'NotFound' })
    const backend = resultOf<{ secret: string }>(
      await ask(
        gateway.url,
        'mutation { result: createApiKey(input: { name: "backend", scopes: [PLATFORM] }) { ... on CreatedApiKey { secret } } }',
      ),
    )
    const member = await tokenFor({ team: 'acme', member: 'ana', role: 'MEMBER' })
    for (const token of [secret, backend.secret, member]) {
      expect(await rotate(id, 0, token)).toMatchObject({ __typename: 'NotAllowed' })
    }
    expect(await status(gateway.url, secret)).toBe(200)
    expect((await charge(gateway.url, 'globex')).__typename).toBe('Charge')
  })

  test('leaves the address of the client in the audit log, as the last trusted proxy saw it', async () => {
    const admin = await tokenFor({ team: 'acme', member: 'boss', role: 'ADMIN' })
    const make = 'mutation { createApiKey(input: { name: "n", scopes: [READ] }) { __typename } }'
    for (const [url, address] of [
      [behind.url, '198.51.100.4'],
      [gateway.url, '127.0.0.1'],
    ] as const) {
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${admin}`,
          'x-forwarded-for': '6.6.6.6, 198.51.100.4',
        },
        body: JSON.stringify({ query: make }),
      })
      const log = '{ result: team { auditLog(first: 1) { nodes { callerId mutation address } } } }'
      const { auditLog } = resultOf<{ auditLog: { nodes: object[] } }>(await ask(gateway.url, log, {}, admin))
      expect(auditLog.nodes).toEqual([{ callerId: 'boss', mutation: 'createApiKey', address }])
    }
  })
})
