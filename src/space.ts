import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type Access, openAccess } from './access/open-access.ts'
import type { Quotes } from './access/quotes.ts'
import { roleNamesOf } from './access/roles.ts'
import type { TokenTrust } from './access/tokens.ts'
import { closing } from './concurrency/pauses.ts'
import type { Config } from './config.ts'
import { assertOwnSpace, claimSpace } from './database/claim-space.ts'
import { migrate } from './database/migrate.ts'
import { type Database, openDatabase } from './database/open.ts'
import type { Space } from './domain/space.ts'
import { startSweeper } from './ledger/background/sweeper.ts'
import { readClock } from './ledger/clock/move-clock.ts'
import { createEnsuredTeams } from './ledger/ensure-team.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type OpenLedger, openLedger } from './ledger/open-ledger.ts'
import { type OpenLive, openLive } from './live/open-live.ts'
import { openWebhooks } from './partners/open-webhooks.ts'
import { createSecretBox } from './partners/signing-keys.ts'
import type { Webhooks } from './partners/webhooks.ts'
import { confirmPath } from './payments/confirmations.ts'
import { createCustomers } from './payments/customers.ts'
import { type OpenPayments, openPayments } from './payments/open-payments.ts'
import { createReturns, returnPath } from './payments/returns.ts'
import { savingTestCards } from './payments/test-cards.ts'
import type { Services, TestSpace } from './resolvers/request/context.ts'
import { schema } from './schema/schema.ts'
import { confirmPage } from './server/confirm-page.ts'
import { measurePlatformEvents } from './server/database-metrics.ts'
import type { RequestTimes } from './server/http.ts'
import { LedgerDelay, timed } from './server/limits/ledger-delay.ts'
import { type Metrics, measured } from './server/metrics.ts'
import { createMasking } from './server/operations/masking.ts'
import { createWebhookBodies } from './server/operations/webhook-bodies.ts'
import { measurePayments } from './server/payment-metrics.ts'
import { paymentPage, paymentState, statePath } from './server/payment-page.ts'
import type { Route } from './server/route.ts'
import { pagesOf } from './server/server.ts'
import type { SpaceToServe } from './server/spaces.ts'
import { stripeWebhook } from './server/stripe-webhook.ts'
import { measureWebhooks } from './server/webhook-metrics.ts'
import { startSenderThread } from './webhook-thread.ts'

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

/** The parts of a start that each space gets. Everything that it opens is closed with `opened`, in the opposite order. */
export type Opening = {
  readonly config: Config
  readonly opened: AsyncDisposableStack
  readonly log: Logger
  /** Called with what the start is doing now, in words for people. */
  readonly progress: (message: string) => void
  readonly intervals: Intervals
}

/** The secrets of a space: whose tokens it trusts, and with what it signs quotes and seals the secrets of others. */
export type SpaceSecrets = {
  readonly trust: TokenTrust
  readonly quotes: Quotes
  readonly sealing: SealingSecrets
}

/** The gateway's own secret, with which it seals those of others, and the one before. */
export type SealingSecrets = { readonly secret: string; readonly previousSecret?: string | undefined }

/** Stripe as a space knows it: the real one, or a stand-in whose clock follows the space's. */
export type SpaceStripe = {
  readonly stripe: Stripe
  readonly mode: 'live' | 'test' | null
  readonly webhookSecret: string
  readonly sandbox: {
    deliverTo(url: string): void
    readonly clock: { now(): number; advance(seconds: number): void }
  } | null
}

export type SpaceOptions = {
  readonly space: Space
  readonly testSpace: TestSpace | null
  readonly databaseUrl: string
  readonly secrets: SpaceSecrets
  readonly metrics: Metrics
  readonly openStripe: () => Promise<SpaceStripe>
  /** Whether a request may move the clock. */
  readonly devClock: boolean
  /** The address of the space's pages and of its webhook, without a trailing slash. */
  readonly publicUrl: () => string
  /** Puts a catalog in force, without which nothing can be decided, before anything else uses the ledger. */
  readonly prepare: (opened: Prepared) => Promise<void>
}

export type Prepared = Pick<OpenLedger, 'ledger' | 'catalogs'> & { readonly database: Database }

export type OpenSpace = SpaceToServe & {
  readonly stripe: SpaceStripe
  /** The routes by their paths, which are below the address of the space. */
  readonly routes: Readonly<Record<string, Route>>
  /** Begins the work that needs the space's address on this machine: where Stripe's stand-in reports to. */
  begin(ownUrl: string): void
}

const poolSize = 12
const queryTimeoutMs = 30_000
const stripeWebhookPath = '/webhooks/stripe'

