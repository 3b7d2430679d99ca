import type { Account } from './account.ts'
import type { BurnStep } from './charge.ts'
import { insufficient, requirementBlockers } from './commands/spending.ts'
import type { Credits } from './credits.ts'
import type { Blocker, InsufficientCredits } from './errors.ts'
import type { Priced } from './rate-card.ts'

/** What a price would do to an account now. Nothing is reserved by it. */
export type Estimate = {
  readonly available: Credits
  /** Negative where it would not suffice. */
  readonly balanceAfter: Credits
  readonly sufficient: boolean
  /** What the team lacks beside credits. */
  readonly requirements: readonly Blocker[]
  /** The refusal for lack of credits; null: there are enough. */
  readonly shortage: InsufficientCredits | null
  /** What would be drawn from which grant, in order; as far as it goes. */
  readonly burn: readonly BurnStep[]
}

/** The account must have been rolled forward to now. A hold would be refused exactly where this names a reason. */
export function estimate(account: Account, priced: Priced): Estimate {
  const { available } = account
  const sufficient = priced.high <= available
  return {
    available,
    balanceAfter: available - priced.total,
    sufficient,
    requirements: requirementBlockers(account, priced),
    shortage: sufficient ? null : insufficient(account, priced.high, available),
    burn: burnPlan(account, priced.total),
  }
}

function burnPlan({ grants }: Account, total: Credits): BurnStep[] {
  const steps: BurnStep[] = []
  let left = total
  for (const { id, kind, available, expiresAt } of grants) {
    if (left === 0n) break
    if (available === 0n) continue
    const amount = available < left ? available : left
    left -= amount
    steps.push({ grantId: id, kind, amount, expiresAt })
  }
  return steps
}
