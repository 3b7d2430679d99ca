import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { isName } from './domain/names.ts'
import { type Role, roles } from './domain/role.ts'
import { isLoopback } from './loopback.ts'

/** `previousSecret` only verifies, while the secret is changed. */
type SharedSecret = { readonly secret: string; readonly previousSecret?: string }

/**
 * How the gateway verifies tokens: with a shared secret (HS256), a key set, both while one replaces the other, or a
 * generated secret stored in `dataDir`.
 */
export type TokenSetting =
  | ({ readonly by: 'secret' } & SharedSecret)
  | ({
      readonly by: 'jwks'
      readonly url: string
      readonly issuer: string
      readonly audience: string
    } & Partial<SharedSecret>)
  | { readonly by: 'kept-secret' }

/** `apiUrl` absent: Stripe itself. */
export type StripeAccess = {
  readonly secretKey: string
  readonly webhookSecret: string
  readonly apiUrl: string | undefined
}

/**
 * Points that a caller of each class may use in a second; 0: not limited. `anonymous`: a sender without a token,
 * counted by its address.
 */
export type BudgetPoints = {
  readonly anonymous: number
  readonly viewer: number
  /** Members and admins, and API keys below PLATFORM that may spend. */
  readonly member: number
  readonly platform: number
}

export interface Config {
  readonly environment: 'production' | 'development' | 'test'
  /** 0 means: any free port. */
  readonly port: number
  readonly host: string
  /** Without a trailing slash; absent: derived from the address that is listened on. */
  readonly publicUrl: string | undefined
  /** Absolute. */
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** The database of the test space. Absent: a second one of the embedded PostgreSQL, or no test space. */
  readonly testDatabaseUrl: string | undefined
  /** The Redis or Valkey that carries hints between gateways; absent: the database carries them. */
  readonly redisUrl: string | undefined
  /** Absolute path of the catalog file; whether it exists is for the catalog to say. */
  readonly catalog: string
  /** Absolute paths of manifests of trusted documents; empty: clients send documents, and no ids. */
  readonly trustedDocuments: readonly string[]
  /** Whether every other document is refused. */
  readonly trustedDocumentsOnly: boolean
  readonly auth: TokenSetting
  /** The roles that tokens state, by the host product's names; absent: by the gateway's own. */
  readonly roleNames: ReadonlyMap<string, Role> | undefined
  /** The longest lifetime of a token. */
  readonly maxTokenSeconds: number
  /** Exact origins (`https://app.example.com`); empty: only the gateway's own. */
  readonly allowedOrigins: readonly string[]
  /** Host names in lower case by which requests may name the gateway, besides its own. */
  readonly allowedHosts: readonly string[]
  /**
   * The token that /metrics requires. Absent: /metrics is open to everybody outside production, and closed in
   * production.
   */
  readonly metricsToken: string | undefined
  readonly budgets: BudgetPoints
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Open connections of one address that have not authenticated; 0: not limited. */
  readonly maxAnonymousConnections: number
  /** Absent outside production: the sandbox. */
  readonly stripe: StripeAccess | undefined
  /** Whether webhooks may be sent to private addresses, and by http. */
  readonly webhookAllowPrivate: boolean
  readonly devClock: boolean
  readonly logLevel: (typeof logLevels)[number]
}

/** Every fault of the environment at once: one line each, naming the variable and what was expected, never a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 setting is' : `${faults.length} settings are`
    super(`${count} wrong; correct the environment and start again:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const productionSecretLength = 32
/** Bounds of AUTH_MAX_TOKEN_SECONDS: a minute and a year. */
const lowestMaxTokenSeconds = 60
const highestMaxTokenSeconds = 31_536_000

