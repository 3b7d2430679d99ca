import type { Account } from '../account.ts'
import { periodWindow } from '../allowance.ts'
import { type Context, type Outcome, refused, type SetAddOnUnits } from '../command.ts'
import { addOnOf, addOnSource, cycleOf, depositUnits } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { AddOnNotAvailable } from '../errors.ts'

/**
 * Sets how many recurring units the team has. Units that the running cycle has not had yet are deposited at once, in
 * full, and end with it; each cycle renews them. Fewer units count from the next cycle on: what was deposited stays.
 * Refuses: AddOnNotAvailable. Source: SEEDS D5, D6.
 */
export function setAddOnUnits(draft: Draft, account: Account, command: SetAddOnUnits, context: Context): Outcome {
  const { units } = command
  const terms = addOnOf(account.planId, context.policy)
  const cycle = cycleOf(account.allowances)
  if (terms === null || cycle === null) {
    return refused(new AddOnNotAvailable({ planId: account.planId }))
  }
  const { granted } = account.addOn
  draft.set({ addOn: { units, granted: Math.max(units, granted) } })
  if (units > granted) {
    const { startsAt } = periodWindow(cycle, cycle.nextPeriod - 1)
    const source = `${addOnSource(cycle, startsAt)}:${draft.revision + 1}`
    depositUnits(draft, BigInt(units - granted) * terms.credits, source, context.policy, context.at)
  }
  return { kind: 'done' }
}
