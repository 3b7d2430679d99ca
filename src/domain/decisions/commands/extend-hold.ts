import { InvalidUsage } from '../../errors.ts'
import type { Hold } from '../../hold.ts'
import type { Caller } from '../../placer.ts'
import { actingRefusal, openHold } from '../acting-on-hold.ts'
import { type AskedUsage, type ExtendHold, type Given, type HoldOutcome, holdRefused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { payable, reserve } from '../paying.ts'
import { priceAsked, refusal } from '../spending.ts'

/**
 * Reserves more on an open hold, for whom it was placed, pushes its deadline to `expiresInSeconds` from now (never back),
 * or both. One that was charged at its start takes only a later deadline. A caller of a higher role than the placer's is
 * bound by its own limits and by the rates of the hold as well. A refusal leaves the hold as it was.
 */
export function extendHold(draft: Draft, command: ExtendHold, given: Given): HoldOutcome<OutcomeOf<'extend-hold'>> {
  const { context } = given
  const acting = openHold(given.facts.hold, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const { hold } = acting
  const { usage, expiresInSeconds } = command
  if (usage === null && expiresInSeconds === null) {
    const reason = 'there is nothing to extend: give usage, expiresInSeconds or both'
    return holdRefused(new InvalidUsage({ path: ['usage'], reason }))
  }
  const more = usage === null ? null : pricedMore(draft, hold, { usage, caller: command.caller }, given)
  if (more !== null && 'failure' in more) return holdRefused(more.failure)
  let extended = hold
  if (more !== null) {
    const { high, lines } = more.priced
    const card = context.cardOf(hold.rateCardVersion)
    const slices = [...hold.slices, ...reserve(draft, { lines, card })]
    const { memberId, reference, id, rateCardVersion } = hold
    draft.post('HOLD', context.at, { memberId, reference, holdId: id, rateCardVersion })
    extended = { ...hold, amount: hold.amount + high, slices, lines: [...hold.lines, ...lines], waiting: null }
  }
  if (expiresInSeconds !== null) {
    extended = { ...extended, expiresAt: Math.max(hold.expiresAt, context.at + expiresInSeconds * 1000) }
  }
  return { outcome: { kind: 'hold', hold: extended }, hold: extended }
}

/** The price of more usage on the hold, or the reason why it is refused. */
function pricedMore(
  draft: Draft,
  hold: Hold,
  { usage, caller }: { readonly usage: AskedUsage; readonly caller: Caller },
  given: Given,
) {
  if (hold.charged !== null) {
    const reason = 'the hold was charged when it was placed: place another hold'
    return { failure: new InvalidUsage({ path: ['usage'], reason }) }
  }
  const card = given.context.cardOf(hold.rateCardVersion)
  const asked = priceAsked(card, usage)
  if ('failure' in asked) return asked
  const { lines, high } = asked.priced
  const spending = {
    priced: asked.priced,
    required: high,
    available: payable(draft, { lines, card }),
    memberId: hold.memberId,
    groupIds: hold.groupIds,
    caller: { id: hold.callerId, role: caller.role },
  }
  const failure = actingRefusal(hold, { lines, amount: high }, caller, given) ?? refusal(spending, given)
  return failure === null ? asked : { failure }
}
