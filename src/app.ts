import { join } from 'node:path'
import type { Logger } from 'pino'
import { authSecret } from './access/auth-secret.ts'
import { createQuotes } from './access/quotes.ts'
import { roleNamesOf } from './access/roles.ts'
import type { TokenTrust } from './access/tokens.ts'
import type { WholeCatalog } from './catalog/catalog.ts'
import { loadCatalog } from './catalog/load.ts'
import { closing } from './concurrency/pauses.ts'
import type { Config } from './config.ts'
import { type EmbeddedPostgres, startEmbedded } from './database/embedded.ts'
import type { ServerSettings } from './database/server.ts'
import { demoCard } from './demo/card.ts'
import { demoSession } from './demo/session.ts'
import { demoTeam, makeDemoTeam } from './demo/team.ts'
import { InvalidPublication } from './domain/errors.ts'
import type { Catalogs } from './ledger/catalogs/catalogs.ts'
import { publishFile } from './ledger/catalogs/publish-file.ts'
import { createLog } from './log.ts'
import { createCustomers } from './payments/customers.ts'
import { modeOf } from './payments/event-scope.ts'
import { createStripe, type Refusal } from './payments/stripe.ts'
import { savingTestCards } from './payments/test-cards.ts'
import { schema } from './schema/schema.ts'
import { createMetrics, type Metrics } from './server/metrics.ts'
import { loadTrustedDocuments } from './server/operations/trusted-manifests.ts'
import type { Route } from './server/route.ts'
import { startServer } from './server/server.ts'
import {
  type Intervals,
  isProduction,
  type Opening,
  type OpenSpace,
  openSpace,
  type SpaceSecrets,
  type SpaceStripe,
} from './space.ts'
import { OwnTestSpace, testStorageOf } from './test-space.ts'

export type App = {
  /** The address that the gateway listens on, without a trailing slash. */
  readonly url: string
  /**
   * Accepts nothing new, answers what was accepted, then closes everything. This takes at most about 10 seconds, plus
   * what the database takes. A second call is harmless.
   */
  close(): Promise<void>
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
  const opening: Opening = { config, opened, log, progress, intervals }
  const file = loadCatalog(config.catalog)
  const trusted = loadTrustedDocuments(config, schema)
  const secrets = await secretsOf(config)
  const metrics = createMetrics()
  const { databaseUrl, postgres } = await storageOf(opening, overrides.postgres)
  let url = config.publicUrl ?? ''
  const publicUrl = () => url
  const storage = testStorageOf(config.testDatabaseUrl, postgres, () => production.services.database)
  const parts = { sealing: secrets.sealing, catalogs: () => production.services.catalogs, publicUrl, opening }
  const openStripe = (own: Opening, counted: Metrics, dir: string) =>
    openStandIn(own, counted, { dir, besideProduction: true })
  const testSpace = storage && new OwnTestSpace({ ...parts, storage, openStripe })
  const production = await openSpace(opening, {
    space: 'PRODUCTION',
    testSpace,
    databaseUrl,
    secrets,
    metrics,
    openStripe: () => stripeOf(opening, metrics),
    devClock: config.devClock,
    publicUrl,
    async prepare({ database, ledger, catalogs }) {
      await putFileInForce(opening, catalogs, file)
      if (!(overrides.demo ?? !isProduction(config))) return
      if (await makeDemoTeam(database, ledger, catalogs.inForce())) progress("The demo team 'demo' is made")
    },
  })
  if (testSpace !== null) opened.defer(() => testSpace.close())
  if (config.testDatabaseUrl !== undefined) await testSpace?.open().catch(cannotOpenTestSpace)
  const routes = {
    ...(isProduction(config) ? {} : demoRoutes(config, secrets.trust, production)),
    ...testSpace?.routes,
    ...overrides.routes,
    ...production.routes,
  }
  const spaces = { production, testSpace: testSpace?.toServe ?? null }
  const server = await startServer({
    config,
    schema,
    trusted,
    ...spaces,
    metrics,
    log,
    routes,
    times: intervals.request,
  })
  opened.defer(() => server.close())
  const own = `http://${shownHost(config.host)}:${server.port}`
  url ||= own
  production.begin(own)
  testSpace?.begin(own)
  log.info({ url }, 'The gateway listens')
  return url
}

