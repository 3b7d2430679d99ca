import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Catalog, WholeCatalog } from '../../catalog/catalog.ts'
import { inCurrency } from '../../catalog/currencies.ts'
import { parseCatalog } from '../../catalog/load.ts'
import { rulesOf } from '../../catalog/rules.ts'
import type { Rules } from '../../domain/rules.ts'

/** A published catalog, as this release reads it. */
export type StoredCatalog = {
  /** The catalog under its published version, which charges are pinned to. */
  readonly catalog: WholeCatalog
  /** The rules with the prices of a currency; null: the main one. */
  rulesIn(currency: string | null): Rules
  /**
   * The version that this release computes from the content. It may differ, because this release may know keys that
   * were unknown at the publication.
   */
  readonly content: string
}

const readContents = 'select version, catalog from rate_card where version = any($1)'

/**
 * The contents of versions, each read and parsed once. A version that can no longer be read is skipped, as if it had
 * never been published, and logged: it must not stop the gateway.
 */
export class StoredCatalogs {
  readonly #read = new Map<string, StoredCatalog | null>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  get(version: string): StoredCatalog | null {
    return this.#read.get(version) ?? null
  }

  /**
   * The version under which this content is stored, its own or an earlier release's; its own if it isn't stored yet.
   */
  versionOf({ version }: Catalog): string {
    if (this.#read.has(version)) return version
    for (const stored of this.#read.values()) if (stored?.content === version) return stored.catalog.version
    return version
  }

  async load(pool: Pool, versions: readonly string[]): Promise<void> {
    const unread = versions.filter((version) => !this.#read.has(version))
    if (unread.length === 0) return
    const { rows } = await pool.query<{ version: string; catalog: string }>(readContents, [unread])
    for (const { version, catalog } of rows) this.#read.set(version, this.#parse(version, catalog))
  }

  #parse(version: string, source: string): StoredCatalog | null {
    try {
      const parsed = parseCatalog(source, `catalog ${version}`)
      const named = <C extends Catalog>(one: C): C => ({ ...one, version, rateCard: { ...one.rateCard, version } })
      const catalog =
        parsed.version === version ? parsed : { ...named(parsed), others: parsed.others.map((one) => named(one)) }
      return { catalog, rulesIn: rulesByCurrency(catalog), content: parsed.version }
    } catch (error) {
      this.#log.error({ err: error, version }, 'A published catalog can not be read: it is passed over')
      return null
    }
  }
}

/** The same currency has the same rules, so that they can be compared by identity. */
function rulesByCurrency(catalog: WholeCatalog): StoredCatalog['rulesIn'] {
  const known = new Map<string, Rules>()
  return (given) => {
    const currency = given ?? catalog.currency
    const found = known.get(currency)
    if (found !== undefined) return found
    const rules = rulesOf(inCurrency(catalog, currency))
    known.set(currency, rules)
    return rules
  }
}