const environment = z.object({
  NODE_ENV: oneOf(['production', 'development', 'test'], 'development'),
  PORT: setting('a whole number from 0 to 65535 (0: any free port)', (text) => /^\d{1,5}$/.test(text) && +text < 65536)
    .default('4000')
    .transform(Number),
  HOST: setting('a host name or an IP address, such as 127.0.0.1 or 0.0.0.0', isHost).default('127.0.0.1'),
  PUBLIC_URL: setting('a URL such as https://credits.example.com', isWebUrl)
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  DATA_DIR: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_URL: secret('a URL such as postgres://user:password@host:5432/name', isDatabaseUrl).optional(),
  TEST_DATABASE_URL: secret('a URL such as postgres://user:password@host:5432/name', isDatabaseUrl).optional(),
  REDIS_URL: secret(
    'a URL such as redis://user:password@host:6379, or rediss:// for TLS, with special characters of the password written as in URLs (%23 for #)',
    isRedisUrl,
  ).optional(),
  CATALOG: z
    .string()
    .default('catalogs/wevion.yaml')
    .transform((path) => resolve(path)),
  TRUSTED_DOCUMENTS: list().transform((paths) => paths.map((path) => resolve(path))),
  TRUSTED_DOCUMENTS_ONLY: oneOf(['1', '0'], '0').transform((flag) => flag === '1'),
  AUTH_SECRET: secret('one secret or two different ones, separated by a comma', isOneSecretOrTwo).optional(),
  AUTH_JWKS_URL: setting(
    'a URL such as https://id.example.com/.well-known/jwks.json; http is for this machine alone (127.0.0.1), because anyone who answers a plain http request signs any token',
    isKeySetUrl,
  ).optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_ROLES: setting(
    `names with their roles (${roles.join(', ').toLowerCase()}), each name once, separated by commas, such as Media Buyer=member, Owner=admin`,
    (text) => roleNamesOf(text) !== null,
  )
    .transform((text) => roleNamesOf(text) ?? undefined)
    .optional(),
  AUTH_MAX_TOKEN_SECONDS: setting(
    `a whole number of seconds from ${lowestMaxTokenSeconds} to ${highestMaxTokenSeconds}`,
    (text) => /^[1-9]\d{0,7}$/.test(text) && +text >= lowestMaxTokenSeconds && +text <= highestMaxTokenSeconds,
  )
    .default('86400')
    .transform(Number),
  ALLOWED_ORIGINS: list().pipe(
    z.array(setting('origins separated by commas, such as https://app.example.com', isOrigin)),
  ),
  ALLOWED_HOSTS: list()
    .pipe(z.array(setting('host names without a port, separated by commas, such as gateway.internal', isHost)))
    .transform((names) => names.map((name) => name.toLowerCase())),
  ALLOW_SANDBOX: oneOf(['1', '0'], '0'),
  METRICS_TOKEN: secret('16 or more visible ASCII characters without spaces (openssl rand -hex 32)', (text) =>
    /^[\x21-\x7e]{16,}$/.test(text),
  ).optional(),
  BUDGET_ANONYMOUS: budget('20000'),
  BUDGET_VIEWER: budget('50000'),
  BUDGET_MEMBER: budget('100000'),
  BUDGET_PLATFORM: budget('0'),
  MAX_ANONYMOUS_CONNECTIONS: setting('a whole number up to 1,000,000 (0: not limited)', (text) =>
    isWholeNumber(text, 0, 1_000_000),
  )
    .default('1000')
    .transform(Number),
  TRUSTED_PROXIES: list().pipe(
    z.array(setting('IP addresses or ranges separated by commas, such as 10.0.0.0/8 or ::1', isAddressRange)),
  ),
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  STRIPE_API_URL: setting('a URL such as https://api.stripe.com', isWebUrl).optional(),
  WEBHOOK_ALLOW_PRIVATE: oneOf(['1', '0'], '0').transform((flag) => flag === '1'),
  DEV_CLOCK: oneOf(['1', '0'], '0').transform((flag) => flag === '1'),
  LOG_LEVEL: oneOf(logLevels, 'info'),
})

