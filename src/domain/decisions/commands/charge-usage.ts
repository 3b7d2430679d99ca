import type { Account } from '../../account.ts'
import type { Context } from '../../rules.ts'
import { type ChargeUsage, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { fromAvailable, postCharge, priceAsked, refusal, spendLines } from '../spending.ts'

/** Spends at once, for work that is already done. */
export function chargeUsage(
  draft: Draft,
  account: Account,
  command: ChargeUsage,
  context: Context,
): OutcomeOf<'charge-usage'> {
  const asked = priceAsked(context.card, command.usage)
  if ('failure' in asked) return refused(asked.failure)
  const { priced } = asked
  const failure = refusal(account, priced, priced.total, draft.available, command, context)
  if (failure !== null) return refused(failure)
  spendLines(draft, priced.lines, fromAvailable(draft, priced.total))
  const charge = postCharge(draft, context, priced, {
    reference: command.reference,
    memberId: command.memberId,
    holdId: null,
  })
  return { kind: 'charge', charge }
}
