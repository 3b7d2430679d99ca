import type { Catalog, WholeCatalog } from '../../catalog/catalog.ts'
import type { Account } from '../../domain/account.ts'
import type { InvalidPublication } from '../../domain/errors.ts'
import type { Instant } from '../../domain/identity.ts'
import type { RulesTimeline } from '../clock/rules-timeline.ts'
import type { Publication, Publishing } from './publication.ts'

/** A catalog in force, and its publication. */
export type CatalogInForce = { readonly catalog: WholeCatalog; readonly publication: Publication }

/** A team, by the currency in which it pays. */
export type Payer = Pick<Account, 'currency'>

/** Every catalog that was, is or will be in force. */
export type Catalogs = RulesTimeline & {
  /**
   * The catalog in force at an instant with the prices of the payer's currency, as far as this process knows; before
   * the first one, the first. `payer` null: there is no team.
   */
  catalogAt(instant: Instant, payer: Payer | null): Catalog
  /** The same with the prices of all currencies. */
  wholeAt(instant: Instant): WholeCatalog
  /** The catalog in force now, by this process's estimate of the ledger's clock. */
  inForce(): WholeCatalog
  /** The catalog in force now, with its publication. */
  inForceNow(): CatalogInForce
  /** The catalog in force at an instant. It is read anew if this process can't know it yet. */
  at(instant: Instant): Promise<CatalogInForce>
  /** The catalog of a version. It is read anew if this process doesn't know it; null: it was never published. */
  find(version: string): Promise<WholeCatalog | null>
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
  publish(catalog: WholeCatalog, publishing: Publishing): Promise<Publication | InvalidPublication>
  /** Reads anew; resolves to the ledger's clock at that moment. */
  refresh(): Promise<Instant>
  /** The listener hears when a reading finds another catalog in force than the one before it. */
  onSwitched(listener: () => void): void
  close(): Promise<void>
}
