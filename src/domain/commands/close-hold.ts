import type { Account } from '../account.ts'
import {
  type CaptureHold,
  type Context,
  type HoldOutcome,
  holdRefused,
  type ReleaseHold,
  type SettleHold,
} from '../command.ts'
import type { Credits } from '../credits.ts'
import type { Draft } from '../draft.ts'
import { type Blocker, HoldClosed, InvalidUsage, NotFound, RequirementNotMet } from '../errors.ts'
import { type Hold, remainingOf, type Slice } from '../hold.ts'
import { paceOf } from '../live-session.ts'
import type { Priced, PricedLine, RateCard } from '../rate-card.ts'
import { freeHold, returned } from '../roll-forward.ts'
import { settleCharged } from './charged-hold.ts'
import { fromAvailable, insufficient, postCharge, priceAsked, requirementBlockers, spendLines } from './spending.ts'

/**
 * Charges what was used, from the hold first and then from the balance, and with `settle-hold` frees the rest.
 * Prices by the hold's own card. Without usage: all that is still held. A hold that was charged at its start is settled
 * only, in one go. Work that was done is never refused for a spending limit.
 * Refuses: NotFound, HoldClosed, UnknownRate, InvalidUsage, InsufficientCredits, and RequirementNotMet for a rate that the
 * hold was not placed for; the hold stays as it was.
 */
export function chargeHold(
  draft: Draft,
  account: Account,
  hold: Hold | undefined,
  command: CaptureHold | SettleHold,
  context: Context,
): HoldOutcome {
  if (hold === undefined) return holdRefused(new NotFound({ what: 'hold' }))
  if (hold.state !== 'OPEN') return holdRefused(new HoldClosed({ state: hold.state }))
  const { charged } = hold
  if (charged !== null && command.kind === 'capture-hold') {
    const reason = 'it was charged when it was placed: settle or release it'
    return holdRefused(new InvalidUsage({ path: ['holdId'], reason }))
  }
  const remaining = remainingOf(hold)
  let priced: { lines: readonly PricedLine[]; total: Credits; rateCardVersion: string }
  if (command.usage === null) {
    if (charged !== null) return settleCharged(draft, account, hold, charged, null, context)
    priced = { lines: linesWorth(hold.lines, remaining), total: remaining, rateCardVersion: hold.rateCardVersion }
  } else {
    const asked = priceAsked(context.cardOf(hold.rateCardVersion), command.usage)
    if ('failure' in asked) return holdRefused(asked.failure)
    const blockers = newRequirements(account, hold, asked.priced, command, context)
    if (blockers.length > 0) return holdRefused(new RequirementNotMet({ blockers }))
    if (charged !== null) return settleCharged(draft, account, hold, charged, asked.priced, context)
    priced = asked.priced
  }
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

/** The rate itself, and what an automatic one chooses from. */
function coveredBy({ rates }: RateCard, id: string): readonly string[] {
  const price = rates.get(id)?.price
  return price !== undefined && 'auto' in price ? [id, ...price.auto] : [id]
}

/** What was allowed when the hold was placed stays allowed, whatever became of the plan since and whoever settles it. */
function newRequirements(
  account: Account,
  hold: Hold,
  priced: Priced,
  { caller }: CaptureHold | SettleHold,
  context: Context,
): Blocker[] {
  const card = context.cardOf(hold.rateCardVersion)
  const held = new Set(hold.lines.flatMap(({ rate }) => coveredBy(card, rate)))
  const requirements = priced.requirements.filter(({ rate }) => !held.has(rate))
  return requirements.length === 0 ? [] : requirementBlockers(account, { ...priced, requirements }, caller.role)
}

/** Charges nothing and frees all that is still held, or gives back what it was charged. Refuses: NotFound, HoldClosed. */
export function releaseHold(draft: Draft, hold: Hold | undefined, command: ReleaseHold, context: Context): HoldOutcome {
  if (hold === undefined) return holdRefused(new NotFound({ what: 'hold' }))
  if (hold.state !== 'OPEN') return holdRefused(new HoldClosed({ state: hold.state }))
  const released = freeHold(draft, hold, 'RELEASED', context.at, command.reason)
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
