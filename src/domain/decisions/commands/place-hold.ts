import { QuoteExpired } from '../../errors.ts'
import type { Hold } from '../../hold.ts'
import type { HoldId } from '../../identity.ts'
import { chargeStart, isChargedAtStart } from '../charged-hold.ts'
import { type Given, type HoldOutcome, holdRefused, type PlaceHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import { reserve } from '../hold-use.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { priceAsked, refusal } from '../spending.ts'

/**
 * Reserves the most the usage can cost, or charges it at once where a rate of it says so. A quote is priced by the card it
 * names, so it costs what it said.
 */
export function placeHold(draft: Draft, command: PlaceHold, given: Given): HoldOutcome<OutcomeOf<'place-hold'>> {
  const { usage } = command
  const { context } = given
  if (usage instanceof QuoteExpired) return holdRefused(usage)
  const quoted = 'rateCardVersion' in usage
  const card = quoted ? context.cardOf(usage.rateCardVersion) : context.card
  const asked = priceAsked(card, quoted ? usage.usage : usage)
  if ('failure' in asked) return holdRefused(asked.failure)
  const { priced } = asked
  const failure = refusal({ ...command, priced, required: priced.high, available: draft.available }, given)
  if (failure !== null) return holdRefused(failure)

  const { reference, memberId } = command
  const charged = isChargedAtStart(card, priced) ? chargeStart(draft, priced, command, context) : null
  const slices = charged === null ? reserve(draft, priced.high) : []
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
    callerRole: command.caller.role,
    rateCardVersion: priced.rateCardVersion,
    lines: priced.lines,
    charged,
    pace: null,
  }
  return { outcome: { kind: 'hold', hold }, hold }
}
