import { groupsOfMember } from '../../member-group.ts'
import { type ChargeUsage, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { fromAvailable, postCharge, priceAsked, refusal, spendLines } from '../spending.ts'

/** Spends at once, for work that is already done. */
export function chargeUsage(draft: Draft, command: ChargeUsage, given: Given): OutcomeOf<'charge-usage'> {
  const { context } = given
  const asked = priceAsked(context.card, command.usage)
  if ('failure' in asked) return refused(asked.failure)
  const { priced } = asked
  const groupIds = groupsOfMember(given.account.groups, command.memberId)
  const failure = refusal({ ...command, groupIds, priced, required: priced.total, available: draft.available }, given)
  if (failure !== null) return refused(failure)
  spendLines(draft, priced.lines, fromAvailable(draft, priced.total))
  const charge = postCharge(draft, context, priced, {
    reference: command.reference,
    memberId: command.memberId,
    callerId: command.caller.id,
    groupIds,
    holdId: null,
  })
  return { kind: 'charge', charge }
}
