import type { Account } from '../account.ts'
import { type CaptureHold, type HoldOutcome, holdRefused, type ReleaseHold, type SettleHold } from '../command.ts'
import type { Credits } from '../credits.ts'
import type { Draft } from '../draft.ts'
import { type Blocker, type Failure, InvalidInput, RequirementNotMet } from '../errors.ts'
import { type Hold, remainingOf, type Slice } from '../hold.ts'
import { paceOf } from '../live-session.ts'
import type { Caller } from '../placer.ts'
import type { Priced, PricedLine, RateCard } from '../rate-card.ts'
import { freeHold, returned } from '../roll-forward.ts'
import type { Context } from '../rules.ts'
import { actingRefusal, coveredBy, coveredRates, openHold } from './acting-on-hold.ts'
import { sameLines, settleCharged } from './charged-hold.ts'
import { fromAvailable, insufficient, postCharge, priceAsked, requirementBlockers, spendLines } from './spending.ts'

/**
 * Charges what was used, from the hold first and then from the balance, and with `settle-hold` frees the rest.
 * Prices by the hold's own card. Without usage: all that is still held. A hold that was charged at its start is settled
 * only, in one go. Work that was done is never refused for a spending limit of the placer; a caller of a higher role is
 * bound by its own limits and by the rates of the hold.
 * Refuses: NotFound, NotAllowed, HoldClosed, UnknownRate, InvalidUsage, SpendingLimitReached, InsufficientCredits, and
 * RequirementNotMet for a rate that the hold was not placed for; the hold stays as it was.
 */
export function chargeHold(
  draft: Draft,
  account: Account,
  found: Hold | undefined,
  command: CaptureHold | SettleHold,
  context: Context,
): HoldOutcome {
  const acting = openHold(found, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const { hold } = acting
  const { charged } = hold
  if (charged !== null && command.kind === 'capture-hold') {
    const reason = 'it was charged when it was placed: settle or release it'
    return holdRefused(new InvalidInput({ path: ['holdId'], reason }))
  }
  const used = pricedUse(account, hold, command, context)
  if ('failure' in used) return holdRefused(used.failure)
  if (charged !== null) {
    return settleCharged(draft, account, hold, charged, command.usage === null ? null : used.priced, context)
  }
  return chargeReserved(draft, account, hold, used.priced, command, context)
}

type PricedUse = { readonly lines: readonly PricedLine[]; readonly total: Credits; readonly rateCardVersion: string }

/** What the usage costs on the hold, or why the caller can't charge it; without usage, what is still held. */
function pricedUse(
  account: Account,
  hold: Hold,
  { usage, caller }: CaptureHold | SettleHold,
  context: Context,
): { priced: PricedUse } | { failure: Failure } {
  const { rateCardVersion } = hold
  let priced: PricedUse
  if (usage === null) {
    const total = remainingOf(hold)
    priced = { lines: linesWorth(hold.lines, total), total, rateCardVersion }
  } else {
    const asked = priceAsked(context.cardOf(rateCardVersion), usage)
    if ('failure' in asked) return asked
    const blockers = newRequirements(account, hold, asked.priced, caller, context)
    if (blockers.length > 0) return { failure: new RequirementNotMet({ blockers }) }
    priced = asked.priced
  }
  const amount = confirms(hold, priced, usage) ? 0n : priced.total
  const failure = actingRefusal(account, hold, { lines: priced.lines, amount }, caller, context)
  return failure === null ? { priced } : { failure }
}

/** Whether nothing moves: what was charged at the start was charged then. */
const confirms = (hold: Hold, { lines }: PricedUse, usage: CaptureHold['usage'] | null): boolean =>
  hold.charged !== null && (usage === null || sameLines(lines, hold.lines))

/** Charges from what the hold keeps, then from the balance. */
function chargeReserved(
  draft: Draft,
  account: Account,
  hold: Hold,
  priced: PricedUse,
  command: CaptureHold | SettleHold,
  context: Context,
): HoldOutcome {
  const remaining = remainingOf(hold)
  const more = priced.total > remaining ? priced.total - remaining : 0n
  if (more > draft.available) {
    return holdRefused(insufficient(account, priced.total, remaining + draft.available, context.at))
  }

  const fromHold = priced.total - more
  const { taken, left } = split(hold.slices, fromHold)
  spendLines(draft, priced.lines, [
    ...taken.map((slice) => ({ ...slice, from: 'held' as const })),
    ...fromAvailable(draft, more),
  ])
  const settles = command.kind === 'settle-hold'
  if (settles) for (const slice of left) draft.move(slice.grantId, 'held', 'available', slice.amount)
  const { reference, memberId, id } = hold
  const charge = postCharge(draft, context, priced, { reference, memberId, holdId: id })
  if (settles) returned(draft, { ...hold, slices: left }, context.at)
  const captured = hold.captured + charge.amount
  if (settles) {
    const settled: Hold = { ...hold, state: 'SETTLED', captured, slices: [], pace: null }
    return { outcome: { kind: 'charge', charge }, hold: settled }
  }
  const card = context.cardOf(hold.rateCardVersion)
  const lines = uncaptured(hold.lines, priced.lines, card)
  const pace = paceOf(priced.lines, card, context.at, hold.pace)
  return { outcome: { kind: 'charge', charge }, hold: { ...hold, captured, slices: left, lines, pace } }
}

/**
 * What is left of a hold's lines once these were captured, where only their quantity can tell: metered and free ones. A
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
    return rest ?? { ...line, quantity: 0n, count: 1, money: line.money && { ...line.money, amount: 0n } }
  })
}

function priceOf(card: RateCard, rate: string, quantity: bigint): PricedLine | undefined {
  const asked = priceAsked(card, [{ rate, quantity, count: 1 }])
  return 'priced' in asked ? asked.priced.lines[0] : undefined
}

/** What was allowed when the hold was placed stays allowed, whatever became of the plan since and whoever settles it. */
function newRequirements(account: Account, hold: Hold, priced: Priced, caller: Caller, context: Context): Blocker[] {
  const held = coveredRates(hold, context.cardOf(hold.rateCardVersion))
  const requirements = priced.requirements.filter(({ rate }) => !held.has(rate))
  return requirements.length === 0 ? [] : requirementBlockers(account, { ...priced, requirements }, caller.role)
}

/**
 * Charges nothing and frees all that is still held, or gives back what it was charged. Refuses: NotFound, NotAllowed,
 * HoldClosed.
 */
export function releaseHold(
  draft: Draft,
  found: Hold | undefined,
  command: ReleaseHold,
  context: Context,
): HoldOutcome {
  const acting = openHold(found, command.caller)
  if ('failure' in acting) return holdRefused(acting.failure)
  const released = freeHold(draft, acting.hold, 'RELEASED', context.at, command.reason)
  return { outcome: { kind: 'hold', hold: released }, hold: released }
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

/**
 * The lines of a hold that are worth what is still held. After captures that is less than was reserved: the last lines
 * count first, one of them in part.
 */
function linesWorth(lines: readonly PricedLine[], amount: Credits): PricedLine[] {
  const worth: PricedLine[] = []
  let due = amount
  for (const line of lines.toReversed()) {
    if (line.quantity === 0n || (due === 0n && line.credits > 0n)) continue
    const credits = line.high < due ? line.high : due
    const quantity = credits === line.high ? line.quantity : (line.quantity * credits) / line.high
    worth.unshift({ ...line, quantity, credits })
    due -= credits
  }
  return worth
}
