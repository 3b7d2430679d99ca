import { join } from 'node:path'
import type { Logger } from 'pino'
import { authSecret } from './access/auth-secret.ts'
import { openAccess } from './access/open-access.ts'
import { createQuotes, type Quotes } from './access/quotes.ts'
import type { TokenTrust } from './access/tokens.ts'
import { loadCatalog } from './catalog/load.ts'
import type { Config, StripeAccess } from './config.ts'
import { startEmbedded } from './database/embedded.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase } from './database/open.ts'
import type { ServerSettings } from './database/server.ts'
import { demoCard } from './demo/card.ts'
import { demoSession } from './demo/session.ts'
import { demoTeam, makeDemoTeam } from './demo/team.ts'
import { InvalidPublication } from './domain/errors.ts'
import { openCatalogs } from './ledger/catalogs.ts'
import { createCheckpoints } from './ledger/checkpoints.ts'
import { keepFresh } from './ledger/keep-fresh.ts'
import { createLedger } from './ledger/ledger.ts'
import { createMembers } from './ledger/members.ts'
import { readClock } from './ledger/move-clock.ts'
import { createOpenings } from './ledger/openings.ts'
import { putInForce } from './ledger/put-in-force.ts'
import { startSweeper } from './ledger/sweeper.ts'
import { createTeamReader } from './ledger/team-reader.ts'
import { Hints } from './live/hints/hints.ts'
import { openHintBus } from './live/hints/open-hint-bus.ts'
import { startLookout } from './live/lookout.ts'
import { createLiveStreams } from './live/streams.ts'
import { createLog } from './log.ts'
import { createCustomers } from './payments/customers.ts'
import { openPayments } from './payments/open-payments.ts'
import { createStripe } from './payments/stripe.ts'
import type { Services } from './resolvers/context.ts'
import { schema } from './schema/schema.ts'
import type { RequestTimes } from './server/http.ts'
import { LedgerDelay, timed } from './server/ledger-delay.ts'
import { createMetrics, measured } from './server/metrics.ts'
import type { Route } from './server/route.ts'
import { startServer } from './server/server.ts'
import { stripeWebhook } from './server/stripe-webhook.ts'
import { loadTrustedDocuments } from './server/trusted-manifests.ts'
import { unlessLate } from './timers.ts'

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
  readonly lookEveryMs?: number
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
const answerWithinMs = 30_000
const stepPatienceMs = 3_000

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

