import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { authSecret } from './access/auth-secret.ts'
import { type Access, openAccess } from './access/open-access.ts'
import { createQuotes, type Quotes } from './access/quotes.ts'
import { roleNamesOf } from './access/roles.ts'
import type { TokenTrust } from './access/tokens.ts'
import type { WholeCatalog } from './catalog/catalog.ts'
import { loadCatalog } from './catalog/load.ts'
import { closing } from './concurrency/pauses.ts'
import type { Config } from './config.ts'
import { startEmbedded } from './database/embedded.ts'
import { migrate } from './database/migrate.ts'
import { type Database, openDatabase } from './database/open.ts'
import type { ServerSettings } from './database/server.ts'
import { demoCard } from './demo/card.ts'
import { demoSession } from './demo/session.ts'
import { demoTeam, makeDemoTeam } from './demo/team.ts'
import { InvalidPublication } from './domain/errors.ts'
import { startSweeper } from './ledger/background/sweeper.ts'
import type { Catalogs } from './ledger/catalogs/catalogs.ts'
import { publishFile } from './ledger/catalogs/publish-file.ts'
import { readClock } from './ledger/clock/move-clock.ts'
import { createEnsuredTeams } from './ledger/ensure-team.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type OpenLedger, openLedger } from './ledger/open-ledger.ts'
import { type OpenLive, openLive } from './live/open-live.ts'
import { createLog } from './log.ts'
import { openWebhooks } from './partners/open-webhooks.ts'
import { createSecretBox } from './partners/signing-keys.ts'
import type { Webhooks } from './partners/webhooks.ts'
import { confirmPath } from './payments/confirmations.ts'
import { createCustomers } from './payments/customers.ts'
import { modeOf } from './payments/event-scope.ts'
import { openPayments } from './payments/open-payments.ts'
import { createReturns, returnPath } from './payments/returns.ts'
import { createStripe, type Refusal } from './payments/stripe.ts'
import type { Services } from './resolvers/request/context.ts'
import { schema } from './schema/schema.ts'
import { confirmPage } from './server/confirm-page.ts'
import { measurePlatformEvents } from './server/database-metrics.ts'
import type { RequestTimes } from './server/http.ts'
import { LedgerDelay, timed } from './server/limits/ledger-delay.ts'
import { createMetrics, type Metrics, measured } from './server/metrics.ts'
import { createMasking } from './server/operations/masking.ts'
import { loadTrustedDocuments } from './server/operations/trusted-manifests.ts'
import { createWebhookBodies } from './server/operations/webhook-bodies.ts'
import { measurePayments } from './server/payment-metrics.ts'
import { paymentPage, paymentState, statePath } from './server/payment-page.ts'
import type { Route } from './server/route.ts'
import { pagesOf, startServer } from './server/server.ts'
import { stripeWebhook } from './server/stripe-webhook.ts'
import { measureWebhooks } from './server/webhook-metrics.ts'
import { startSenderThread } from './webhook-thread.ts'

export type App = {
  /** The address that the gateway listens on, without a trailing slash. */
  readonly url: string
  /**
   * Accepts nothing new, answers what was accepted, then closes everything. This takes at most about 10 seconds, plus
   * what the database takes. A second call is harmless.
   */
  close(): Promise<void>
}

export type Intervals = {
  /** The time between two looks at a watched team. */
  readonly pollEveryMs?: number
  /** The time between two proofs of the connection to the hint bus, and the longest time for one. */
  readonly proofMs?: number
  /** How long a command is tried again while its database is out of reach. */
  readonly ledgerPatienceMs?: number
  /** How long a client may take to send the headers of a request, and all of it. */
  readonly request?: RequestTimes
}

