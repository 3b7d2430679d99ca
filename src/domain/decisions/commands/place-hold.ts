import { QuoteExpired } from '../../errors.ts'
import { fitLast } from '../../fit.ts'
import type { Hold } from '../../hold.ts'
import type { HoldId } from '../../identity.ts'
import { groupsOfMember } from '../../member-group.ts'
import { chargeStart, isChargedAtStart } from '../charged-hold.ts'
import { type AskedUsage, type Given, type HoldOutcome, holdRefused, type PlaceHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { payable, reserve } from '../paying.ts'
import { clockOf, priceAsked, refusal, spendableByLast, spenderIn } from '../spending.ts'

/**
 * Reserves the most the usage can cost, or charges it at once where a rate of it says so. A quote is priced by the card it
 * names, so it costs what it said. A fit holds the largest quantity that is not refused; where all are, the refusal is
 * that of the least.
 */
export function placeHold(draft: Draft, command: PlaceHold, given: Given): HoldOutcome<OutcomeOf<'place-hold'>> {
  const { usage } = command
  const { context } = given
  if (usage instanceof QuoteExpired) return holdRefused(usage)
  const card = 'rateCardVersion' in usage ? context.cardOf(usage.rateCardVersion) : context.card
  const asked = priceAsked(card, askedOf(command, usage, given))
  if ('failure' in asked) return holdRefused(asked.failure)
  const { priced } = asked
  const due = { lines: priced.lines, card }
  const groupIds = groupsOfMember(given.account.groups, command.memberId)
  const available = payable(draft, due)
  const failure = refusal({ ...command, groupIds, priced, required: priced.high, available }, given)
  if (failure !== null) return holdRefused(failure)

  const { reference, memberId } = command
  const charged = isChargedAtStart(card, priced) ? chargeStart(draft, priced, command, context) : null
  const slices = charged === null ? reserve(draft, due) : []
  if (charged === null) {
    if (slices.length === 0) draft.mark()
    const { rateCardVersion } = priced
    draft.post('HOLD', context.at, { memberId, reference, holdId: draft.revision as HoldId, rateCardVersion })
  }
  const hold: Hold = {
    id: draft.revision as HoldId,
    state: 'OPEN',
    amount: priced.high,
    captured: charged === null ? 0n : priced.high,
    slices,
    placedAt: context.at,
    expiresAt: context.at + command.expiresInSeconds * 1000,
    reference,
    memberId,
    callerId: command.caller.id,
    groupIds,
    callerRole: command.caller.role,
    rateCardVersion: priced.rateCardVersion,
    lines: priced.lines,
    fitted: 'fit' in usage ? (priced.lines.at(-1)?.quantity ?? null) : null,
    charged,
    pace: null,
    waiting: null,
  }
  return { outcome: { kind: 'hold', hold }, hold }
}

/** The usage to be held: the lines of a quote, those that fit, or those that the caller gave. */
function askedOf(
  { memberId, caller }: PlaceHold,
  usage: Exclude<PlaceHold['usage'], QuoteExpired>,
  { account, context }: Given,
): AskedUsage {
  if (!('usage' in usage)) return usage
  if (!('fit' in usage)) return usage.usage
  const { card } = context
  const by = { spender: spenderIn(account, memberId, caller.id), clock: clockOf(context) }
  return fitLast(card, usage, (lines) => spendableByLast(account, { lines, card }, by))
}
