import type { ChargedHold, Hold } from '../hold.ts'
import type { HoldId } from '../identity.ts'
import type { Priced, PricedLine, RateCard } from '../rate-card.ts'
import type { Context } from '../rules.ts'
import { sameTags } from '../tags.ts'
import { type Given, type HoldOutcome, holdRefused, type PlaceHold } from './command.ts'
import { lendMissing } from './credit-line.ts'
import type { Draft } from './draft.ts'
import { giveBackStart } from './end-hold.ts'
import type { OutcomeOf } from './outcomes.ts'
import { missing, pay } from './paying.ts'
import { insufficient, postSpent, tellCharge } from './spending.ts'

/** Whether a hold on it is charged when it is placed: where any of its rates says so. Source: facts V2, W8. */
export const isChargedAtStart = (card: RateCard, { lines }: Priced): boolean =>
  lines.some(({ rate }) => card.rates.get(rate)?.charge === 'at-start')

/** Spends the most it can cost, which the caller has found available. Hold and charge have the same number. */
export function chargeStart(draft: Draft, priced: Priced, command: PlaceHold, context: Context): ChargedHold {
  pay(draft, { lines: priced.lines, card: context.cardOf(priced.rateCardVersion) })
  const { reference, memberId } = command
  return postSpent(draft, context, priced, { reference, memberId, holdId: draft.revision as HoldId })
}

/**
 * Confirms what was charged at the start; nothing moves where the usage is what the hold was placed for (null: it is).
 * Other usage is charged by the hold's own card instead, after all of the first charge has come back.
 * The credits that came back count towards it, and then the team's credit line.
 */
export function settleCharged(
  draft: Draft,
  hold: Hold & { readonly charged: ChargedHold },
  used: Pick<Priced, 'lines' | 'total' | 'rateCardVersion'> | null,
  given: Given,
): HoldOutcome<OutcomeOf<'settle-hold'>> {
  const { account, context } = given
  const { charged } = hold
  const settled: Hold = { ...hold, state: 'SETTLED' }
  const { reference, memberId, id: holdId } = hold
  const facts = { reference, memberId, holdId }
  if (used === null || sameLines(used.lines, hold.lines)) {
    return {
      outcome: { kind: 'charge', charge: tellCharge(draft, charged, hold, { ...facts, at: hold.placedAt }) },
      hold: settled,
    }
  }
  giveBackStart(draft, hold, 'settled for other usage', context.at)
  const due = { lines: used.lines, card: context.cardOf(used.rateCardVersion) }
  lendMissing(draft, missing(draft, due, []), given)
  const lacking = missing(draft, due, [])
  if (lacking > 0n) return holdRefused(insufficient(account, used.total, used.total - lacking, context.at))
  pay(draft, due)
  const anew = postSpent(draft, context, used, facts)
  const charge = tellCharge(draft, anew, used, { ...facts, at: context.at })
  return { outcome: { kind: 'charge', charge }, hold: { ...settled, captured: charge.amount, charged: anew } }
}

/** Whether usage is just what a hold was placed for. */
export const sameLines = (some: readonly PricedLine[], others: readonly PricedLine[]): boolean =>
  some.length === others.length &&
  some.every(({ rate, quantity, count, credits, tags }, index) => {
    const other = others[index]
    if (rate !== other?.rate || quantity !== other.quantity || count !== other.count) return false
    return credits === other.credits && sameTags(tags, other.tags)
  })
