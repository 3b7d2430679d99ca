import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, readConfig } from '../../src/config.ts'

const strong = 'f3'.repeat(32)
const paying = { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }
const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://credits.example', ...paying }

test('an empty environment is a complete development config', () => {
  expect(readConfig({})).toEqual({
    environment: 'development',
    port: 4000,
    host: '127.0.0.1',
    publicUrl: undefined,
    dataDir: resolve('data'),
    databaseUrl: undefined,
    testDatabaseUrl: undefined,
    redisUrl: undefined,
    catalog: resolve('catalogs/wevion.yaml'),
    auth: { by: 'kept-secret' },
    roleNames: undefined,
    trustedDocuments: [],
    trustedDocumentsOnly: false,
    maxTokenSeconds: 86_400,
    allowedOrigins: [],
    allowedHosts: [],
    metricsToken: undefined,
    budgets: { anonymous: 20_000, viewer: 50_000, member: 100_000, platform: 0 },
    trustedProxies: [],
    maxAnonymousConnections: 1_000,
    stripe: undefined,
    webhookAllowPrivate: false,
    devClock: false,
    logLevel: 'info',
  } satisfies Config)
})

test('every variable is read', () => {
  const config = readConfig({
    NODE_ENV: 'production',
    PORT: '0',
    HOST: '::1',
    PUBLIC_URL: 'https://credits.example.com/base/',
    DATA_DIR: '/var/lib/credits',
    DATABASE_URL: 'postgres://ana:pw@db.example.com/credits?sslmode=require',
    TEST_DATABASE_URL: 'postgres://ana:pw@db.example.com/credits_test',
    REDIS_URL: 'rediss://ana:p%23w@redis.example.com:6380/1',
    CATALOG: '/etc/credits.yaml',
    TRUSTED_DOCUMENTS: '/etc/web.json, /etc/app.json',
    TRUSTED_DOCUMENTS_ONLY: '1',
    AUTH_JWKS_URL: 'https://id.example.com/jwks.json',
    AUTH_ISSUER: 'https://id.example.com/',
    AUTH_AUDIENCE: 'credits',
    AUTH_ROLES: 'Media Buyer=member, Owner = ADMIN, a=b=viewer',
    AUTH_MAX_TOKEN_SECONDS: '3600',
    ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:5173,',
    ALLOWED_HOSTS: 'Credits-Gateway, gateway.internal',
    METRICS_TOKEN: 'scraped-by-the-operator',
    BUDGET_ANONYMOUS: '1000',
    BUDGET_VIEWER: '2000',
    BUDGET_MEMBER: '0',
    BUDGET_PLATFORM: '1000000',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    MAX_ANONYMOUS_CONNECTIONS: '50',
    WEBHOOK_ALLOW_PRIVATE: '1',
    STRIPE_SECRET_KEY: 'sk_live_1',
    STRIPE_WEBHOOK_SECRET: 'whsec_1',
    STRIPE_API_URL: 'https://stripe.example.com',
    LOG_LEVEL: 'warn',
  })
  expect(config).toEqual({
    environment: 'production',
    port: 0,
    host: '::1',
    publicUrl: 'https://credits.example.com/base',
    dataDir: '/var/lib/credits',
    databaseUrl: 'postgres://ana:pw@db.example.com/credits?sslmode=require',
    testDatabaseUrl: 'postgres://ana:pw@db.example.com/credits_test',
    redisUrl: 'rediss://ana:p%23w@redis.example.com:6380/1',
    catalog: '/etc/credits.yaml',
    trustedDocuments: ['/etc/web.json', '/etc/app.json'],
    trustedDocumentsOnly: true,
    auth: {
      by: 'jwks',
      url: 'https://id.example.com/jwks.json',
      issuer: 'https://id.example.com/',
      audience: 'credits',
    },
    roleNames: new Map([
      ['Media Buyer', 'MEMBER'],
      ['Owner', 'ADMIN'],
      ['a=b', 'VIEWER'],
    ]),
    maxTokenSeconds: 3_600,
    allowedOrigins: ['https://a.example.com', 'http://localhost:5173'],
    allowedHosts: ['credits-gateway', 'gateway.internal'],
    metricsToken: 'scraped-by-the-operator',
    budgets: { anonymous: 1_000, viewer: 2_000, member: 0, platform: 1_000_000 },
    trustedProxies: ['10.0.0.0/8', '::1'],
    maxAnonymousConnections: 50,
    stripe: { secretKey: 'sk_live_1', webhookSecret: 'whsec_1', apiUrl: 'https://stripe.example.com' },
    webhookAllowPrivate: true,
    devClock: false,
    logLevel: 'warn',
  } satisfies Config)
})