/**
 * The environment as a validated, frozen config. A variable that is empty counts as absent.
 *
 * @throws {ConfigError} with all faults at once.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.keys(environment.shape).map((name) => [name, env[name]?.trim() || undefined]),
  ) as Record<string, string | undefined>
  const parsed = environment.safeParse(given)
  const faults = [...(parsed.error?.issues ?? []).map(faultOf), ...combinationFaults(given)]
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  const values = parsed.data
  return Object.freeze({
    environment: values.NODE_ENV,
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    testDatabaseUrl: values.TEST_DATABASE_URL,
    redisUrl: values.REDIS_URL,
    catalog: values.CATALOG,
    trustedDocuments: Object.freeze(values.TRUSTED_DOCUMENTS),
    trustedDocumentsOnly: values.TRUSTED_DOCUMENTS_ONLY,
    auth: Object.freeze(tokenTrust(values)),
    roleNames: values.AUTH_ROLES,
    maxTokenSeconds: values.AUTH_MAX_TOKEN_SECONDS,
    allowedOrigins: Object.freeze(values.ALLOWED_ORIGINS),
    allowedHosts: Object.freeze(values.ALLOWED_HOSTS),
    metricsToken: values.METRICS_TOKEN,
    budgets: Object.freeze({
      anonymous: values.BUDGET_ANONYMOUS,
      viewer: values.BUDGET_VIEWER,
      member: values.BUDGET_MEMBER,
      platform: values.BUDGET_PLATFORM,
    }),
    trustedProxies: Object.freeze(values.TRUSTED_PROXIES),
    maxAnonymousConnections: values.MAX_ANONYMOUS_CONNECTIONS,
    stripe: stripeAccess(values),
    webhookAllowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
    devClock: values.DEV_CLOCK,
    logLevel: values.LOG_LEVEL,
  })
}

function tokenTrust(values: z.output<typeof environment>): TokenSetting {
  const { AUTH_SECRET, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = values
  const [secret, previousSecret] = AUTH_SECRET === undefined ? [] : secretsOf(AUTH_SECRET)
  const shared = secret ? { secret, ...(previousSecret === undefined ? {} : { previousSecret }) } : null
  if (AUTH_JWKS_URL && AUTH_ISSUER && AUTH_AUDIENCE) {
    return { by: 'jwks', url: AUTH_JWKS_URL, issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE, ...shared }
  }
  return shared === null ? { by: 'kept-secret' } : { by: 'secret', ...shared }
}

function stripeAccess(values: z.output<typeof environment>): StripeAccess | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl } = values
  return secretKey && webhookSecret ? Object.freeze({ secretKey, webhookSecret, apiUrl }) : undefined
}

/** Rules between variables. They read the raw values, so that a fault in one variable hides none of these. */
function combinationFaults(given: Record<string, string | undefined>): string[] {
  const { AUTH_SECRET, AUTH_JWKS_URL } = given
  const production = given.NODE_ENV === 'production'
  const faults: string[] = []
  if (given.TRUSTED_DOCUMENTS_ONLY === '1' && !given.TRUSTED_DOCUMENTS) {
    faults.push('TRUSTED_DOCUMENTS is missing; TRUSTED_DOCUMENTS_ONLY=1 expects the path of a manifest')
  }
  const { HOST = '' } = given
  if (!production && given.ALLOW_SANDBOX !== '1' && isHost(HOST) && !isLoopback(HOST)) {
    faults.push(
      `HOST is ${shown(HOST)}; outside production, where anyone may introspect and pay with test cards, expected a loopback address such as 127.0.0.1: set NODE_ENV=production, or ALLOW_SANDBOX=1 to open the sandbox to that network`,
    )
  }
  if (production && !AUTH_SECRET && !AUTH_JWKS_URL) {
    faults.push(
      'AUTH_SECRET is missing; production expects AUTH_SECRET (openssl rand -hex 32) or AUTH_JWKS_URL with AUTH_ISSUER and AUTH_AUDIENCE',
    )
  }
  if (isSameDatabase(given.DATABASE_URL, given.TEST_DATABASE_URL)) {
    faults.push(
      'TEST_DATABASE_URL names the database of DATABASE_URL; expected another one, because test keys move its clock and grant credits: create one (createdb credits_test)',
    )
  }
  const short = secretsOf(AUTH_SECRET ?? '').find(({ length }) => length > 0 && length < productionSecretLength)
  if (production && short !== undefined) {
    faults.push(
      `AUTH_SECRET has ${short.length} characters; production expects at least ${productionSecretLength} (openssl rand -hex 32)`,
    )
  }
  if (production && given.DEV_CLOCK === '1') {
    faults.push('DEV_CLOCK is 1; production expects it to be absent, because it lets a request move time')
  }
  if (production && !given.PUBLIC_URL) {
    faults.push(
      'PUBLIC_URL is missing; production expects the address at which customers reach the gateway, such as https://credits.example.com: they come back there after paying',
    )
  }
  if (production && !given.STRIPE_SECRET_KEY) {
    faults.push('STRIPE_SECRET_KEY is missing; production expects the secret key of your Stripe account')
  }
  if (given.STRIPE_SECRET_KEY && !given.STRIPE_WEBHOOK_SECRET) {
    faults.push(
      "STRIPE_WEBHOOK_SECRET is missing; STRIPE_SECRET_KEY expects the signing secret (whsec_…) of the endpoint at /webhooks/stripe, which Stripe's dashboard or `stripe listen` shows",
    )
  }
  for (const name of ['STRIPE_WEBHOOK_SECRET', 'STRIPE_API_URL']) {
    if (given[name] && !given.STRIPE_SECRET_KEY)
      faults.push(`${name} is set without STRIPE_SECRET_KEY; expected both or neither`)
  }
  // A key set of an identity provider signs for all its customers: unchecked, any app's token would open this gateway.
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE']) {
    if (AUTH_JWKS_URL && !given[name]) faults.push(`${name} is missing; AUTH_JWKS_URL expects it`)
    if (!AUTH_JWKS_URL && given[name]) faults.push(`${name} is set without AUTH_JWKS_URL; expected both or neither`)
  }
  return faults
}