/** Everything is closed in the opposite order. */
async function start(config: Config, overrides: Overrides, opened: AsyncDisposableStack): Promise<string> {
  const progress = overrides.progress ?? (() => undefined)
  const log = overrides.log ?? createLog(config)
  const { intervals = {} } = overrides
  const file = loadCatalog(config.catalog)
  const trusted = loadTrustedDocuments(config, schema)
  const { trust, quotes } = await secretsOf(config)

  let databaseUrl = config.databaseUrl
  if (databaseUrl === undefined) {
    progress('Preparing the database …')
    const postgres = await startEmbedded(config.dataDir, log, { settings: overrides.postgres })
    opened.defer(() => postgres.release())
    databaseUrl = postgres.url
  }
  const database = await openDatabase({ url: databaseUrl, poolSize, answerWithinMs, log })
  opened.defer(() => patiently(database.close()))
  if ((await migrate(database)).length > 0) progress('The database is migrated')

  const metrics = createMetrics()
  const hints = new Hints()
  const access = await openAccess({
    database,
    trust,
    maxTokenSeconds: config.maxTokenSeconds,
    onRevoked: () => bus.announceRevocations(),
  })
  opened.defer(() => patiently(access.close()))
  const revoked = () => access.refresh()
  const { redisUrl } = config
  const { proofMs } = intervals
  const bus = await openHintBus({ pool: database.pool, url: databaseUrl, redisUrl, hints, revoked, log, proofMs })
  opened.defer(() => patiently(bus.close()))
  metrics.gauge('credits_hint_bus_connected', 'Whether hints of other gateways are heard: 1, or 0 while not.', () =>
    bus.connected ? 1 : 0,
  )
  const checkpoints = createCheckpoints(database, log)
  opened.defer(() => patiently(checkpoints.stop()))
  const members = createMembers(database)
  opened.defer(() => patiently(members.idle()))
  // Another catalog can change what a balance shows without a change of the team.
  const catalogs = await openCatalogs(database, () => hints.publishToAll())
  opened.defer(() => patiently(catalogs.close()))
  const freshness = keepFresh(catalogs, database)
  opened.defer(() => patiently(freshness.stop()))
  const inForce = await putInForce(catalogs, file, progress)
  if (inForce instanceof InvalidPublication) throw new CannotStart(inForce.message)
  if (inForce.publication.origin === 'PUBLISHED') {
    log.info(inForce.publication, 'A published catalog is in force; the file has not changed since, and waits')
  }
  const teams = createTeamReader(database, catalogs)
  const ledger = createLedger(
    database,
    catalogs,
    (changes) => {
      for (const change of changes) {
        const { teamId, revision } = change.account
        hints.publish(teamId)
        lookout.told(change.account)
        bus.announce(teamId, revision)
        checkpoints.consider(change)
      }
    },
    log,
    intervals.ledgerPatienceMs,
  )
  const lookout = startLookout(database, hints, ledger, intervals.lookEveryMs)
  opened.defer(() => patiently(ledger.idle()))
  opened.defer(() => patiently(lookout.stop()))
  if (overrides.demo ?? config.environment !== 'production') {
    if (await makeDemoTeam(database, ledger, catalogs.inForce())) progress("The demo team 'demo' is made")
  }
  const sweeper = startSweeper(database, ledger, log)
  opened.defer(() => patiently(sweeper.stop()))

  const production = config.environment === 'production'
  const ledgerDelay = new LedgerDelay()
  const counted = measured(timed(ledger, ledgerDelay), metrics)
  const sandbox = config.stripe === undefined ? await startSandbox(config) : null
  if (sandbox !== null) {
    opened.defer(() => patiently(sandbox.close()))
    progress(`Payments go to a stand-in for Stripe at ${sandbox.url}: no money moves`)
  }
  const stripeAccess: StripeAccess = config.stripe ?? {
    secretKey: sandbox?.secretKey ?? '',
    webhookSecret: sandbox?.webhookSecret ?? '',
    apiUrl: sandbox?.url,
  }
  let url = config.publicUrl ?? ''
  const stripe = createStripe(stripeAccess)
  const paying = openPayments({ database, ledger: counted, catalogs, stripe, publicUrl: () => url, log })
  opened.defer(() => patiently(paying.close()))
  const services: Services = {
    ledger: counted,
    teams,
    database,
    catalogs,
    members,
    openings: createOpenings(teams, counted),
    quotes,
    live: createLiveStreams({ database, teams: lookout.heeding(teams), hints }),
    access,
    payments: paying.payments,
    publicUrl: () => url,
    returnOrigins: config.allowedOrigins.filter((origin) => !production || origin.startsWith('https:')),
    devClock: config.devClock,
    now: () => readClock(database),
    onClockMoved: (to) => {
      sandbox?.clock.advance(Math.max(0, to - sandbox.clock.now()) / 1000)
      sweeper.poke()
      lookout.poke()
      hints.publishToAll()
      paying.poke()
    },
  }
  const webhook = stripeWebhook(stripe, stripeAccess.webhookSecret, paying.events, metrics, log)
  const demoRoutes: Record<string, Route> = {}
  if (!production) {
    const secret = 'secret' in trust ? trust.secret : null
    const { devClock } = config
    demoRoutes['/demo/session'] = demoSession({ secret, team: demoTeam, devClock, testCards: sandbox !== null })
    if (sandbox !== null) demoRoutes['/demo/card'] = demoCard(stripe, createCustomers(database, stripe), demoTeam)
  }
  const routes = { ...demoRoutes, ...overrides.routes, '/webhooks/stripe': webhook }
  const server = await startServer({
    config,
    schema,
    trusted,
    services,
    access,
    metrics,
    ledgerDelay,
    log,
    routes,
    times: intervals.request,
  })
  opened.defer(() => server.close())
  const own = `http://${shownHost(config.host)}:${server.port}`
  url ||= own
  if (production && config.publicUrl === undefined) {
    log.warn({ url }, 'PUBLIC_URL is not set: customers are sent back to this address after paying')
  }
  paying.begin()
  sandbox?.deliverTo(`${own}/webhooks/stripe`)
  log.info({ url }, 'The gateway listens')
  return url
}

/** A stand-in for Stripe, with its state beside the database; never in production, whose config demands the real one. */
async function startSandbox({ dataDir }: Config) {
  const { openSandbox } = await import('../sandbox/sandbox.ts')
  return openSandbox({ dir: join(dataDir, 'sandbox') })
}

async function secretsOf(config: Config): Promise<{ trust: TokenTrust; quotes: Quotes }> {
  const { auth, dataDir } = config
  try {
    const secret = await authSecret(config)
    if (auth.by !== 'jwks') {
      if (secret === undefined) throw new Error('There is no secret to check tokens with: set AUTH_SECRET')
      const previousSecret = auth.by === 'secret' ? auth.previousSecret : undefined
      return { trust: { secret, previousSecret }, quotes: createQuotes(secret, previousSecret) }
    }
    const quoteSecret = (await authSecret({ auth: { by: 'kept-secret' }, dataDir })) ?? ''
    return {
      trust: { jwksUrl: auth.url, issuer: auth.issuer, audience: auth.audience },
      quotes: createQuotes(quoteSecret),
    }
  } catch (error) {
    if (error instanceof Error && error.name !== 'Error') throw error
    throw new CannotStart(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/**
 * A database that no longer answers must not keep the process from ending. The idempotency keys show later what became
 * of its commands.
 */
async function patiently(ending: Promise<unknown>): Promise<void> {
  await unlessLate(ending, stepPatienceMs, () => undefined)
}

/** An address that a person can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