test('the config is frozen to its depth', () => {
  const config = readConfig({ AUTH_SECRET: strong, ALLOWED_ORIGINS: 'https://a.example.com' })
  for (const part of [config, config.auth, config.allowedOrigins]) expect(Object.isFrozen(part)).toBe(true)
})

test('a variable that is empty or blank counts as absent', () => {
  expect(readConfig({ PORT: '', HOST: '  ', AUTH_SECRET: '', DATABASE_URL: '' })).toEqual(readConfig({}))
})

test('all faults are reported at once, one line each, also those between variables', () => {
  const faults = faultsOf({
    NODE_ENV: 'production',
    PORT: '70000',
    HOST: 'http://localhost',
    PUBLIC_URL: 'credits.example.com',
    DATABASE_URL: 'mysql://root:hunter2@db/credits',
    AUTH_SECRET: 'short-but-secret',
    AUTH_ISSUER: 'me',
    ALLOWED_ORIGINS: 'https://a.example.com,https://b.example.com/path,*',
    DEV_CLOCK: '1',
    LOG_LEVEL: 'loud',
  })
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'DATABASE_URL',
    'ALLOWED_ORIGINS',
    'ALLOWED_ORIGINS',
    'LOG_LEVEL',
    'AUTH_SECRET',
    'DEV_CLOCK',
    'STRIPE_SECRET_KEY',
    'AUTH_ISSUER',
  ])
  expect(faults[0]).toBe('PORT is "70000"; expected a whole number from 0 to 65535 (0: any free port)')
  for (const fault of faults) expect(fault).toMatch(/expect(s|ed) /)
})

test('no secret is ever printed', () => {
  const env = { ...production, STRIPE_SECRET_KEY: '', AUTH_SECRET: 'opensesame', DATABASE_URL: 'db:hunter2@somewhere' }
  const error = catchError(() => readConfig(env))
  expect(error.message).toContain('AUTH_SECRET has 10 characters')
  expect(error.message).toContain('DATABASE_URL')
  expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/opensesame|hunter2|whsec_1/)
})

test.each(['abc', '-1', '1.5', '65536', '0x10', '1e3', '１２'])('PORT %j is refused', (PORT) => {
  expect(faultsOf({ PORT })).toHaveLength(1)
})

test('production needs somebody who vouches for tokens', () => {
  expect(faultsOf(production)).toEqual([expect.stringMatching(/^AUTH_SECRET is missing.*AUTH_JWKS_URL/)])
  expect(readConfig({ ...production, AUTH_SECRET: strong }).auth).toEqual({ by: 'secret', secret: strong })
})

test('a secret below 32 characters is for development only', () => {
  expect(faultsOf({ ...production, AUTH_SECRET: 'x'.repeat(31) })).toHaveLength(1)
  expect(faultsOf({ ...production, AUTH_SECRET: 'x'.repeat(32) })).toEqual([])
  expect(readConfig({ AUTH_SECRET: 'dev' }).auth).toEqual({ by: 'secret', secret: 'dev' })
})

test('the test space has a database of its own', () => {
  const DATABASE_URL = 'postgres://ana:hunter2@db.example.com/credits'
  const given = (TEST_DATABASE_URL: string) => faultsOf({ DATABASE_URL, TEST_DATABASE_URL })
  for (const same of [DATABASE_URL, 'postgresql://ben@db.example.com:5432/credits?sslmode=require']) {
    expect(given(same)).toEqual([
      expect.stringMatching(/^TEST_DATABASE_URL names the database of DATABASE_URL.*createdb/),
    ])
  }
  expect(given('postgres://ana:pw@db.example.com/credits_test')).toEqual([])
  expect(given('mysql://db/credits')).toEqual([expect.stringMatching(/^TEST_DATABASE_URL .*the value is not shown/)])
})

