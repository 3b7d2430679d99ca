import type { Catalog } from '../catalog/catalog.ts'
import { parseCatalog } from '../catalog/load.ts'
import type { Database } from '../database/open.ts'
import type { Instant } from '../domain/identity.ts'
import type { RateCard } from '../domain/rate-card.ts'
import { RateCardEntity, type RateCardRow } from '../entities/rate-card.ts'

/** A card and the instant at which it was first in force. */
export type DatedRateCard = { readonly card: RateCard; readonly effectiveFrom: Instant }

export type RateCards = {
  /** The card of a version that this process knows. Throws for another one, which it then looks for. */
  cardOf(version: string): RateCard
  /** The card of a version, read anew where this process doesn't know it yet; null: there never was one. */
  find(version: string): Promise<RateCard | null>
  /** The card in force at an instant; before the first one, the first. */
  at(instant: Instant): Promise<DatedRateCard>
  /** Since when the version has been in force. */
  effectiveFrom(version: string): Instant | null
  /** The category of a rate, by the newest card that has it; null where none has. */
  categoryOf(rate: string): string | null
  /** The name of a rate, likewise. */
  nameOf(rate: string): string | null
}

/** Every card that was ever in force, and from now on `catalog`'s. Its first appearance is its start. */
export async function openRateCards(database: Database, catalog: Catalog): Promise<RateCards> {
  let known = new Map<string, DatedRateCard>()

  async function refresh(): Promise<void> {
    const rows = await database.em().find(RateCardEntity, {}, { orderBy: { effectiveFrom: 'asc', version: 'asc' } })
    const read = new Map<string, DatedRateCard>()
    for (const row of rows) {
      const card = known.get(row.version) ?? readCard(database, row)
      if (card !== null) read.set(row.version, card)
    }
    known = read
  }

  await register(database, catalog)
  await refresh()

  const cards = () => [...known.values()]
  const newest = (rate: string) =>
    cards()
      .findLast(({ card }) => card.rates.has(rate))
      ?.card.rates.get(rate)
  return {
    cardOf(version) {
      const found = known.get(version)
      if (found) return found.card
      refresh().catch((error) => database.log.warn({ error }, 'The rate cards could not be read again'))
      throw new Error(`The rate card ${version} is not known here yet: try again in a moment with the same key`)
    },
    async find(version) {
      if (!known.has(version)) await refresh()
      return known.get(version)?.card ?? null
    },
    async at(instant) {
      await refresh()
      const dated = cards().findLast(({ effectiveFrom }) => effectiveFrom <= instant) ?? cards()[0]
      if (dated === undefined) throw new Error('No rate card was ever in force: start the gateway with a catalog')
      return dated
    },
    effectiveFrom: (version) => known.get(version)?.effectiveFrom ?? null,
    categoryOf: (rate) => newest(rate)?.category ?? null,
    nameOf: (rate) => newest(rate)?.name ?? null,
  }
}

async function register(database: Database, { version, source }: Catalog): Promise<void> {
  const { rows } = await database.pool.query('select (extract(epoch from ledger_now()) * 1000)::float8 as now')
  const row = { version, effectiveFrom: new Date(rows[0].now), catalog: source }
  await database.em().upsert(RateCardEntity, row, { onConflictFields: ['version'], onConflictAction: 'ignore' })
}

/** A catalog of long ago that can no longer be read must not keep the gateway from starting. */
function readCard({ log }: Database, { version, effectiveFrom, catalog }: RateCardRow): DatedRateCard | null {
  try {
    const { rateCard } = parseCatalog(catalog, `rate_card ${version}`)
    return { card: { ...rateCard, version }, effectiveFrom: effectiveFrom.getTime() }
  } catch (error) {
    log.error({ error, version }, 'A rate card can not be read: what it priced is shown without names')
    return null
  }
}