/** The database that is named, or an embedded one. */
async function storageOf(
  { config, opened, log, progress }: Opening,
  settings: ServerSettings | undefined,
): Promise<{ readonly databaseUrl: string; readonly postgres: EmbeddedPostgres | null }> {
  if (config.databaseUrl !== undefined) return { databaseUrl: config.databaseUrl, postgres: null }
  progress('Preparing the database …')
  const postgres = await startEmbedded(config.dataDir, log, { settings })
  opened.defer(() => postgres.release())
  return { databaseUrl: postgres.url, postgres }
}

function cannotOpenTestSpace(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new CannotStart(`The test space of TEST_DATABASE_URL can't be opened. ${reason}`, { cause: error })
}

/** @throws {CannotStart} for a catalog that can't follow the ones before it. */
async function putFileInForce({ log, progress }: Opening, catalogs: Catalogs, file: WholeCatalog): Promise<void> {
  const inForce = await publishFile(catalogs, file, progress)
  if (inForce instanceof InvalidPublication) throw new CannotStart(inForce.message)
  if (inForce.publication.origin === 'PUBLISHED') {
    log.info(inForce.publication, 'A published catalog is in force; the file has not changed since, and waits')
  }
}

/** Stripe; outside production without a key a stand-in, with its state beside the database. Production demands the key. */
async function stripeOf(opening: Opening, metrics: Metrics): Promise<SpaceStripe> {
  const { config } = opening
  if (config.stripe === undefined) return openStandIn(opening, metrics, { dir: join(config.dataDir, 'sandbox') })
  const { secretKey, webhookSecret } = config.stripe
  const stripe = createStripe(config.stripe, refusedBy(opening, metrics))
  return { stripe, mode: modeOf(secretKey), webhookSecret, sandbox: null }
}

type StandIn = { readonly dir: string; readonly besideProduction?: boolean }

async function openStandIn(opening: Opening, metrics: Metrics, options: StandIn): Promise<SpaceStripe> {
  const { openSandbox } = await import('@credits-gateway/stripe-sandbox')
  const sandbox = await openSandbox(options)
  opening.opened.defer(() => closing(sandbox.close()))
  const payments = options.besideProduction === true ? 'Payments of the test space' : 'Payments'
  opening.progress(`${payments} go to a stand-in for Stripe at ${sandbox.url}: no money moves`)
  const { secretKey, webhookSecret, url: apiUrl } = sandbox
  const stripe = createStripe({ secretKey, apiUrl }, refusedBy(opening, metrics))
  return { stripe, mode: modeOf(secretKey), webhookSecret, sandbox }
}

const refusedBy =
  ({ log }: Opening, { stripeRefusals }: Metrics) =>
  (refusal: Refusal) => {
    stripeRefusals.inc({ status: refusal.status })
    log.error(
      refusal,
      'The Stripe key does not allow a request: give it the permission, or set another STRIPE_SECRET_KEY',
    )
  }

/** How the demo page signs in, and lets its team's payments fail. */
function demoRoutes(
  config: Config,
  trust: TokenTrust,
  { services: { database, catalogs }, stripe: { stripe, sandbox } }: OpenSpace,
): Readonly<Record<string, Route>> {
  const { devClock } = config
  const { secret = null } = trust
  const testCards = sandbox !== null
  return {
    '/demo/session': demoSession({
      secret,
      roleNames: roleNamesOf(config.roleNames),
      team: demoTeam,
      devClock,
      testCards,
    }),
    ...(testCards
      ? { '/demo/card': demoCard(savingTestCards(stripe, createCustomers(database, stripe, catalogs)), demoTeam) }
      : {}),
  }
}

async function secretsOf(config: Config): Promise<SpaceSecrets> {
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
