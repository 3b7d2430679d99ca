import type { Credits } from '../../amounts/credits.ts'
import { type Hold, remainingOf } from '../../hold.ts'
import type { PricedLine } from '../../rate-card.ts'
import { actingRefusal, openHold } from '../acting-on-hold.ts'
import { sameLines, settleCharged } from '../charged-hold.ts'
import { type Given, type HoldOutcome, holdRefused, type SettleHold } from '../command.ts'
import { lendMissing } from '../credit-line.ts'
import type { Draft } from '../draft.ts'
import { returned } from '../end-hold.ts'
import { type HoldUse, missingOnHold, priceUse, spendOnHold } from '../hold-use.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { worthOf } from '../paying.ts'
import { postCharge } from '../spending.ts'

/**
 * Charges what was used, from the hold first, then from the balance and then within the team's credit line, by the
 * hold's own card, and frees the rest. Without
 * usage: all that is still held. A hold that was charged at its start is settled in one go. Work that was done is never
 * refused for a spending limit of the placer; a caller of a higher role is bound by its own limits and by the rates of the
 * hold. A refusal leaves the hold as it was.
 */
export function settleHold(draft: Draft, command: SettleHold, given: Given): HoldOutcome<OutcomeOf<'settle-hold'>> {
  const { usage, caller } = command
  const acting = openHold(given.facts.hold, caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const { hold } = acting
  const used = usage === null ? { priced: reserved(draft, hold, given) } : priceUse(hold, { usage, caller }, given)
  if ('failure' in used) return holdRefused(used.failure)
  const { lines, total } = used.priced
  const amount = confirms(hold, lines, usage) ? 0n : total
  const refusal = actingRefusal(hold, { lines, amount }, caller, given)
  if (refusal !== null) return holdRefused(refusal)
  return hold.charged === null
    ? settleReserved(draft, hold, used.priced, given)
    : settleCharged(draft, { ...hold, charged: hold.charged }, usage === null ? null : used.priced, given)
}

/** Whether nothing moves: what was charged at the start was charged then. */
const confirms = (hold: Hold, lines: readonly PricedLine[], usage: SettleHold['usage']): boolean =>
  hold.charged !== null && (usage === null || sameLines(lines, hold.lines))

function settleReserved(
  draft: Draft,
  hold: Hold,
  priced: HoldUse,
  given: Given,
): HoldOutcome<OutcomeOf<'settle-hold'>> {
  const { context } = given
  lendMissing(draft, missingOnHold(draft, hold, priced, given), given)
  const spent = spendOnHold(draft, hold, priced, given)
  if ('failure' in spent) return holdRefused(spent.failure)
  const { left } = spent
  for (const slice of left) draft.move(slice.grantId, { from: 'held', to: 'available', amount: slice.amount })
  const { reference, memberId, id } = hold
  const charge = postCharge(draft, context, priced, { reference, memberId, holdId: id })
  returned(draft, { ...hold, slices: left }, context.at)
  const captured = hold.captured + charge.amount
  return {
    outcome: { kind: 'charge', charge },
    hold: { ...hold, state: 'SETTLED', captured, slices: [], pace: null, waiting: null },
  }
}

/** All that the hold still keeps. */
function reserved(draft: Draft, hold: Hold, { context }: Given): HoldUse {
  const { slices, lines, rateCardVersion } = hold
  const total = remainingOf(hold)
  const isScoped = slices.some(({ grantId }) => draft.grant(grantId).scope !== null)
  const worth = isScoped
    ? worthOf(draft, slices, { lines, card: context.cardOf(rateCardVersion) })
    : worthFromEnd(lines, total)
  return { lines: linesWorth(lines, worth), total, rateCardVersion }
}

/** How much of each line counts; after captures that is less than was reserved: the last lines count first. */
function worthFromEnd(lines: readonly PricedLine[], amount: Credits): Credits[] {
  let due = amount
  const fromEnd = lines.toReversed().map(({ high }) => {
    const worth = high < due ? high : due
    due -= worth
    return worth
  })
  return fromEnd.toReversed()
}

/** The lines of a hold that are worth this much each, in part where that is less than was reserved. */
const linesWorth = (lines: readonly PricedLine[], worth: readonly Credits[]): PricedLine[] =>
  lines.flatMap((line, index) => {
    const credits = worth[index] ?? 0n
    if (line.quantity === 0n || (credits === 0n && line.credits > 0n)) return []
    const quantity = credits === line.high ? line.quantity : (line.quantity * credits) / line.high
    return [{ ...line, quantity, credits }]
  })
