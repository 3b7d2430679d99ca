import { exportSPKI, SignJWT } from 'jose'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IdentityProviderUnavailable } from '../../src/access/key-set.ts'
import { createTokenReader, InvalidToken, type TokenReader } from '../../src/access/tokens.ts'
import {
  type Answering,
  type IdentityProvider,
  keyPair,
  openIdentityProvider,
  publishing,
} from '../setup/identity-provider.ts'

const secret = 'a secret of tests, long enough to be one'
let provider: IdentityProvider
let reader: TokenReader
let logged: string[]

beforeEach(async () => {
  provider = await openIdentityProvider()
  logged = []
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line).msg) })
  reader = createTokenReader({ provider }, { log })
  vi.useFakeTimers({ toFake: ['Date'], now: Math.ceil(Date.now() / 1000) * 1000 })
})
afterEach(async () => {
  vi.useRealTimers()
  await provider.close()
})

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
const seconds = () => Math.floor(Date.now() / 1000)
const hour = 3_600_000
const accepted = async (token: Promise<string>) =>
  expect(await reader.read(await token)).toMatchObject({ memberId: 'ana' })
const refused = async (token: Promise<string> | string): Promise<InvalidToken> => {
  const error = await reader.read(await token).catch((error) => error)
  expect(error).toBeInstanceOf(InvalidToken)
  return error
}
const undecided = async (token: Promise<string>) =>
  expect(reader.read(await token)).rejects.toBeInstanceOf(IdentityProviderUnavailable)
const long = () => ({ exp: seconds() + 20_000 })

describe('a token of an identity provider', () => {
  it('is accepted from its issuer, for this audience', async () => {
    await accepted(provider.token())
    await accepted(provider.token({ aud: ['another app', 'credits'] }))
    for (const claims of [
      { iss: 'https://evil.example.com' },
      { iss: 'https://id.example.com/' },
      { iss: undefined },
      { aud: 'another app' },
      { aud: ['another app'] },
      { aud: undefined },
      { aud: '' },
    ]) {
      expect((await refused(provider.token(claims))).message).toMatch(/'(iss|aud)'.*made for this gateway/)
    }
  })

  it('is accepted until 5 seconds after its end and from 5 seconds before its beginning: clocks differ', async () => {
    const ended = await reader.read(await provider.token({ exp: seconds() - 3 }))
    expect(ended.expiresAt).toBe((seconds() + 2) * 1000)
    expect((await refused(provider.token({ exp: seconds() - 6 }))).expired).toBe(true)
    await accepted(provider.token({ nbf: seconds() + 4 }))
    await refused(provider.token({ nbf: seconds() + 10 }))
    const token = await provider.token({ exp: seconds() + 1 })
    await reader.read(token)
    later(5_500)
    await reader.read(token)
    later(1_000)
    expect((await refused(token)).expired).toBe(true)
  })

  it('is refused where the public key was used as a secret, or nobody signed it', async () => {
    const claims = {
      sub: 'ana',
      role: 'admin',
      team: 'acme',
      exp: seconds() + 60,
      iss: provider.issuer,
      aud: 'credits',
    }
    const publicTexts = [await exportSPKI(provider.first.publicKey), JSON.stringify(provider.first.jwk)]
    for (const text of publicTexts) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const key = new TextEncoder().encode(text)
        await refused(new SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).sign(key))
      }
    }
    const [, payload, signature] = (await provider.token()).split('.')
    for (const alg of ['none', 'None', '', 'HS256', 'RS256']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'one' })).toString('base64url')
      for (const end of ['', signature]) await refused(`${header}.${payload}.${end}`)
    }
  })

  it('is refused where it brings its own key, or a secret stands in the key set', async () => {
    const own = await keyPair('own')
    for (const header of [{ jwk: own.jwk }, { jku: 'http://127.0.0.1:9/' }, { x5u: 'http://127.0.0.1:9/' }]) {
      await refused(provider.token({}, { ...header, kid: 'one' }, own.privateKey))
    }
    provider.answers = publishing({ kty: 'oct', kid: 'shared', k: Buffer.from(secret).toString('base64url') })
    later(30_000)
    const claims = {
      sub: 'ana',
      role: 'admin',
      team: 'acme',
      exp: seconds() + 60,
      iss: provider.issuer,
      aud: 'credits',
    }
    await refused(
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'shared' }).sign(new TextEncoder().encode(secret)),
    )
  })

  it('is refused with a kid that no key has, whatever it is, with one reading in 5 seconds', async () => {
    await accepted(provider.token())
    expect(provider.requests).toBe(1)
    const weird = [
      '',
      'two',
      '__proto__',
      'constructor',
      '../one',
      "one' or '1'='1",
      'x'.repeat(5_000),
      '\u0000',
      'One',
      '一',
    ]
    for (const kid of weird) await refused(provider.token({}, { kid }))
    expect(provider.requests, 'within 5 seconds of the first').toBe(1)
    later(5_000)
    await Promise.all(Array.from({ length: 50 }, (_, index) => refused(provider.token({}, { kid: `random-${index}` }))))
    expect(provider.requests).toBe(2)
    for (const kid of [1, null, ['one'], { one: 1 }]) {
      const [, payload, signature] = (await provider.token()).split('.')
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url')
      await refused(`${header}.${payload}.${signature}`)
    }
    expect(provider.requests).toBe(2)
  })

  it('is accepted by each algorithm that has a public key', async () => {
    for (const alg of ['RS256', 'PS256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']) {
      const pair = await keyPair(alg, alg)
      provider.answers = publishing(pair.jwk)
      later(30_000)
      await accepted(provider.token({}, { alg, kid: alg }, pair.privateKey))
    }
  })
})

