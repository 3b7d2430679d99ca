import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { createQuotes } from './access/quotes.ts'
import { closing } from './concurrency/pauses.ts'
import { sharing } from './concurrency/sharing.ts'
import { startBackgroundLoop } from './database/background-loop.ts'
import type { EmbeddedPostgres } from './database/embedded.ts'
import type { Database } from './database/open.ts'
import { InvalidPublication } from './domain/errors.ts'
import type { Catalogs } from './ledger/catalogs/catalogs.ts'
import { publishFile } from './ledger/catalogs/publish-file.ts'
import { logOfSpace } from './log.ts'
import type { Services, TestSpace } from './resolvers/request/context.ts'
import { json } from './server/json.ts'
import { createMetrics, type Metrics } from './server/metrics.ts'
import type { Route } from './server/route.ts'
import type { TestSpaceToServe } from './server/spaces.ts'
import {
  type Opening,
  type OpenSpace,
  openSpace,
  type SealingSecrets,
  type SpaceSecrets,
  type SpaceStripe,
  spacePaths,
} from './space.ts'

/** The path below which the pages and the webhook of the test space are. */
const testPath = '/test'
const embeddedName = 'credits_gateway_test'
/** After a failure, callers are refused for so long before it is tried again. */
const retryAfterMs = 5_000
/** The catalog is compared with production's this often, beside each switch that this gateway sees. */
const compareEveryMs = 60_000

/** Where the data of a test space is. */
export type TestStorage = {
  /** Whether a gateway has begun a test space here. */
  exists(): Promise<boolean>
  /** The URL of its database, which is created where the gateway may. */
  url(): Promise<string>
}

/** The named database, or a second one of the embedded PostgreSQL; null: neither. */
export function testStorageOf(
  named: string | undefined,
  postgres: EmbeddedPostgres | null,
  production: () => Database,
): TestStorage | null {
  if (named !== undefined) return { exists: async () => true, url: async () => named }
  if (postgres === null) return null
  // However many credentials somebody invents, the database is asked once at a time.
  const once = sharing<typeof embeddedName, boolean>()
  return {
    exists: () => once(embeddedName, () => hasDatabase(production(), embeddedName)),
    url: () => postgres.database(embeddedName),
  }
}

async function hasDatabase({ pool }: Database, name: string): Promise<boolean> {
  const text = 'select from pg_database where datname = $1'
  return (await pool.query({ name: 'has-database', text, values: [name] })).rowCount === 1
}

export type TestSpaceParts = {
  readonly storage: TestStorage
  readonly sealing: SealingSecrets
  /** The catalogs of production, which the test space follows. */
  readonly catalogs: () => Catalogs
  /** The gateway's address for its customers. */
  readonly publicUrl: () => string
  /** Stripe's stand-in for the test space. */
  readonly openStripe: (opening: Opening, metrics: Metrics, dir: string) => Promise<SpaceStripe>
  readonly opening: Omit<Opening, 'opened'>
}

/**
 * The test space of a gateway, opened once: at its first use, or by `open` at the start. It knows production's catalogs
 * and nothing else of production. A failed opening is tried again after 5 seconds at the earliest.
 */
export class OwnTestSpace implements TestSpace {
  readonly #parts: TestSpaceParts
  readonly #opened = new AsyncDisposableStack()
  readonly #ownUrl = Promise.withResolvers<string>()
  #space: Promise<OpenSpace> | null = null
  #isClosed = false

  /** The server's view of it. */
  readonly toServe: TestSpaceToServe

