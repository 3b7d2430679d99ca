import type { Instant } from '../../domain/identity.ts'
import type { Worlds } from '../../domain/rules.ts'

/**
 * The rules of every instant by currency, as this process knows them now, and how far it may rely on them: they are the
 * same in all processes up to an instant for which `knows` is true.
 */
export type RulesTimeline = Worlds & {
  /** Whether no rule that is unknown here takes effect up to a second after this reading of the ledger's clock. */
  knows(now: Instant): boolean
  /**
   * Resolves when `knows(now)` is true, for a reading of the clock before the call. Rejects if the database can't be
   * reached.
   */
  reach(now: Instant): Promise<void>
}
