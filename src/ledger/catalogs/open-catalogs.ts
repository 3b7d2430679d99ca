import pg from 'pg'
import type { Catalog, WholeCatalog } from '../../catalog/catalog.ts'
import { inCurrency } from '../../catalog/currencies.ts'
import type { Database } from '../../database/open.ts'
import { creditLineName, creditLineRate } from '../../domain/credit-line.ts'
import { InvalidPublication } from '../../domain/errors.ts'
import type { Instant } from '../../domain/identity.ts'
import type { Rate, RateCard } from '../../domain/rate-card.ts'
import type { World } from '../../domain/rules.ts'
import { LedgerClock } from '../clock/ledger-clock.ts'
import { ms } from '../rows/instants.ts'
import type { CatalogInForce, Catalogs, Payer } from './catalogs.ts'
import type { Publication, Publishing } from './publication.ts'
import { storePublication } from './store-publication.ts'
import { type StoredCatalog, StoredCatalogs } from './stored-catalogs.ts'

/**
 * How long a reading is reliable, on the ledger's clock. Together with the second by which a team's time may be ahead
 * of a reading, this is the shortest notice of `publish_catalog`.
 */
const leaseMs = 2_000
const queryTimeoutMs = 5_000

const readPublications = {
  name: 'read-publications',
  text: `select ${ms('now')}, publications from read_publications()`,
}
/**
 * All catalogs of the database. The first reading may find none: then nothing can be decided until one is published.
 * The readings have a connection of their own, so that a decision that waits for one can't block it.
 */
export async function openCatalogs({ url, log }: Pick<Database, 'url' | 'log'>): Promise<Catalogs> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'credits-gateway catalogs',
    max: 1,
    keepAlive: true,
    connectionTimeoutMillis: queryTimeoutMs,
    query_timeout: queryTimeoutMs,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'The connection that reads catalogs was lost; it is made again'))
  const catalogs = new StoredTimeline(pool, new StoredCatalogs(log))
  try {
    await catalogs.refresh()
    return catalogs
  } catch (error) {
    await catalogs.close()
    throw error
  }
}

/** A catalog on the timeline; it is in force until the next one is. */
type Entry = StoredCatalog & CatalogInForce & { readonly from: Instant }

class StoredTimeline implements Catalogs {
  readonly #pool: pg.Pool
  readonly #stored: StoredCatalogs
  readonly #clock = new LedgerClock()
  readonly #worlds = new Map<string | null, World>()
  readonly #switchedListeners: (() => void)[] = []
  #publications: readonly Publication[] = []
  #timeline: readonly Entry[] = []
  #knownUntil: Instant = -Infinity
  #inForceLast: string | undefined
  #underWay: Promise<Instant> | null = null
  #next: Promise<Instant> | null = null

  constructor(pool: pg.Pool, stored: StoredCatalogs) {
    this.#pool = pool
    this.#stored = stored
  }

  in(currency: string | null): World {
    const known = this.#worlds.get(currency)
    if (known !== undefined) return known
    const world = {
      rulesAt: (instant: Instant) => this.#inForceAt(instant).rulesIn(currency),
      cardOf: (version: string) => this.#cardOf(version, currency),
    }
    this.#worlds.set(currency, world)
    return world
  }

  knows(now: Instant): boolean {
    return now < this.#knownUntil
  }

  async reach(now: Instant): Promise<void> {
    if (!this.knows(now)) await this.#underWay
    if (!this.knows(now)) await this.refresh()
  }

  catalogAt(instant: Instant, payer: Payer | null): Catalog {
    return inCurrency(this.wholeAt(instant), payer?.currency ?? null)
  }

  wholeAt(instant: Instant): WholeCatalog {
    return this.#inForceAt(instant).catalog
  }

  inForce(): WholeCatalog {
    return this.inForceNow().catalog
  }

  inForceNow(): CatalogInForce {
    return this.#inForceAt(this.#clock.now() ?? -Infinity)
  }

  async at(instant: Instant): Promise<CatalogInForce> {
    await this.reach(instant)
    return this.#inForceAt(instant)
  }