  constructor(parts: TestSpaceParts) {
    const log = logOfSpace(parts.opening.log, 'TEST')
    this.#parts = { ...parts, opening: { ...parts.opening, log } }
    this.toServe = { find: () => this.#find(), log, paths: new Set(Object.keys(this.routes)) }
  }

  open(): Promise<Services> {
    return this.#openOnce().then(({ services }) => services)
  }

  find(): Promise<Services | null> {
    return this.#find().then((space) => space?.services ?? null)
  }

  /** The paths of the test space, each of which opens it if it has begun. */
  readonly routes: Readonly<Record<string, Route>> = Object.fromEntries(
    spacePaths.map((path) => [
      `${testPath}${path}`,
      async (request, response, held) => {
        const route = (await this.#find())?.routes[path]
        if (route === undefined) json(response, 404, { message: 'This gateway has no test space' })
        else await route(request, response, held)
      },
    ]),
  )

  /** The gateway listens at this address. */
  begin(ownUrl: string): void {
    this.#ownUrl.resolve(ownUrl)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#space?.catch(() => undefined)
    await this.#opened.disposeAsync()
  }

  async #find(): Promise<OpenSpace | null> {
    if (this.#space === null && !(await this.#parts.storage.exists())) return null
    return this.#openOnce()
  }

  #openOnce(): Promise<OpenSpace> {
    if (this.#isClosed) return Promise.reject(new Error('The gateway is stopping'))
    this.#space ??= this.#open().catch((error) => {
      this.#parts.opening.log.error({ err: error }, 'The test space could not be opened; the next use tries again')
      setTimeout(() => {
        this.#space = null
      }, retryAfterMs).unref()
      throw error
    })
    return this.#space
  }

  async #open(): Promise<OpenSpace> {
    const opened = new AsyncDisposableStack()
    try {
      const space = await this.#openIn({ ...this.#parts.opening, opened })
      this.#opened.use(opened)
      void this.#ownUrl.promise.then((url) => space.begin(`${url}${testPath}`))
      return space
    } catch (error) {
      await opened.disposeAsync()
      throw error
    }
  }

  async #openIn(opening: Opening): Promise<OpenSpace> {
    const { storage, sealing, catalogs, publicUrl, openStripe } = this.#parts
    const { config, opened, log } = opening
    const production = catalogs()
    // A registry of its own, which nothing shows: /metrics is about production.
    const metrics = createMetrics()
    const space = await openSpace(opening, {
      space: 'TEST',
      testSpace: null,
      databaseUrl: await storage.url(),
      secrets: secretsOfTests(sealing),
      metrics,
      openStripe: () => openStripe(opening, metrics, join(config.dataDir, 'test-sandbox')),
      devClock: true,
      publicUrl: () => `${publicUrl()}${testPath}`,
      prepare: (own) => putInForce(production, own.catalogs),
    })
    const own = space.services.catalogs
    const following = startBackgroundLoop(
      async () => {
        await follow(production, own)
        return compareEveryMs
      },
      'The test space could not take the catalog of production; trying again',
      log,
    )
    opened.defer(() => closing(following.stop()))
    production.onSwitched(() => following.poke())
    log.info('The test space is open')
    return space
  }
}

/** Derived secrets: what the test space signs or seals is worth nothing in production. It trusts no tokens. */
function secretsOfTests({ secret, previousSecret }: SealingSecrets): SpaceSecrets {
  const derived = (from: string) => createHmac('sha256', from).update('credits-gateway test space 1').digest('hex')
  const sealing = {
    secret: derived(secret),
    previousSecret: previousSecret === undefined ? undefined : derived(previousSecret),
  }
  return { trust: {}, quotes: createQuotes(sealing.secret, sealing.previousSecret), sealing }
}

/** The catalog of production is in force in the test space when this resolves. */
async function putInForce(production: Catalogs, own: Catalogs): Promise<void> {
  await production.refresh()
  accept(await publishFile(own, production.inForce(), () => undefined))
}

/** Gateways that follow together publish each catalog once: the same one again has no effect. */
async function follow(production: Catalogs, own: Catalogs): Promise<void> {
  const catalog = production.inForce()
  if (catalog.version === own.inForce().version) return
  accept(await own.publish(catalog, { origin: 'FILE', publishedBy: null, effectiveFrom: null }))
}

function accept(published: object): void {
  if (!(published instanceof InvalidPublication)) return
  throw new Error(
    `The test space can't follow the catalog of production: ${published.message}. Give it another, empty database`,
  )
}
