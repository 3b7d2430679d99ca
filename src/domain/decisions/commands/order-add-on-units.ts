import { AddOnNotAvailable } from '../../errors.ts'
import { type Given, type OrderAddOnUnits, refused } from '../command.ts'
import { addOnOf, cycleOf } from '../deposits.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Takes an order of units for a team that follows a subscription; moves nothing, because they come once they are paid for.
 * Source: facts D5, D6.
 */
export function orderAddOnUnits(
  _: Draft,
  __: OrderAddOnUnits,
  { account: { planId, allowances, paidThrough }, context: { policy } }: Given,
): OutcomeOf<'order-add-on-units'> {
  if (addOnOf(planId, policy) === null || cycleOf(allowances) === null) {
    return refused(new AddOnNotAvailable({ planId, reason: 'PLAN' }))
  }
  return paidThrough === null ? refused(new AddOnNotAvailable({ planId, reason: 'SUBSCRIPTION' })) : { kind: 'ordered' }
}
