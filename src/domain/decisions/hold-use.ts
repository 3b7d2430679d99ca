import type { Credits } from '../amounts/credits.ts'
import {
  type Blocker,
  type InsufficientCredits,
  type InvalidUsage,
  RequirementNotMet,
  type UnknownRate,
} from '../errors.ts'
import type { Hold, Slice } from '../hold.ts'
import type { Caller } from '../placer.ts'
import { coveredBy, type Priced, type PricedLine, type RateCard } from '../rate-card.ts'
import { coveredRates } from './acting-on-hold.ts'
import type { AskedUsage, Given } from './command.ts'
import type { Draft } from './draft.ts'
import { type Due, missing, pay } from './paying.ts'
import { insufficient, priceAsked, requirementBlockers } from './spending.ts'

/** A charge on a hold, at its own rate card. */
export type HoldUse = {
  readonly lines: readonly PricedLine[]
  readonly total: Credits
  readonly rateCardVersion: string
}

/** The price of the usage on the hold, or the reason why it can't be charged. */
export function priceUse(
  hold: Hold,
  { usage, caller }: { readonly usage: AskedUsage; readonly caller: Caller },
  given: Given,
): { priced: HoldUse } | { failure: UnknownRate | InvalidUsage | RequirementNotMet } {
  const card = given.context.cardOf(hold.rateCardVersion)
  const asked = priceAsked(card, usage)
  if ('failure' in asked) return asked
  const blockers = newRequirements(hold, asked.priced, caller, given)
  if (blockers.length > 0) return { failure: new RequirementNotMet({ blockers }) }
  return { priced: { ...asked.priced, lines: withTagsOf(hold, asked.priced.lines, card) } }
}

/** A line without tags has those of the first line of the hold that covers its rate. */
function withTagsOf(hold: Hold, lines: readonly PricedLine[], card: RateCard): readonly PricedLine[] {
  const tagged = hold.lines.some(({ tags }) => tags !== undefined)
  if (!tagged) return lines
  return lines.map((line) => {
    const held = hold.lines.find(({ rate }) => coveredBy(card, rate).includes(line.rate))
    return line.tags !== undefined || held?.tags === undefined ? line : { ...line, tags: held.tags }
  })
}

/** The rates of a hold stay allowed, whatever became of the plan since and whoever settles it. */
function newRequirements(hold: Hold, priced: Priced, caller: Caller, { account, context }: Given): Blocker[] {
  const held = coveredRates(hold, context.cardOf(hold.rateCardVersion))
  const isNew = ({ rate }: { readonly rate: string }) => !held.has(rate)
  const added = { requirements: priced.requirements.filter(isNew), lines: priced.lines.filter(isNew) }
  return requirementBlockers(account, added, caller.role, context.at)
}

/** The lines that are due on a hold, and the card that prices them. */
const dueOn = ({ lines, rateCardVersion }: HoldUse, { context }: Given): Due => ({
  lines,
  card: context.cardOf(rateCardVersion),
})

/** The credits that the hold and the balance lack to pay for the use; 0: none. */
export const missingOnHold = (draft: Draft, { slices }: Hold, use: HoldUse, given: Given): Credits =>
  missing(draft, dueOn(use, given), slices)

/** Spends what the hold keeps first, and then from the balance; `left`: what the hold still keeps. */
export function spendOnHold(
  draft: Draft,
  hold: Hold,
  use: HoldUse,
  given: Given,
): { left: Slice[] } | { failure: InsufficientCredits } {
  const { total } = use
  const lacking = missingOnHold(draft, hold, use, given)
  if (lacking > 0n) return { failure: insufficient(given.account, total, total - lacking, given.context.at) }
  return { left: pay(draft, dueOn(use, given), hold.slices) }
}
