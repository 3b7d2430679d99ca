import { groupsOfMember } from '../../member-group.ts'
import { type ChargeUsage, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { pay, payable } from '../paying.ts'
import { postCharge, priceAsked, refusal } from '../spending.ts'

/** Spends at once, for work that is already done. */
export function chargeUsage(draft: Draft, command: ChargeUsage, given: Given): OutcomeOf<'charge-usage'> {
  const { context } = given
  const asked = priceAsked(context.card, command.usage)
  if ('failure' in asked) return refused(asked.failure)
  const { priced } = asked
  const due = { lines: priced.lines, card: context.card }
  const groupIds = groupsOfMember(given.account.groups, command.memberId)
  const available = payable(draft, due)
  const failure = refusal({ ...command, groupIds, priced, required: priced.total, available }, given)
  if (failure !== null) return refused(failure)
  pay(draft, due)
  const charge = postCharge(draft, context, priced, {
    reference: command.reference,
    memberId: command.memberId,
    callerId: command.caller.id,
    groupIds,
    holdId: null,
  })
  return { kind: 'charge', charge }
}
