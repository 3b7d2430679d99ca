import type { Account } from '../account.ts'
import { type AskedUsage, type ExtendHold, type HoldOutcome, holdRefused, type PlaceHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import { type Failure, InvalidUsage, QuoteExpired } from '../errors.ts'
import type { Hold, Slice } from '../hold.ts'
import type { HoldId } from '../identity.ts'
import type { Caller } from '../placer.ts'
import type { Priced } from '../rate-card.ts'
import type { Context } from '../rules.ts'
import { actingRefusal, openHold } from './acting-on-hold.ts'
import { chargeStart, isChargedAtStart } from './charged-hold.ts'
import { priceAsked, refusal } from './spending.ts'

/**
 * Reserves the most the usage can cost, or charges it at once where a rate of it says so. A quote is priced by the card it
 * names, so it costs what it said.
 * Refuses: QuoteExpired, UnknownRate, InvalidUsage, RequirementNotMet, SpendingLimitReached, InsufficientCredits.
 */
export function placeHold(draft: Draft, account: Account, command: PlaceHold, context: Context): HoldOutcome {
  const { usage } = command
  if (usage instanceof QuoteExpired) return holdRefused(usage)
  const quoted = 'rateCardVersion' in usage
  const card = quoted ? context.cardOf(usage.rateCardVersion) : context.card
  const asked = priceAsked(card, quoted ? usage.usage : usage)
  if ('failure' in asked) return holdRefused(asked.failure)
  const { priced } = asked
  const failure = refusal(account, priced, priced.high, draft.available, command, context)
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

/**
 * Reserves more on an open hold, for whom it was placed, pushes its deadline to `expiresInSeconds` from now (never back),
 * or both. One that was charged at its start takes only a later deadline. A caller of a higher role than the placer's is
 * bound by its own limits and by the rates of the hold as well.
 * Refuses: NotFound, NotAllowed, HoldClosed, UnknownRate, InvalidUsage, RequirementNotMet, SpendingLimitReached,
 * InsufficientCredits; the hold stays as it was.
 */
export function extendHold(
  draft: Draft,
  account: Account,
  found: Hold | undefined,
  command: ExtendHold,
  context: Context,
): HoldOutcome {
  const acting = openHold(found, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const { hold } = acting
  const { usage, expiresInSeconds } = command
  if (usage === null && expiresInSeconds === null) {
    const reason = 'there is nothing to extend: give usage, expiresInSeconds or both'
    return holdRefused(new InvalidUsage({ path: ['usage'], reason }))
  }
  const more = usage === null ? null : pricedMore(draft, account, hold, usage, command.caller, context)
  if (more !== null && 'failure' in more) return holdRefused(more.failure)
  let extended = hold
  if (more !== null) {
    const { high, lines } = more.priced
    const slices = [...hold.slices, ...reserve(draft, high)]
    const { memberId, reference, id, rateCardVersion } = hold
    draft.post('HOLD', context.at, { memberId, reference, holdId: id, rateCardVersion })
    extended = { ...hold, amount: hold.amount + high, slices, lines: [...hold.lines, ...lines] }
  }
  if (expiresInSeconds !== null) {
    extended = { ...extended, expiresAt: Math.max(hold.expiresAt, context.at + expiresInSeconds * 1000) }
  }
  return { outcome: { kind: 'hold', hold: extended }, hold: extended }
}

/** What more usage would reserve on the hold, or why it can't. */
function pricedMore(
  draft: Draft,
  account: Account,
  hold: Hold,
  usage: AskedUsage,
  caller: Caller,
  context: Context,
): { priced: Priced } | { failure: Failure } {
  if (hold.charged !== null) {
    const reason = 'the hold was charged when it was placed: place another hold'
    return { failure: new InvalidUsage({ path: ['usage'], reason }) }
  }
  const asked = priceAsked(context.cardOf(hold.rateCardVersion), usage)
  if ('failure' in asked) return asked
  const { lines, high } = asked.priced
  const failure =
    actingRefusal(account, hold, { lines, amount: high }, caller, context) ??
    refusal(
      account,
      asked.priced,
      high,
      draft.available,
      { memberId: hold.memberId, caller: { id: hold.callerId, role: caller.role } },
      context,
    )
  return failure === null ? asked : { failure }
}

function reserve(draft: Draft, amount: bigint): Slice[] {
  const slices = [...draft.burn(amount)]
  for (const slice of slices) draft.move(slice.grantId, 'available', 'held', slice.amount)
  return slices
}
