import type { Credits } from '../amounts/credits.ts'
import {
  type Blocker,
  type InsufficientCredits,
  type InvalidUsage,
  RequirementNotMet,
  type UnknownRate,
} from '../errors.ts'
import { type Hold, remainingOf, type Slice } from '../hold.ts'
import type { Caller } from '../placer.ts'
import type { Priced, PricedLine, RateCard } from '../rate-card.ts'
import { coveredBy, coveredRates } from './acting-on-hold.ts'
import type { AskedUsage, Given } from './command.ts'
import type { Draft } from './draft.ts'
import { fromAvailable, insufficient, priceAsked, requirementBlockers, spendLines } from './spending.ts'

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

/** Spends what the hold keeps first, and then from the balance; `left`: what the hold still keeps. */
export function spendOnHold(
  draft: Draft,
  hold: Hold,
  { total, lines }: HoldUse,
  { account, context }: Given,
): { left: Slice[] } | { failure: InsufficientCredits } {
  const remaining = remainingOf(hold)
  const more = total > remaining ? total - remaining : 0n
  if (more > draft.available) {
    return { failure: insufficient(account, total, remaining + draft.available, context.at) }
  }
  const { taken, left } = split(hold.slices, total - more)
  spendLines(draft, lines, [
    ...taken.map((slice) => ({ ...slice, from: 'held' as const })),
    ...fromAvailable(draft, more),
  ])
  return { left }
}

function split(slices: readonly Slice[], amount: Credits): { taken: Slice[]; left: Slice[] } {
  const taken: Slice[] = []
  const left: Slice[] = []
  let due = amount
  for (const slice of slices) {
    const take = slice.amount < due ? slice.amount : due
    due -= take
    if (take > 0n) taken.push({ grantId: slice.grantId, amount: take })
    if (take < slice.amount) left.push({ grantId: slice.grantId, amount: slice.amount - take })
  }
  return { taken, left }
}

/** Moves the amount from the balance into a hold. */
export function reserve(draft: Draft, amount: bigint): Slice[] {
  const slices = [...draft.burn(amount)]
  for (const slice of slices) draft.move(slice.grantId, { from: 'available', to: 'held', amount: slice.amount })
  return slices
}