it('after hours without a token the keys are read again, and nothing was wrong meanwhile', async () => {
  await accepted(provider.token())
  later(3 * hour)
  expect(reader.keySetState()).toBe('READ')
  await accepted(provider.token())
  expect(provider.requests).toBe(2)
  later(3 * hour)
  provider.answers = (response) => response.destroy()
  await undecided(provider.token())
  expect(reader.keySetState()).toBe('UNKNOWN')
})

it('a probe finds out that the identity provider is back, without a token', async () => {
  provider.answers = (response) => response.destroy()
  await undecided(provider.token())
  provider.answers = publishing(provider.first.jwk)
  later(5_000)
  await vi.waitFor(() => expect(reader.keySetState()).toBe('READ'))
})

describe('when the identity provider changes its keys', () => {
  it('tokens of a new key are accepted 5 seconds after the last reading, and of the old one while it is published', async () => {
    await accepted(provider.token())
    const second = await keyPair('two')
    provider.answers = publishing(provider.first.jwk, second.jwk)
    later(5_000)
    await accepted(provider.token({}, { kid: 'two' }, second.privateKey))
    await accepted(provider.token(long()))
    expect(provider.requests).toBe(2)
  })

  it('tokens of a withdrawn key are refused after a minute at the latest, also if they were accepted before', async () => {
    const token = provider.token(long())
    await accepted(token)
    later(29_999)
    await accepted(token)
    provider.answers = publishing()
    later(60_000)
    await refused(token)
  })
})

const drip: Answering = (response) => {
  response.write('{"keys":[')
}
const endless: Answering = (response) => {
  response.write(`{"keys":[],"padding":"${'x'.repeat(300_000)}"}`)
  response.end()
}
const redirecting: Answering = (response) => response.writeHead(302, { location: 'https://id.example.com/' }).end()

describe.each<[string, Answering]>([
  ['answers with an error', (response) => response.writeHead(500).end('down')],
  ['sends a page instead of keys', (response) => response.end('<html></html>')],
  ['sends JSON without keys', (response) => response.end('{}')],
  ['redirects', redirecting],
  ['sends more than 256 KB', endless],
  ['closes the connection', (response) => response.destroy()],
])('while the identity provider %s', (_, answers) => {
  it('no token is decided before a key was ever read, and one reading in 5 seconds is tried', async () => {
    provider.answers = answers
    for (let time = 0; time < 5; time += 1) await undecided(provider.token())
    expect(provider.requests).toBe(1)
    expect(reader.keySetState()).toBe('UNKNOWN')
    provider.answers = publishing(provider.first.jwk)
    later(5_000)
    await accepted(provider.token())
    expect(reader.keySetState()).toBe('READ')
    expect(logged).toEqual([
      expect.stringMatching(/could not be read: see whether AUTH_JWKS_URL answers/),
      expect.stringMatching(/can be read again/),
    ])
  })

  it('the last known keys verify for an hour, and a token of an unknown key is not decided', async () => {
    await accepted(provider.token())
    provider.answers = answers
    later(30_000)
    await accepted(provider.token(long()))
    expect(reader.keySetState()).toBe('LAST_KNOWN')
    await undecided(provider.token({}, { kid: 'two' }))
    await refused(provider.token({ aud: 'another app' }))
    const requests = provider.requests
    await accepted(provider.token(long()))
    expect(provider.requests, 'within 5 seconds').toBe(requests)
    later(hour - 31_000)
    await accepted(provider.token(long()))
    later(2_000)
    await undecided(provider.token())
    expect(reader.keySetState()).toBe('UNKNOWN')
  })
})

it('a reading that never ends is given up after 3 seconds, and meanwhile last known keys verify at once', async () => {
  await accepted(provider.token())
  provider.answers = drip
  later(30_000)
  // The first token waits for the reading, which takes the real time.
  await accepted(provider.token(long()))
  expect(reader.keySetState()).toBe('LAST_KNOWN')
  later(5_000)
  const requests = provider.requests
  await accepted(provider.token(long()))
  await vi.waitFor(() => expect(provider.requests).toBe(requests + 1))
}, 15_000)

describe('beside a shared secret', () => {
  const own = (alg = 'HS256', by = secret) =>
    new SignJWT({ sub: 'ana', role: 'member', team: 'acme', exp: seconds() + 60 })
      .setProtectedHeader({ alg, kid: 'one' })
      .sign(new TextEncoder().encode(by))

  beforeEach(() => {
    reader = createTokenReader({ secret, provider }, { log: pino({ level: 'silent' }) })
  })

  it('tokens of either are accepted, each by its own algorithms alone', async () => {
    expect((await reader.read(await own())).role).toBe('MEMBER')
    expect((await reader.read(await provider.token())).role).toBe('ADMIN')
    await refused(own('HS512'))
    await refused(own('HS256', await exportSPKI(provider.first.publicKey)))
    for (const text of ['a.b.c', 'abc', '..', `${Buffer.from('[]').toString('base64url')}..`]) await refused(text)
  })

  it('tokens of the secret need no identity provider', async () => {
    provider.answers = (response) => response.destroy()
    await undecided(provider.token())
    expect((await reader.read(await own())).role).toBe('MEMBER')
  })
})
