import pg from 'pg'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Database } from '../../database/open.ts'
import { InvalidPublication } from '../../domain/errors.ts'
import type { Instant } from '../../domain/identity.ts'
import type { Rate } from '../../domain/rate-card.ts'
import type { World } from '../../domain/rules.ts'
import { LedgerClock } from '../clock/ledger-clock.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import { whenceOf, whoOf } from '../history/audit-records.ts'
import { ms } from '../rows/instants.ts'
import type { Publication, Publishing } from './publication.ts'
import { type StoredCatalog, StoredCatalogs } from './stored-catalogs.ts'

/** A catalog in force, and its publication. */
export type CatalogInForce = { readonly catalog: Catalog; readonly publication: Publication }

/** Every catalog that was, is or will be in force. */
export type Catalogs = World &
  RulesTimeline & {
    /** The catalog in force at an instant, as far as this process knows; before the first one, the first. */
    catalogAt(instant: Instant): Catalog
    /** The catalog in force now, by this process's estimate of the ledger's clock. */
    inForce(): Catalog
    /** The catalog in force now, with its publication. */
    inForceNow(): CatalogInForce
    /** The catalog in force at an instant. It is read anew if this process can't know it yet. */
    at(instant: Instant): Promise<CatalogInForce>
    /** The catalog of a version. It is read anew if this process doesn't know it; null: it was never published. */
    find(version: string): Promise<Catalog | null>
    /** The category of a rate, by the newest card that has it; null where none has. */
    categoryOf(rate: string): string | null
    /** The name of a rate, by the newest card that has it; null where none has. */
    nameOf(rate: string): string | null
    /** All publications, past, present and future, the newest first. */
    publications(): Promise<readonly Publication[]>
    /**
     * Publishes a catalog, which comes into force in all gateways at the same instant: at the earliest in three
     * seconds, or at once if it is the first one. Publishing the same again returns the same publication.
     */
    publish(catalog: Catalog, publishing: Publishing): Promise<Publication | InvalidPublication>
    /** Reads anew; resolves to the ledger's clock at that moment. */
    refresh(): Promise<Instant>
    /** The listener hears when a reading finds another catalog in force than the one before it. */
    onSwitched(listener: () => void): void
    close(): Promise<void>
  }

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
const publishCatalog = `
  select result, ${ms('effective')} from publish_catalog($1, $2, $3, $4, $5)`
/**
 * Publishes a catalog and writes the audit record, if this had an effect. Each version follows the one that was in
 * force before it.
 */
