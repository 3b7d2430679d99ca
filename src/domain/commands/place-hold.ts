import type { Account } from '../account.ts'
import { type Context, type ExtendHold, type HoldOutcome, holdRefused, type PlaceHold } from '../command.ts'
import type { Draft } from '../draft.ts'
import { HoldClosed, InvalidUsage, NotFound, QuoteExpired } from '../errors.ts'
import type { Hold, Slice } from '../hold.ts'
import type { HoldId } from '../identity.ts'
import type { PricedLine } from '../rate-card.ts'
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
    rateCardVersion: priced.rateCardVersion,
    lines: priced.lines,
    charged,
    pace: null,
  }
  return { outcome: { kind: 'hold', hold }, hold }
}

/**
 * Reserves more on an open hold, for whom it was placed, pushes its deadline to `expiresInSeconds` from now (never back),
 * or both. One that was charged at its start takes only a later deadline.
 * Refuses: NotFound, HoldClosed, UnknownRate, InvalidUsage, RequirementNotMet, SpendingLimitReached, InsufficientCredits;
 * the hold stays as it was.
 */
export function extendHold(
  draft: Draft,
  account: Account,
  hold: Hold | undefined,
  command: ExtendHold,
  context: Context,
): HoldOutcome {
  if (hold === undefined) return holdRefused(new NotFound({ what: 'hold' }))
  if (hold.state !== 'OPEN') return holdRefused(new HoldClosed({ state: hold.state }))
  if (command.usage === null && command.expiresInSeconds === null) {
    return holdRefused(
      new InvalidUsage({ path: ['usage'], reason: 'there is nothing to extend: give usage, expiresInSeconds or both' }),
    )
  }
  let slices = hold.slices
  let added = 0n
  let lines: readonly PricedLine[] = []
  if (command.usage !== null && hold.charged !== null) {
    const reason = 'the hold was charged when it was placed: place another hold'
    return holdRefused(new InvalidUsage({ path: ['usage'], reason }))
  }
  if (command.usage !== null) {
    const asked = priceAsked(context.cardOf(hold.rateCardVersion), command.usage)
    if ('failure' in asked) return holdRefused(asked.failure)
    const spending = { memberId: hold.memberId, caller: { id: hold.callerId, role: command.caller.role } }
    const failure = refusal(account, asked.priced, asked.priced.high, draft.available, spending, context)
    if (failure !== null) return holdRefused(failure)
    added = asked.priced.high
    lines = asked.priced.lines
    slices = [...slices, ...reserve(draft, added)]
    const { memberId, reference, id, rateCardVersion } = hold
    draft.post('HOLD', context.at, { memberId, reference, holdId: id, rateCardVersion })
  }
  const seconds = command.expiresInSeconds
  const extended: Hold = {
    ...hold,
    amount: hold.amount + added,
    slices,
    lines: [...hold.lines, ...lines],
    expiresAt: seconds === null ? hold.expiresAt : Math.max(hold.expiresAt, context.at + seconds * 1000),
  }
  return { outcome: { kind: 'hold', hold: extended }, hold: extended }
}

function reserve(draft: Draft, amount: bigint): Slice[] {
  const slices = [...draft.burn(amount)]
  for (const slice of slices) draft.move(slice.grantId, 'available', 'held', slice.amount)
  return slices
}
