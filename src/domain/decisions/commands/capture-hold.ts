import type { Credits } from '../../amounts/credits.ts'
import { InvalidInput } from '../../errors.ts'
import type { Hold } from '../../hold.ts'
import { paceOf } from '../../live-session.ts'
import { coveredBy, type PricedLine, type RateCard } from '../../rate-card.ts'
import type { Context } from '../../rules.ts'
import { actingRefusal, openHold } from '../acting-on-hold.ts'
import { type CaptureHold, type Given, type HoldOutcome, holdRefused } from '../command.ts'
import type { Draft } from '../draft.ts'
import { priceUse, spendOnHold } from '../hold-use.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { postCharge, priceAsked } from '../spending.ts'

/**
 * Charges what was used, from the hold first and then from the balance, by the hold's own card; the hold stays open. A hold
 * that was charged at its start is not captured. Work that was done is never refused for a spending limit of the placer; a
 * caller of a higher role is bound by its own limits and by the rates of the hold. A refusal leaves the hold as it was.
 */
export function captureHold(draft: Draft, command: CaptureHold, given: Given): HoldOutcome<OutcomeOf<'capture-hold'>> {
  const { context } = given
  const acting = openHold(given.facts.hold, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const { hold } = acting
  if (hold.charged !== null) {
    const reason = 'it was charged when it was placed: settle or release it'
    return holdRefused(new InvalidInput({ path: ['holdId'], reason }))
  }
  const used = priceUse(hold, command, given)
  if ('failure' in used) return holdRefused(used.failure)
  const { priced } = used
  const { lines, total: amount } = priced
  const refusal = actingRefusal(hold, { lines, amount }, command.caller, given)
  if (refusal !== null) return holdRefused(refusal)
  const spent = spendOnHold(draft, hold, priced, given)
  if ('failure' in spent) return holdRefused(spent.failure)
  const { reference, memberId, id } = hold
  const charge = postCharge(draft, context, priced, { reference, memberId, holdId: id })
  return {
    outcome: { kind: 'charge', charge },
    hold: captured({ ...hold, slices: spent.left }, lines, charge.amount, context),
  }
}

/** The hold, once these lines were captured on it. */
function captured(hold: Hold, lines: readonly PricedLine[], amount: Credits, context: Context): Hold {
  const card = context.cardOf(hold.rateCardVersion)
  return {
    ...hold,
    captured: hold.captured + amount,
    lines: uncaptured(hold.lines, lines, card),
    pace: paceOf(lines, card, context.at, hold.pace),
  }
}

/**
 * The rest of a hold's lines after a capture, as far as only their quantity can tell: metered and free ones. A
 * line of which nothing is left stays with a quantity of 0, because its rate was allowed.
 */
function uncaptured(lines: readonly PricedLine[], captured: readonly PricedLine[], card: RateCard): PricedLine[] {
  const used = captured.map(({ rate, quantity, count }) => ({ rate, quantity: quantity * BigInt(count) }))
  return lines.map((line) => {
    if (line.high > 0n || line.quantity === 0n) return line
    const covered = coveredBy(card, line.rate)
    let left = line.quantity * BigInt(line.count)
    for (const one of used) {
      if (!covered.includes(one.rate)) continue
      const taken = one.quantity < left ? one.quantity : left
      left -= taken
      one.quantity -= taken
    }
    if (left === line.quantity * BigInt(line.count)) return line
    const rest = left === 0n ? undefined : priceOf(card, line.rate, left)
    if (rest !== undefined) return line.tags === undefined ? rest : { ...rest, tags: line.tags }
    return { ...line, quantity: 0n, count: 1, money: line.money && { ...line.money, amount: 0n } }
  })
}

function priceOf(card: RateCard, rate: string, quantity: bigint): PricedLine | undefined {
  const asked = priceAsked(card, [{ rate, quantity, count: 1 }])
  return 'priced' in asked ? asked.priced.lines[0] : undefined
}