/** One space: everything of a gateway that has teams, wired on a database of its own. */
export async function openSpace(opening: Opening, options: SpaceOptions): Promise<OpenSpace> {
  const { config, opened, log, intervals } = opening
  const { space, testSpace, secrets, metrics, publicUrl, devClock } = options
  const database = await storageOf(opening, options)
  const access = await accessOf(opening, { space, database, secrets, metrics })
  const openedLedger = await openLedger(database, intervals.ledgerPatienceMs)
  opened.defer(() => openedLedger.close())
  const { ledger, teams, members, catalogs } = openedLedger
  await options.prepare({ database, ledger, catalogs })
  const live = await liveOf(opening, { database, access, openedLedger, metrics })
  const sweeper = startSweeper(database, ledger, log)
  opened.defer(() => closing(sweeper.stop()))

  const ledgerDelay = new LedgerDelay()
  const counted = measured(timed(ledger, ledgerDelay), metrics)
  const spaceStripe = await options.openStripe()
  const { stripe, mode, sandbox } = spaceStripe
  const paying = openPayments({ database, ledger: counted, teams, catalogs, stripe, mode, publicUrl, log })
  opened.defer(() => closing(paying.close()))
  measurePayments(metrics, paying)
  const { sealing } = secrets
  const webhooks = webhooksOf(opening, database, {
    ...{ space, ledger: counted, live, sealing, metrics },
    services: () => services,
  })
  const services: Services = {
    space,
    testSpace,
    ledger: counted,
    teams,
    database,
    catalogs,
    members,
    quotes: secrets.quotes,
    access,
    ensuredTeams: createEnsuredTeams(teams, counted),
    live: live.streams,
    payments: paying.payments,
    webhooks,
    saveTestCard: space === 'TEST' ? savingTestCards(stripe, createCustomers(database, stripe, catalogs)) : null,
    publicUrl,
    returnOrigins: config.allowedOrigins.filter((origin) => !isProduction(config) || origin.startsWith('https:')),
    devClock,
    now: () => readClock(database),
    onClockMoved: (to) => {
      sandbox?.clock.advance(Math.max(0, to - sandbox.clock.now()) / 1000)
      sweeper.poke()
      live.poller.poke()
      live.hints.publishToAll()
      paying.poke()
    },
  }
  return {
    services,
    ledgerDelay,
    log,
    stripe: spaceStripe,
    routes: routesOf(opening, { database, paying, stripe: spaceStripe, metrics }),
    begin(ownUrl) {
      paying.begin()
      sandbox?.deliverTo(`${ownUrl}${stripeWebhookPath}`)
    },
  }
}

export const isProduction = ({ environment }: Pick<Config, 'environment'>) => environment === 'production'

/** The migrated database, which belongs to the space. */
async function storageOf(
  { opened, log, progress }: Opening,
  { space, databaseUrl: url }: Pick<SpaceOptions, 'space' | 'databaseUrl'>,
): Promise<Database> {
  const database = await openDatabase({ url, poolSize, queryTimeoutMs, log })
  opened.defer(() => closing(database.close()))
  // A database of another gateway stays as it is, also where it is older than this build.
  await assertOwnSpace(database, space)
  if ((await migrate(database)).length > 0) progress('The database is migrated')
  await claimSpace(database, space)
  return database
}

type AccessParts = Pick<SpaceOptions, 'space' | 'secrets' | 'metrics'> & { readonly database: Database }

async function accessOf(
  { config, opened }: Opening,
  { space, database, secrets: { trust }, metrics }: AccessParts,
): Promise<Access> {
  const { maxTokenSeconds } = config
  const roleNames = roleNamesOf(config.roleNames)
  const access = await openAccess({ database, space, trust, maxTokenSeconds, roleNames })
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

type Followed = {
  readonly database: Database
  readonly access: Access
  readonly openedLedger: OpenLedger
  readonly metrics: Metrics
}

/** The live part of the space, which follows the ledger and what is revoked. */
async function liveOf(
  { config, opened, intervals: { pollEveryMs, proofMs } }: Opening,
  { database, access, openedLedger, metrics }: Followed,
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
  readonly space: Space
  readonly ledger: Ledger
  readonly live: OpenLive
  readonly sealing: SealingSecrets
  readonly metrics: Metrics
  readonly services: () => Services
}

/** The endpoints of partners, to which this gateway sends if no other one does. */
function webhooksOf(
  { config: { webhookAllowPrivate: allowPrivate, logLevel }, opened, log }: Opening,
  database: Database,
  { space, ledger, live: { hints }, sealing: { secret, previousSecret }, metrics, services }: WebhookParts,
): Webhooks {
  const data = { space, url: database.url, logLevel, secret, previousSecret, allowPrivate }
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

type RouteParts = {
  readonly database: Database
  readonly paying: OpenPayments
  readonly stripe: SpaceStripe
  readonly metrics: Metrics
}

/** The pages that payments come back to, and the receiver of Stripe's events. */
function routesOf(
  { config, log }: Opening,
  { database, paying, stripe: { stripe, webhookSecret: secret }, metrics }: RouteParts,
): Readonly<Record<string, Route>> {
  const returns = createReturns(database.pool)
  const links = pagesOf(config)
  return {
    [confirmPath]: confirmPage(paying.confirmations, links),
    [returnPath]: paymentPage(returns, links),
    [statePath]: paymentState(returns),
    [stripeWebhookPath]: stripeWebhook({ stripe, secret, events: paying.events, metrics, log }),
  }
}

/** The paths of `routes`, known before a space is opened. */
export const spacePaths = [confirmPath, returnPath, statePath, stripeWebhookPath] as const
