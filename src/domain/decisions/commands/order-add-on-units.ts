import { AddOnNotAvailable } from '../../errors.ts'
import { maxOpenGrants } from '../../grant.ts'
import { type Given, type OrderAddOnUnits, refused } from '../command.ts'
import { addOnOf, cycleOf } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import { openOfPlans, tooManyOfPlans } from '../open-grants.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Takes an order of units for a team that follows a subscription; moves nothing, because they come once they are paid for.
 * Source: facts D5, D6.
 */
export function orderAddOnUnits(
  draft: Draft,
  { units }: OrderAddOnUnits,
  { account: { planId, allowances, paidThrough, addOn }, context: { policy, at } }: Given,
): OutcomeOf<'order-add-on-units'> {
  if (addOnOf(planId, policy) === null || cycleOf(allowances) === null) {
    return refused(new AddOnNotAvailable({ planId, reason: 'PLAN' }))
  }
  if (paidThrough === null) return refused(new AddOnNotAvailable({ planId, reason: 'SUBSCRIPTION' }))
  // Once they are paid for, they are deposited whatever the team has.
  const isFull = openOfPlans(draft, at) >= maxOpenGrants.PLATFORM
  return isFull && units > addOn.granted ? refused(tooManyOfPlans('units')) : { kind: 'ordered' }
}