function faultOf(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])} ${issue.message}`
}

function setting(expected: string, valid: (text: string) => boolean) {
  return z.string().refine(valid, { error: ({ input }) => `is ${shown(input)}; expected ${expected}` })
}

/** The value, without the password that a URL may carry. */
function shown(input: unknown): string {
  return JSON.stringify(input).replace(/\/\/[^/@"]*@/g, '//…@')
}

function secret(expected: string, valid: (text: string) => boolean) {
  return z.string().refine(valid, { error: `is not what it should be (the value is not shown); expected ${expected}` })
}

function budget(fallback: string) {
  return setting(
    '0 (not limited) or a whole number from 1,000 to 1,000,000,000',
    (text) => text === '0' || isWholeNumber(text, 1_000, 1_000_000_000),
  )
    .default(fallback)
    .transform(Number)
}

/** Texts separated by commas. */
function list() {
  return z
    .string()
    .default('')
    .transform((text) => text.split(',').map((one) => one.trim()))
    .transform((texts) => texts.filter((one) => one !== ''))
}

function oneOf<const Choice extends string>(choices: readonly Choice[], fallback: NoInfer<Choice>) {
  const error = ({ input }: { input?: unknown }) => `is ${JSON.stringify(input)}; expected ${choices.join(' or ')}`
  return z.enum(choices, { error }).default(() => fallback)
}

const secretsOf = (text: string): string[] => text.split(',').map((one) => one.trim())

function isOneSecretOrTwo(text: string): boolean {
  const secrets = secretsOf(text)
  return secrets.length <= 2 && !secrets.includes('') && new Set(secrets).size === secrets.length
}

function isWholeNumber(text: string, least: number, most: number): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(text) && +text >= least && +text <= most
}

function isAddressRange(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text)
}

function isHost(text: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) || /^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text)
}

function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

function isKeySetUrl(text: string): boolean {
  const url = URL.parse(text)
  return isWebUrl(text) && url !== null && (url.protocol === 'https:' || isLoopback(url.hostname))
}

/** Null: the text is no list of names with their roles. */
function roleNamesOf(text: string): ReadonlyMap<string, Role> | null {
  const entries = text.split(',').map((entry) => {
    const end = entry.lastIndexOf('=')
    const role = entry
      .slice(end + 1)
      .trim()
      .toUpperCase()
    return { name: entry.slice(0, Math.max(0, end)).trim(), role: roles.find((one) => one === role) }
  })
  const names = new Map<string, Role>()
  for (const { name, role } of entries) {
    if (!isName(name) || role === undefined || names.has(name)) return null
    names.set(name, role)
  }
  return names
}

function isDatabaseUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1
}

/** Whether both name one database by the same address; other addresses are compared once both are open. */
function isSameDatabase(one: string | undefined, other: string | undefined): boolean {
  const places = [one, other].map((text) => {
    const url = text === undefined ? null : URL.parse(text)
    return url === null ? null : `${url.hostname}:${url.port || 5432}${url.pathname}`
  })
  return places[0] !== null && places[0] === places[1]
}

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return false
  return (
    /^\/?\d*$/.test(url.pathname) && url.search === '' && url.hash === '' && [url.username, url.password].every(decodes)
  )
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function isOrigin(text: string): boolean {
  return isWebUrl(text) && URL.parse(text)?.origin === text
}