const publishAudited = `
  with publication as materialized (select result, effective from publish_catalog($1, $2, $3, $4, $5)),
    audited as (
      insert into audit_record
        (team_id, caller_id, caller_role, credential, mutation, reference, address, trace_id, before, after)
      select '', $6, $7, $8, $9, $1, $10, $11,
        (select jsonb_build_object('version', p.version) from catalog_publication p
          where p.effective_from < effective order by p.effective_from desc limit 1),
        jsonb_build_object('version', $1::text, 'effectiveFrom',
          to_char(effective at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      from publication where result = 'published')
  select result, ${ms('effective')} from publication`

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
  const stored = new StoredCatalogs(log)
  const clock = new LedgerClock()
  let publications: readonly Publication[] = []
  let timeline: readonly (StoredCatalog & { from: Instant; publication: Publication })[] = []
  let knownUntil: Instant = -Infinity
  let inForceLast: string | undefined
  const switchedListeners: (() => void)[] = []
  let underWay: Promise<Instant> | null = null
  let next: Promise<Instant> | null = null

  async function read(): Promise<Instant> {
    const { rows } = await pool.query<{ now: number; publications: Publication[] }>(readPublications)
    const [row] = rows
    if (row === undefined) throw new Error('The publications could not be read')
    const now = Math.round(row.now)
    clock.read(now)
    await stored.load(pool, [...new Set(row.publications.map(({ version }) => version))])
    publications = row.publications
    timeline = publications.flatMap((publication) => {
      const catalog = stored.get(publication.version)
      return catalog === null ? [] : [{ ...catalog, from: publication.effectiveFrom, publication }]
    })
    knownUntil = now + leaseMs
    const version = timeline.findLast(({ from }) => from <= now)?.catalog.version
    const isSwitched = inForceLast !== undefined && version !== inForceLast
    inForceLast = version
    if (isSwitched) for (const switched of switchedListeners) switched()
    return now
  }

  function begin(): Promise<Instant> {
    next = null
    const mine = read()
    const done = () => {
      if (underWay === mine) underWay = null
    }
    underWay = mine
    mine.then(done, done)
    return mine
  }

  /** A reading under way may miss what its caller needs. Callers that come meanwhile share the next reading. */
  function refresh(): Promise<Instant> {
    if (underWay === null) return begin()
    next ??= underWay.then(begin, begin)
    return next
  }

  function inForceAt(instant: Instant) {
    const found = timeline.findLast(({ from }) => from <= instant) ?? timeline[0]
    if (found === undefined) throw new Error('No catalog was ever published: start the gateway with a catalog')
    return found
  }

  function newestRate(id: string): Rate | null {
    const card = timeline.findLast(({ rules }) => rules.card.rates.has(id))?.rules.card
    return card?.rates.get(id) ?? null
  }

  const knows = (now: Instant) => now < knownUntil
  const catalogs: Catalogs = {
    rulesAt: (instant) => inForceAt(instant).rules,
    cardOf(version) {
      const found = stored.get(version)
      if (found === null) throw new Error(`The rate card ${version} can't be read here: publish its catalog again`)
      return found.rules.card
    },
    knows,
    async reach(now) {
      if (!knows(now)) await underWay
      if (!knows(now)) await refresh()
    },
    catalogAt: (instant) => inForceAt(instant).catalog,
    inForce: () => catalogs.inForceNow().catalog,
    inForceNow: () => inForceAt(clock.now() ?? -Infinity),
    async at(instant) {
      await catalogs.reach(instant)
      return inForceAt(instant)
    },
    async find(version) {
      if (stored.get(version) === null) await refresh()
      return stored.get(version)?.catalog ?? null
    },
    categoryOf: (rate) => newestRate(rate)?.category ?? null,
    nameOf: (rate) => newestRate(rate)?.name ?? null,
    async publications() {
      await refresh()
      return publications.toReversed()
    },
    async publish(catalog, { origin, publishedBy, effectiveFrom, act }) {
      await refresh()
      const other = timeline.find((known) => known.catalog.currency !== catalog.currency)?.catalog
      if (other !== undefined) return new InvalidPublication({ reason: otherCurrency(catalog, other) })
      const version = stored.versionOf(catalog)
      const wanted = effectiveFrom === null ? null : new Date(effectiveFrom)
      const { rows } = await pool.query<{
        result: keyof typeof refusals | 'published' | 'repeated'
        effective: number
      }>(act === undefined ? publishCatalog : publishAudited, [
        ...[version, catalog.source, origin, publishedBy, wanted],
        ...(act === undefined ? [] : [...whoOf(act), ...whenceOf(act)]),
      ])
      const [row] = rows
      if (row === undefined) throw new Error('A publication had no result')
      if (row.result === 'taken' || row.result === 'late')
        return new InvalidPublication({ reason: refusals[row.result] })
      await refresh()
      const publication = publications.find((known) => known.effectiveFrom === Math.round(row.effective))
      if (publication === undefined) throw new Error(`The publication of ${version} is not there`)
      return publication
    },
    refresh,
    onSwitched(listener) {
      switchedListeners.push(listener)
    },
    async close() {
      await pool.end()
    },
  }
  try {
    await refresh()
    return catalogs
  } catch (error) {
    await catalogs.close()
    throw error
  }
}

const refusals = {
  late: 'it would take effect before every gateway can know it: give an instant at least 3 seconds from now, or none for as soon as may be',
  taken: 'another catalog takes effect at that very instant: give another instant',
} as const

/** Sums of recorded money span catalogs, so the currency must stay the same. */
const otherCurrency = ({ currency }: Catalog, other: Catalog) =>
  `its currency is ${currency}, and this database keeps accounts in ${other.currency}: keep the currency, or start a gateway on another database`