test('AUTH_SECRET has one secret or two: the first signs', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)]
  const auth = { by: 'secret', secret: first, previousSecret: second }
  expect(readConfig({ ...production, AUTH_SECRET: `${first},${second}` }).auth).toEqual(auth)
  expect(readConfig({ AUTH_SECRET: ` ${first} , ${second} ` }).auth).toEqual(auth)
  for (const AUTH_SECRET of [`${first},`, `,${first}`, `${first},${second},${first}`, `${first},${first}`, ',']) {
    expect(faultsOf({ AUTH_SECRET })).toEqual([expect.stringMatching(/^AUTH_SECRET .*one secret or two/)])
  }
  expect(faultsOf({ ...production, AUTH_SECRET: `${first},${second.slice(1)}` })).toEqual([
    expect.stringMatching(/^AUTH_SECRET has 31 characters/),
  ])
})

describe('outside production', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost', 'LOCALHOST', 'gateway.localhost'])(
    'a gateway may listen on %s, which only this machine reaches',
    (HOST) => expect(faultsOf({ HOST })).toEqual([]),
  )

  test.each(['0.0.0.0', '::', '10.0.0.7', '169.254.169.254', 'credits.example.com', '::ffff:10.0.0.7'])(
    'one that listens on %s needs consent',
    (HOST) => {
      expect(faultsOf({ HOST })).toEqual([expect.stringMatching(/^HOST is ".*NODE_ENV=production.*ALLOW_SANDBOX=1/)])
      expect(faultsOf({ HOST, ALLOW_SANDBOX: '0' })).toHaveLength(1)
      expect(faultsOf({ HOST, ALLOW_SANDBOX: '1' })).toEqual([])
      expect(faultsOf({ ...production, AUTH_SECRET: strong, HOST })).toEqual([])
    },
  )
})

test('no key set is read by plain http, which anyone on the way could replace, but on this machine', () => {
  const provider = { AUTH_ISSUER: 'https://id.example.com/', AUTH_AUDIENCE: 'credits' }
  for (const environment of [{}, production]) {
    for (const AUTH_JWKS_URL of ['http://id.example.com/jwks.json', 'http://10.0.0.7/jwks', 'ftp://127.0.0.1/jwks']) {
      expect(faultsOf({ ...environment, ...provider, AUTH_JWKS_URL })).toEqual([
        expect.stringMatching(/^AUTH_JWKS_URL is ".*https:.*signs any token/),
      ])
    }
    for (const AUTH_JWKS_URL of ['http://127.0.0.1:8080/jwks', 'http://[::1]/jwks', 'https://id.example.com/jwks']) {
      expect(faultsOf({ ...environment, ...provider, AUTH_JWKS_URL })).toEqual([])
    }
  }
})

test.each(['Media Buyer', '=member', 'Media Buyer=buyer', 'a=member,a=admin', 'a=member,', 'a=', 'a\nb=member'])(
  'AUTH_ROLES %j is refused, with what to write',
  (AUTH_ROLES) => {
    expect(faultsOf({ AUTH_ROLES })).toEqual([expect.stringMatching(/^AUTH_ROLES is .*Media Buyer=member/)])
  },
)

test.each(['x'.repeat(15), 'with a space in it', 'ünïcode-is-no-header-value'])(
  'METRICS_TOKEN %j is refused',
  (text) => {
    const [fault, ...more] = faultsOf({ METRICS_TOKEN: text })
    expect([fault, more]).toEqual([expect.stringMatching(/^METRICS_TOKEN .*openssl rand -hex 32/), []])
    expect(fault).not.toContain(text)
  },
)

test.each(['https://gateway', 'gateway:4000', '*', 'a b'])('ALLOWED_HOSTS %j is refused', (text) => {
  expect(faultsOf({ ALLOWED_HOSTS: text })).toEqual([expect.stringMatching(/^ALLOWED_HOSTS .*host names/)])
})

test.each(['0', '59', '-1', '1.5', 'day', '31536001', '1e5', '٣٦٠٠'])(
  'AUTH_MAX_TOKEN_SECONDS %j is refused',
  (text) => {
    expect(faultsOf({ AUTH_MAX_TOKEN_SECONDS: text })).toHaveLength(1)
  },
)

test.each([60, 31_536_000])('AUTH_MAX_TOKEN_SECONDS %i is taken', (seconds) => {
  expect(readConfig({ AUTH_MAX_TOKEN_SECONDS: `${seconds}` }).maxTokenSeconds).toBe(seconds)
})

test.each(['999', '-1', '1e4', '1000000001', 'none'])('a budget of %j points is refused', (text) => {
  expect(faultsOf({ BUDGET_VIEWER: text })).toEqual([expect.stringContaining('0 (not limited)')])
})

test.each(['proxy', '10.0.0.0/33', '10.0.0.1,', '*'])('the trusted proxies %j', (text) => {
  const faults = text === '10.0.0.1,' ? [] : [expect.stringMatching(/^TRUSTED_PROXIES .*IP addresses or ranges/)]
  expect(faultsOf({ TRUSTED_PROXIES: text })).toEqual(faults)
})

test('a key set without issuer and audience would trust the tokens of other apps: refused', () => {
  expect(faultsOf({ AUTH_JWKS_URL: 'https://id.example.com/jwks' })).toHaveLength(2)
})

test('a secret and a key set together verify tokens while one replaces the other', () => {
  const env = { AUTH_SECRET: strong, AUTH_JWKS_URL: 'https://i.d/', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }
  const provider = { by: 'jwks', url: 'https://i.d/', issuer: 'i', audience: 'a' }
  expect(readConfig(env).auth).toEqual({ ...provider, secret: strong })
  expect(readConfig({ ...env, AUTH_SECRET: `${strong},old` }).auth).toMatchObject({ previousSecret: 'old' })
  expect(readConfig({ ...env, AUTH_SECRET: '' }).auth).toEqual(provider)
})

test('a gateway of trusted documents alone needs some', () => {
  expect(faultsOf({ TRUSTED_DOCUMENTS_ONLY: '1' })).toEqual([
    'TRUSTED_DOCUMENTS is missing; TRUSTED_DOCUMENTS_ONLY=1 expects the path of a manifest',
  ])
})

test('the dev clock runs in development and is refused in production', () => {
  expect(readConfig({ DEV_CLOCK: '1' }).devClock).toBe(true)
  expect(faultsOf({ DEV_CLOCK: 'yes' })).toEqual(['DEV_CLOCK is "yes"; expected 1 or 0'])
  expect(faultsOf({ ...production, AUTH_SECRET: strong, DEV_CLOCK: '1' })).toHaveLength(1)
})

test('production needs the keys of Stripe, and each of them the other', () => {
  expect(faultsOf({ NODE_ENV: 'production', AUTH_SECRET: strong })).toEqual([
    expect.stringMatching(/^PUBLIC_URL is missing/),
    expect.stringMatching(/^STRIPE_SECRET_KEY is missing/),
  ])
  expect(faultsOf({ STRIPE_SECRET_KEY: 'sk_test_1' })).toEqual([
    expect.stringMatching(/^STRIPE_WEBHOOK_SECRET is missing/),
  ])
  expect(faultsOf({ STRIPE_WEBHOOK_SECRET: 'whsec_1' })).toHaveLength(1)
  expect(faultsOf({ STRIPE_API_URL: 'http://127.0.0.1:1' })).toHaveLength(1)
  expect(faultsOf(paying)).toEqual([])
})

test.each(['redis://127.0.0.1', 'redis://:p%23w@redis.example.com:6379/0', 'rediss://ana:pw@[::1]:6380'])(
  'REDIS_URL %j is taken as it is',
  (REDIS_URL) => {
    expect(readConfig({ REDIS_URL }).redisUrl).toBe(REDIS_URL)
  },
)

test.each([
  'redis.example.com:6379',
  'http://:hunter2@redis.example.com',
  'redis://:hunter2#2@redis.example.com',
  'redis://:hunter2%@redis.example.com',
  'redis://:hunter2@redis.example.com/name',
  'redis://:hunter2@',
])('REDIS_URL %j is refused, with what to write and without its password', (REDIS_URL) => {
  const [fault, ...more] = faultsOf({ REDIS_URL })
  expect(more).toEqual([])
  expect(fault).toMatch(/^REDIS_URL is not .*expected a URL such as redis:\/\/.*rediss:\/\/ for TLS/)
  expect(fault).not.toContain('hunter2')
})

test('a misspelt NODE_ENV is refused instead of counting as development', () => {
  expect(faultsOf({ NODE_ENV: 'prod' })).toEqual(['NODE_ENV is "prod"; expected production or development or test'])
})

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

function catchError(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
