import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearerOf, createTokenReader, InvalidToken, signToken, type TokenReader } from '../../src/access/tokens.ts'

const secret = 'a secret of tests, long enough to be one'
const reader = createTokenReader({ secret })
const seconds = () => Math.floor(Date.now() / 1000)

const key = (text: string) => new TextEncoder().encode(text)
const signed = (claims: object, { alg = 'HS256', by = secret } = {}) =>
  new SignJWT({ sub: 'ana', role: 'member', team: 'acme', exp: seconds() + 60, ...claims })
    .setProtectedHeader({ alg })
    .sign(key(by))

const refused = (reading: Promise<unknown>) =>
  reading.then(
    () => expect.unreachable('it was taken'),
    (error) => {
      expect(error).toBeInstanceOf(InvalidToken)
      return error as InvalidToken
    },
  )

describe('a token', () => {
  it('says who is asking', async () => {
    const token = await signToken(secret, { member: 'ana', name: 'Ana', team: 'demo', role: 'admin' }, 60)
    const viewer = await reader.read(token)
    expect(viewer).toMatchObject({ memberId: 'ana', name: 'Ana', teamId: 'demo', role: 'ADMIN' })
    expect(viewer.expiresAt).toBeGreaterThan(Date.now() + 50_000)
    expect(await reader.read(token)).toEqual(viewer)
    for (const header of [`Bearer ${token}`, ` bearer   ${token} `]) expect(bearerOf(header)).toBe(token)
  })

  it('is not required: nobody is somebody, too', () => {
    for (const none of [null, undefined, '', '  ']) expect(bearerOf(none)).toBeNull()
  })

  it('takes a role in any case, and a team from everybody but the platform', async () => {
    expect((await reader.read(await signed({ role: 'Viewer' }))).role).toBe('VIEWER')
    const platform = await signed({ role: 'PLATFORM', team: undefined })
    expect(await reader.read(platform)).toMatchObject({ role: 'PLATFORM', teamId: null })
    await refused(reader.read(await signed({ role: 'admin', team: undefined })))
  })

  it.each([
    ['without a member', { sub: undefined }],
    ['without a role', { role: undefined }],
    ['with an unknown role', { role: 'owner' }],
    ['with roles for a role', { role: ['admin'] }],
    ['without an end', { exp: undefined }],
    ['with a team that is no text', { team: 5 }],
    ['with an empty team', { team: '' }],
    ['with a control character in its team', { team: 'a\nb' }],
    ['with U+0000 in its member', { sub: 'a\0' }],
    ["with an API key's prefix for its member", { sub: 'cg_abcd-_12' }],
    ['that is not good yet', { nbf: seconds() + 60 }],
  ])('is refused %s', async (_, claims) => {
    expect((await refused(reader.read(await signed(claims)))).expired).toBe(false)
  })

  it('is refused when it has expired, also when it was read before', async () => {
    const late = await refused(reader.read(await signed({ exp: seconds() - 1 })))
    expect(late.expired).toBe(true)
    const token = await signed({ exp: seconds() + 1 })
    expect(await reader.read(token)).toMatchObject({ memberId: 'ana' })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await refused(reader.read(token))).expired).toBe(true)
  })

  it('is refused where another secret or another algorithm signed it, or nobody', async () => {
    await refused(reader.read(await signed({}, { by: 'another secret, long enough to be one' })))
    await refused(reader.read(await signed({}, { alg: 'HS512', by: secret.repeat(2) })))
    await refused(reader.read(await signed({}, { alg: 'HS384' })))
    const [, payload] = (await signed({})).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const token of [`${none}.${payload}.`, 'abc', 'cg_123', 'a.b.c']) await refused(reader.read(token))
    for (const header of ['Basic YTpi', 'Bearer', 'Bearer a b']) expect(() => bearerOf(header)).toThrow(InvalidToken)
  })
})

describe('a token of a key set', () => {
  const trust = { issuer: 'https://id.example.com', audience: 'credits' }
  let server: Server
  let keys: Awaited<ReturnType<typeof generateKeyPair>>
  let fromSet: TokenReader
  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true })
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }
    server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] }))).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
    fromSet = createTokenReader({ jwksUrl, ...trust })
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const bySet = (claims: object = {}) =>
    new SignJWT({
      sub: 'ana',
      role: 'admin',
      team: 'acme',
      exp: seconds() + 60,
      iss: trust.issuer,
      aud: 'credits',
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(keys.privateKey)

  it('is taken from its issuer, for this audience', async () => {
    expect(await fromSet.read(await bySet())).toMatchObject({ memberId: 'ana', role: 'ADMIN' })
    await refused(fromSet.read(await bySet({ iss: 'https://evil.example.com' })))
    await refused(fromSet.read(await bySet({ aud: 'another app' })))
    await refused(fromSet.read(await bySet({ aud: undefined })))
  })

  it('is not taken where the public key was used as a secret', async () => {
    const pem = await exportSPKI(keys.publicKey)
    const token = await signed({ iss: trust.issuer, aud: 'credits' }, { by: pem })
    await refused(fromSet.read(token))
  })
})
