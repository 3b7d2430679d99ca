import type { Instant } from '../../domain/identity.ts'
import type { RulesAt } from '../../domain/rules.ts'

/** The rules of every instant, and how far this process may rely on them. */
export type RulesTimeline = {
  /**
   * The rules as this process knows them now. They are the same in all processes up to an instant for which `knows` is
   * true.
   */
  readonly rulesAt: RulesAt
  /** Whether no rule that is unknown here takes effect up to a second after this reading of the ledger's clock. */
  knows(now: Instant): boolean
  /**
   * Resolves when `knows(now)` is true, for a reading of the clock before the call. Rejects if the database can't be
   * reached.
   */
  reach(now: Instant): Promise<void>
}
