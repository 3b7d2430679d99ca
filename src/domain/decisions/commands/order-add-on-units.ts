import type { Account } from '../../account.ts'
import { AddOnNotAvailable } from '../../errors.ts'
import type { Context } from '../../rules.ts'
import { refused } from '../command.ts'
import { addOnOf, cycleOf } from '../deposits.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Takes an order of units for a team that follows a subscription; moves nothing, because they come once they are paid for.
 * Source: facts D5, D6.
 */
export function orderAddOnUnits(
  { planId, allowances, paidThrough }: Account,
  { policy }: Context,
): OutcomeOf<'order-add-on-units'> {
  if (addOnOf(planId, policy) === null || cycleOf(allowances) === null) {
    return refused(new AddOnNotAvailable({ planId, reason: 'PLAN' }))
  }
  return paidThrough === null ? refused(new AddOnNotAvailable({ planId, reason: 'SUBSCRIPTION' })) : { kind: 'ordered' }
}
