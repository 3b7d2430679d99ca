import { AddOnNotAvailable } from '../../errors.ts'
import { maxOpenGrants } from '../../grant.ts'
import { type Given, refused, type SetAddOnUnits } from '../command.ts'
import { addOnOf, addUnits, cycleOf } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { openOfPlans, tooManyOfPlans } from '../open-grants.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Sets how many recurring units the team has. Units that the running cycle has not had yet are deposited at once, in
 * full, and end with it; each cycle renews them. A cycle that is not paid for yet has them once it is. Fewer units count
 * from the next cycle on: what was deposited stays. Source: facts D5, D6.
 */
export function setAddOnUnits(
  draft: Draft,
  command: SetAddOnUnits,
  { account, context }: Given,
): OutcomeOf<'set-add-on-units'> {
  const { units } = command
  const terms = addOnOf(account.planId, context.policy)
  const cycle = cycleOf(account.allowances)
  if (terms === null || cycle === null) {
    return refused(new AddOnNotAvailable({ planId: account.planId, reason: 'PLAN' }))
  }
  const isFull = openOfPlans(draft, context.at) >= maxOpenGrants.PLATFORM
  if (isFull && units > account.addOn.granted) return refused(tooManyOfPlans('units'))
  draft.set({ addOn: { ...account.addOn, units } })
  addUnits(draft, context)
  return { kind: 'done' }
}
