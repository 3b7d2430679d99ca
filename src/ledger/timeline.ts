import type { Instant } from '../domain/identity.ts'
import type { RulesAt } from '../domain/rules.ts'

/** The rules of every instant, and how far this process may rely on knowing them. */
export type Timeline = {
  /** By what is known here now; the same for all processes up to an instant that `knows` says yes to. */
  readonly rulesAt: RulesAt
  /** Whether nothing unknown here takes effect up to a second after this reading of the ledger's clock. */
  knows(now: Instant): boolean
  /** Resolves when `knows(now)`, of a reading that was taken before the call. Rejects where the database can't be asked. */
  reach(now: Instant): Promise<void>
}