export type Overrides = {
  readonly log?: Logger
  /** Settings of the embedded PostgreSQL, if this gateway starts it. */
  readonly postgres?: ServerSettings
  /** Whether an empty database gets the demo team. Default: only outside production. */
  readonly demo?: boolean
  readonly routes?: Readonly<Record<string, Route>>
  /** Tests shorten these, so that an outage or a change is noticed sooner; each has its own default. */
  readonly intervals?: Intervals
  /** Called with what the start is doing now, in words for people. */
  readonly progress?: (message: string) => void
}

/** The gateway can't start with this configuration; the message says what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}

const poolSize = 12
const queryTimeoutMs = 30_000

/**
 * The whole gateway, listening. What it has opened is closed again where a later step fails.
 *
 * @throws {CatalogError}, {TrustedDocumentsError}, {DataDirError}, {EmbeddedPostgresError}, {DatabaseUnavailable}, {DatabaseUnsuitable},
 *   {DatabaseTooNew}, {MigrationFailed}, {CannotListen} or {CannotStart}, each saying what to do.
 */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const opened = new AsyncDisposableStack()
  try {
    const url = await start(config, overrides, opened)
    let closed: Promise<void> | undefined
    return {
      url,
      close: () => {
        closed ??= opened.disposeAsync()
        return closed
      },
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** One start. Everything is closed in the opposite order. */
async function start(config: Config, overrides: Overrides, opened: AsyncDisposableStack): Promise<string> {
  const { intervals = {}, progress = () => undefined, log = createLog(config) } = overrides
  const starting = { config, opened, log, progress }
  const file = loadCatalog(config.catalog)
  const trusted = loadTrustedDocuments(config, schema)
  const { trust, quotes, sealing } = await secretsOf(config)
  const database = await storageOf(starting, overrides.postgres)
  const metrics = createMetrics()
  const access = await accessOf(starting, { database, trust, metrics })
  const openedLedger = await openLedger(database, intervals.ledgerPatienceMs)
  opened.defer(() => openedLedger.close())
  const { ledger, teams, members, catalogs } = openedLedger
  await putFileInForce(starting, catalogs, file)
  const live = await liveOf(starting, { database, access, openedLedger, metrics }, intervals)
  if (overrides.demo ?? !isProduction(config)) {
    if (await makeDemoTeam(database, ledger, catalogs.inForce())) progress("The demo team 'demo' is made")
  }
  const sweeper = startSweeper(database, ledger, log)
  opened.defer(() => closing(sweeper.stop()))

  const ledgerDelay = new LedgerDelay()
  const counted = measured(timed(ledger, ledgerDelay), metrics)
  const { stripe, mode, webhookSecret, sandbox } = await stripeOf(starting, metrics)
  let url = config.publicUrl ?? ''
  const publicUrl = () => url
  const paying = openPayments({ database, ledger: counted, teams, catalogs, stripe, mode, publicUrl, log })
  opened.defer(() => closing(paying.close()))
  measurePayments(metrics, paying)
  const webhooks = webhooksOf(starting, database, { ledger: counted, live, sealing, metrics, services: () => services })
  const services: Services = {
    ledger: counted,
    teams,
    database,
    catalogs,
    members,
    quotes,
    access,
    ensuredTeams: createEnsuredTeams(teams, counted),
    live: live.streams,
    payments: paying.payments,
    webhooks,
    publicUrl,
    returnOrigins: config.allowedOrigins.filter((origin) => !isProduction(config) || origin.startsWith('https:')),
    devClock: config.devClock,
    now: () => readClock(database),
    onClockMoved: (to) => {
      sandbox?.clock.advance(Math.max(0, to - sandbox.clock.now()) / 1000)
      sweeper.poke()
      live.poller.poke()
      live.hints.publishToAll()
      paying.poke()
    },
  }
  const returns = createReturns(database.pool)
  const routes = {
    ...(isProduction(config)
      ? {}
      : demoRoutes(config, trust, { stripe, database, catalogs, testCards: sandbox !== null })),
    ...overrides.routes,
    [confirmPath]: confirmPage(paying.confirmations, pagesOf(config)),
    [returnPath]: paymentPage(returns, pagesOf(config)),
    [statePath]: paymentState(returns),
    '/webhooks/stripe': stripeWebhook({ stripe, secret: webhookSecret, events: paying.events, metrics, log }),
  }
  const serving = { config, schema, trusted, services, access, metrics, ledgerDelay, log, routes }
  const server = await startServer({ ...serving, times: intervals.request })
  opened.defer(() => server.close())
  const own = `http://${shownHost(config.host)}:${server.port}`
  url ||= own
  paying.begin()
  sandbox?.deliverTo(`${own}/webhooks/stripe`)
  log.info({ url }, 'The gateway listens')
  return url
}

const isProduction = ({ environment }: Config) => environment === 'production'

type Starting = {
  readonly config: Config
  readonly opened: AsyncDisposableStack
  readonly log: Logger
  readonly progress: (message: string) => void
}

/** The migrated database: the one that is named, or an embedded one. */
async function storageOf(
  { config, opened, log, progress }: Starting,
  settings: ServerSettings | undefined,
): Promise<Database> {
  let url = config.databaseUrl
  if (url === undefined) {
    progress('Preparing the database …')
    const postgres = await startEmbedded(config.dataDir, log, { settings })
    opened.defer(() => postgres.release())
    url = postgres.url
  }
  const database = await openDatabase({ url, poolSize, queryTimeoutMs, log })
  opened.defer(() => closing(database.close()))
  if ((await migrate(database)).length > 0) progress('The database is migrated')
  return database
}

type AccessParts = { readonly database: Database; readonly trust: TokenTrust; readonly metrics: Metrics }

async function accessOf({ config, opened }: Starting, { database, trust, metrics }: AccessParts): Promise<Access> {
  const { maxTokenSeconds } = config
  const access = await openAccess({ database, trust, maxTokenSeconds, roleNames: roleNamesOf(config.roleNames) })
  opened.defer(() => closing(access.close()))
  if (trust.provider !== undefined) {
    metrics.gauge(
      'credits_key_set_read',
      "Whether the last reading of the identity provider's key set succeeded: 1, or 0 while its last known keys verify, or none.",
      () => (access.keySetState() === 'READ' ? 1 : 0),
    )
  }
  return access
}

/** @throws {CannotStart} for a catalog that can't follow the ones before it. */
async function putFileInForce({ log, progress }: Starting, catalogs: Catalogs, file: WholeCatalog): Promise<void> {
  const inForce = await publishFile(catalogs, file, progress)
  if (inForce instanceof InvalidPublication) throw new CannotStart(inForce.message)
  if (inForce.publication.origin === 'PUBLISHED') {
    log.info(inForce.publication, 'A published catalog is in force; the file has not changed since, and waits')
  }
}

type Followed = {
  readonly database: Database
  readonly access: Access
  readonly openedLedger: OpenLedger
  readonly metrics: Metrics
}

/** The live part of the gateway, which follows the ledger and what is revoked. */
async function liveOf(
  { config, opened }: Starting,
  { database, access, openedLedger, metrics }: Followed,
  { pollEveryMs, proofMs }: Intervals,
): Promise<OpenLive> {
  const revoked = () => access.refresh()
  const live = await openLive(database, openedLedger, { redisUrl: config.redisUrl, revoked, pollEveryMs, proofMs })
  opened.defer(() => live.close())
  access.onRevoked(() => live.bus.announceRevocations())
  measurePlatformEvents(metrics, database)
  metrics.gauge('credits_hint_bus_connected', 'Whether hints of other gateways are heard: 1, or 0 while not.', () =>
    live.bus.connected ? 1 : 0,
  )
  return live
}

type WebhookParts = {
  readonly ledger: Ledger
  readonly live: OpenLive
  readonly sealing: SealingSecrets
  readonly metrics: Metrics
  readonly services: () => Services
}

/** The endpoints of partners, to which this gateway sends if no other one does. */
function webhooksOf(
  { config: { webhookAllowPrivate: allowPrivate, logLevel }, opened, log }: Starting,
  database: Database,
  { ledger, live: { hints }, sealing: { secret, previousSecret }, metrics, services }: WebhookParts,
): Webhooks {
  const data = { url: database.url, logLevel, secret, previousSecret, allowPrivate }
  const report = measureWebhooks(metrics, database)
  const { webhooks, close } = openWebhooks({
    database,
    ledger,
    hints,
    allowPrivate,
    box: createSecretBox(secret, previousSecret),
    views: createWebhookBodies({ schema, services, mask: createMasking(log) }),
    startThread: (calls) => startSenderThread(data, log, calls, report),
  })
  opened.defer(() => closing(close()))
  return webhooks
}

/** Stripe; outside production without a key a stand-in, with its state beside the database. Production demands the key. */
async function stripeOf({ config, opened, log, progress }: Starting, { stripeRefusals }: Metrics) {
  const refused = (refusal: Refusal) => {
    stripeRefusals.inc({ status: refusal.status })
    log.error(
      refusal,
      'The Stripe key does not allow a request: give it the permission, or set another STRIPE_SECRET_KEY',
    )
  }
  if (config.stripe !== undefined) {
    const { secretKey, webhookSecret } = config.stripe
    return { stripe: createStripe(config.stripe, refused), mode: modeOf(secretKey), webhookSecret, sandbox: null }
  }
  const { openSandbox } = await import('@credits-gateway/stripe-sandbox')
  const sandbox = await openSandbox({ dir: join(config.dataDir, 'sandbox') })
  opened.defer(() => closing(sandbox.close()))
  progress(`Payments go to a stand-in for Stripe at ${sandbox.url}: no money moves`)
  const { secretKey, webhookSecret, url: apiUrl } = sandbox
  const stripe = createStripe({ secretKey, apiUrl }, refused)
  return { stripe, mode: modeOf(secretKey), webhookSecret, sandbox }
}

type DemoParts = { stripe: Stripe; database: Database; catalogs: Catalogs; testCards: boolean }

/** How the demo page signs in, and lets its team's payments fail. */
function demoRoutes(
  config: Config,
  trust: TokenTrust,
  { stripe, database, catalogs, testCards }: DemoParts,
): Readonly<Record<string, Route>> {
  const { devClock } = config
  const { secret = null } = trust
  return {
    '/demo/session': demoSession({
      secret,
      roleNames: roleNamesOf(config.roleNames),
      team: demoTeam,
      devClock,
      testCards,
    }),
    ...(testCards ? { '/demo/card': demoCard(stripe, createCustomers(database, stripe, catalogs), demoTeam) } : {}),
  }
}

/** The gateway's own secret, with which it seals those of others, and the one before. */
type SealingSecrets = { readonly secret: string; readonly previousSecret?: string | undefined }
type Secrets = { readonly trust: TokenTrust; readonly quotes: Quotes; readonly sealing: SealingSecrets }

async function secretsOf(config: Config): Promise<Secrets> {
  const { auth, dataDir } = config
  try {
    const given = await authSecret(config)
    const secret = given ?? (await authSecret({ auth: { by: 'kept-secret' }, dataDir }))
    if (secret === undefined) throw new Error('There is no secret to sign quotes with: set AUTH_SECRET')
    const previousSecret = auth.by === 'kept-secret' ? undefined : auth.previousSecret
    const provider = auth.by === 'jwks' ? auth : undefined
    return {
      trust: { secret: given, previousSecret, provider },
      quotes: createQuotes(secret, previousSecret),
      sealing: { secret, previousSecret },
    }
  } catch (error) {
    if (error instanceof Error && error.name !== 'Error') throw error
    throw new CannotStart(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** An address that a person can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