  async find(version: string): Promise<WholeCatalog | null> {
    if (this.#stored.get(version) === null) await this.refresh()
    return this.#stored.get(version)?.catalog ?? null
  }

  categoryOf(rate: string): string | null {
    return this.#newestRate(rate)?.category ?? null
  }

  nameOf(rate: string): string | null {
    return rate === creditLineRate ? creditLineName : (this.#newestRate(rate)?.name ?? null)
  }

  async publications(): Promise<readonly Publication[]> {
    await this.refresh()
    return this.#publications.toReversed()
  }

  async publish(catalog: WholeCatalog, publishing: Publishing): Promise<Publication | InvalidPublication> {
    await this.refresh()
    const other = this.#timeline.find((known) => known.catalog.currency !== catalog.currency)?.catalog
    if (other !== undefined) return new InvalidPublication({ reason: otherCurrency(catalog, other) })
    const missing = this.#timeline.flatMap((known) => known.catalog.currencies).find((one) => !sellsIn(catalog, one))
    if (missing !== undefined) return new InvalidPublication({ reason: lacksCurrency(missing) })
    const version = this.#stored.versionOf(catalog)
    const effective = await storePublication(this.#pool, version, catalog, publishing)
    if (effective instanceof InvalidPublication) return effective
    await this.refresh()
    const publication = this.#publications.find((known) => known.effectiveFrom === effective)
    if (publication === undefined) throw new Error(`The publication of ${version} is not there`)
    return publication
  }

  /** A reading under way may miss what its caller needs. Callers that come meanwhile share the next reading. */
  refresh(): Promise<Instant> {
    if (this.#underWay === null) return this.#begin()
    const begin = () => this.#begin()
    this.#next ??= this.#underWay.then(begin, begin)
    return this.#next
  }

  onSwitched(listener: () => void): void {
    this.#switchedListeners.push(listener)
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #begin(): Promise<Instant> {
    this.#next = null
    const mine = this.#read()
    const done = () => {
      if (this.#underWay === mine) this.#underWay = null
    }
    this.#underWay = mine
    mine.then(done, done)
    return mine
  }

  async #read(): Promise<Instant> {
    const { rows } = await this.#pool.query<{ now: number; publications: Publication[] }>(readPublications)
    const [row] = rows
    if (row === undefined) throw new Error('The publications could not be read')
    const now = Math.round(row.now)
    this.#clock.read(now)
    await this.#stored.load(this.#pool, [...new Set(row.publications.map(({ version }) => version))])
    this.#publications = row.publications
    this.#timeline = row.publications.flatMap((publication) => {
      const catalog = this.#stored.get(publication.version)
      return catalog === null ? [] : [{ ...catalog, from: publication.effectiveFrom, publication }]
    })
    this.#knownUntil = now + leaseMs
    const version = this.#timeline.findLast(({ from }) => from <= now)?.catalog.version
    const isSwitched = this.#inForceLast !== undefined && version !== this.#inForceLast
    this.#inForceLast = version
    if (isSwitched) for (const switched of this.#switchedListeners) switched()
    return now
  }

  #inForceAt(instant: Instant): Entry {
    const found = this.#timeline.findLast(({ from }) => from <= instant) ?? this.#timeline[0]
    if (found === undefined) throw new Error('No catalog was ever published: start the gateway with a catalog')
    return found
  }

  #newestRate(id: string): Rate | null {
    const card = this.#timeline.findLast(({ catalog }) => catalog.rateCard.rates.has(id))?.catalog.rateCard
    return card?.rates.get(id) ?? null
  }

  #cardOf(version: string, currency: string | null): RateCard {
    const found = this.#stored.get(version)
    if (found === null) throw new Error(`The rate card ${version} can't be read here: publish its catalog again`)
    return found.rulesIn(currency).card
  }
}

/** Sums of recorded money span catalogs, so the currency must stay the same. */
const otherCurrency = ({ currency }: Catalog, other: Catalog) =>
  `its currency is ${currency}, and this database keeps accounts in ${other.currency}: keep the currency, or start a gateway on another database`

const sellsIn = ({ currencies }: Catalog, currency: string): boolean => currencies.includes(currency)

const lacksCurrency = (currency: string) =>
  `it has no prices in ${currency}, in which teams of this database may pay: keep ${currency} in otherCurrencies`
