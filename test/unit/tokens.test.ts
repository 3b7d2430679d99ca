import { SignJWT } from 'jose'
import pino from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createQuotes } from '../../src/access/quotes.ts'
import { roleNamesOf } from '../../src/access/roles.ts'
import { bearerOf, createTokenReader, InvalidToken, signToken } from '../../src/access/tokens.ts'
import { teamId } from '../../src/domain/identity.ts'

const secret = 'a secret of tests, long enough to be one'
const log = pino({ level: 'silent' })
const reader = createTokenReader({ secret }, { log })
const previousSecret = 'the secret of last year, long enough to be one'
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
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const token = await signed({ exp: seconds() + 1 })
    expect(await reader.read(token)).toMatchObject({ memberId: 'ana' })
    vi.setSystemTime(Date.now() + 1_000)
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

describe('a token is refused', () => {
  it('above 8 KB, before it is parsed', () => {
    expect(bearerOf(`Bearer ${'x'.repeat(8_192)}`)).toHaveLength(8_192)
    for (const token of ['x'.repeat(8_193), 'ü'.repeat(4_097)]) {
      expect(() => bearerOf(`Bearer ${token}`)).toThrow(/8192 bytes/)
    }
  })

  it('where it lives longer than the gateway allows, whatever it claims of its beginning', async () => {
    const short = createTokenReader({ secret }, { log, maxTokenSeconds: 3_600 })
    const now = seconds()
    expect(await short.read(await signed({ iat: now, exp: now + 3_600 }))).toMatchObject({ memberId: 'ana' })
    for (const claims of [
      { iat: now, exp: now + 3_601 },
      { iat: now - 3_600, exp: now + 60 },
      { exp: now + 4_000 },
      { iat: now + 1_000_000, exp: now + 1_000_060 },
      { iat: 'yesterday', exp: now + 4_000 },
      { iat: Number.MAX_VALUE, exp: now + 4_000 },
    ]) {
      expect((await refused(short.read(await signed(claims)))).message).toMatch(/'exp'|'iat'/)
    }
  })

  it('by default after a day', async () => {
    const now = seconds()
    await reader.read(await signed({ iat: now, exp: now + 86_400 }))
    await refused(reader.read(await signed({ iat: now, exp: now + 86_401 })))
  })

  it.each(['vıewer', 'VİEWER', 'plaﬅform', 'member ', 'ＡＤＭＩＮ'])(
    'with a role that only looks like one: %s',
    async (role) => {
      await refused(reader.read(await signed({ role })))
    },
  )

  it.each([
    ['a name that is not in NFC', 'cafe\u0301'],
    ['a zero-width space', 'ac\u200bme'],
    ['a zero-width joiner', 'ac\u200dme'],
    ['a soft hyphen', 'ac\u00adme'],
    ['a change of direction', 'acme\u202e'],
    ['a byte order mark', '\ufeffacme'],
    ['a filler of Hangul', 'acme\u3164'],
    ['a variation selector', 'acme\ufe0f'],
    ['a tag', 'acme\u{e0041}'],
    ['an empty braille pattern', 'acme\u2800'],
    ['a line separator', 'ac\u2028me'],
    ['a space that is not ASCII', 'acme\u00a0inc'],
    ['a space at its end', 'acme '],
    ['a private character', 'acme\ue000'],
  ])('with a team or a member that has %s', async (_, id) => {
    await refused(reader.read(await signed({ team: id })))
    await refused(reader.read(await signed({ sub: id })))
  })

  it('but with a team in any script it is not', async () => {
    for (const team of ['café', 'acme inc', '東京', 'مثال', 'a'.repeat(200), '🪙']) {
      expect((await reader.read(await signed({ team }))).teamId).toBe(team)
    }
  })
})

describe('while the secret is changed', () => {
  it('tokens of either secret are taken, others are not', async () => {
    const both = createTokenReader({ secret, previousSecret }, { log })
    for (const by of [secret, previousSecret]) {
      expect(await both.read(await signed({}, { by }))).toMatchObject({ memberId: 'ana' })
    }
    await refused(both.read(await signed({}, { by: 'another secret, long enough to be one' })))
    expect((await refused(both.read(await signed({ exp: seconds() - 1 }, { by: previousSecret })))).expired).toBe(true)
    await refused(reader.read(await signed({}, { by: previousSecret })))
  })

  it('quotes of the previous secret bind to their end, and the first one signs', async () => {
    const quote = { teamId: teamId('acme'), usage: [], rateCardVersion: 'v', high: 5n, expiresAt: Date.now() + 60_000 }
    const after = createQuotes(secret, previousSecret)
    const id = await createQuotes(previousSecret).sign(quote)
    expect(await after.read(id, quote.teamId, Date.now())).toEqual(quote)
    expect(await createQuotes(secret).read(id, quote.teamId, Date.now())).toBeNull()
    expect(await createQuotes(secret).read(await after.sign(quote), quote.teamId, Date.now())).toEqual(quote)
  })
})

describe("with a host product's role names", () => {
  const names = new Map([
    ['Media Buyer', 'MEMBER'],
    ['Analyst', 'VIEWER'],
    ['admin', 'MEMBER'],
  ] as const)
  const mapped = createTokenReader({ secret }, { log, roleNames: roleNamesOf(names) })

  it('a token states its role by the name that the host has (facts V1)', async () => {
    expect((await mapped.read(await signed({ role: 'Media Buyer' }))).role).toBe('MEMBER')
    expect((await mapped.read(await signed({ role: 'Analyst' }))).role).toBe('VIEWER')
    expect((await mapped.read(await signed({ role: 'admin' }))).role).toBe('MEMBER')
  })

  it.each([
    'platform',
    'PLATFORM',
    'Platform',
    'member',
    'media buyer',
    'Media Buyer ',
    'Media\u00a0Buyer',
    '__proto__',
  ])('the name %s, which is not listed, is no role, and the refusal says what to do', async (role) => {
    expect((await refused(mapped.read(await signed({ role })))).message).toMatch(/'role'.*AUTH_ROLES.*add its name/)
  })

  it('PLATFORM is given by a name that is listed for it alone', async () => {
    const operating = roleNamesOf(new Map([['Ops Backend', 'PLATFORM'] as const]))
    const reader = createTokenReader({ secret }, { log, roleNames: operating })
    expect((await reader.read(await signed({ role: 'Ops Backend', team: undefined }))).role).toBe('PLATFORM')
    await refused(reader.read(await signed({ role: 'platform', team: undefined })))
  })
})
