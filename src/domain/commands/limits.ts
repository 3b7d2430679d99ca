import type { Account } from '../account.ts'
import { type Command, type Facts, type Outcome, refused, type SetSpendingLimit } from '../command.ts'
import { type Credits, MOST_CREDITS } from '../credits.ts'
import type { Draft } from '../draft.ts'
import { InvalidAmount } from '../errors.ts'
import type { Hold } from '../hold.ts'
import type { Instant } from '../identity.ts'
import { takenIn, usedIn } from '../posting.ts'
import type { Context } from '../rules.ts'
import { countTaken, inOrder, isLimitOf, limitAt, mostLimits, type Spender, windowAt } from '../spending-limit.ts'
import { actingSpender } from './acting-on-hold.ts'

/**
 * Sets, changes or lifts a limit; it holds from the next command on, and touches no open hold. What was used stays used
 * when it changes; a new one begins with `usedBefore`. Refuses: InvalidAmount.
 */
export function setSpendingLimit(
  draft: Draft,
  account: Account,
  command: SetSpendingLimit,
  usedBefore: Credits | undefined,
  { policy: { timeZone }, at }: Context,
): Outcome {
  const { subject, id, per, credits } = command
  if (credits !== null && (credits < 0n || credits > MOST_CREDITS)) {
    return refusedAmount('a limit is not negative: give 0 or more, or null to lift it')
  }
  const others = account.limits.filter((limit) => !isLimitOf(limit, command))
  const known = account.limits.find((limit) => limit.credits !== null && isLimitOf(limit, command))
  if (known === undefined && credits === null) return { kind: 'done' }
  if (credits !== null && others.filter((other) => other.credits !== null).length >= mostLimits) {
    return refusedAmount(`a team has at most ${mostLimits} limits: lift another one first`)
  }
  const limit =
    known === undefined
      ? { subject, id, per, credits, ...windowAt(per, timeZone, at), used: notNegative(usedBefore ?? 0n), setAt: at }
      : { ...limitAt(known, timeZone, at), credits }
  draft.set({ limits: inOrder([...others, limit]) })
  return { kind: 'done' }
}

/**
 * Counts what the command took, or gave back, against the limits of whom it was for; and all that it charged on the hold
 * of another, or added to it, against the limits of the caller.
 */
export function countUse(
  draft: Draft,
  command: Command,
  facts: Facts,
  hold: Hold | null,
  { policy: { timeZone }, at }: Context,
): void {
  const count = (spender: Spender, taken: Credits, since: Instant) =>
    draft.set({ limits: countTaken(draft.setting('limits'), spender, taken, since, timeZone, at) })
  const taken = takenIn(draft.postings)
  const use = taken === 0n ? null : useOf(command, facts, hold, at)
  if (use !== null) count(use.spender, taken, use.since)
  const acting = facts.hold !== undefined && 'caller' in command ? actingSpender(facts.hold, command.caller) : null
  if (acting !== null) count(acting, usedIn(draft.postings), at)
}

/** Whom a command spends for, and since when what it gives back was taken. Entries don't tell the callers of charges. */
function useOf(
  command: Command,
  { charge }: Facts,
  hold: Hold | null,
  at: Instant,
): { spender: Spender; since: Instant } | null {
  if (hold !== null) return { spender: hold, since: hold.placedAt }
  if (command.kind === 'charge-usage') {
    return { spender: { memberId: command.memberId, callerId: command.caller.id }, since: at }
  }
  if (command.kind !== 'refund-charge' || charge === undefined) return null
  return { spender: { memberId: charge.memberId, callerId: null }, since: charge.since }
}

const notNegative = (amount: Credits): Credits => (amount > 0n ? amount : 0n)

const refusedAmount = (reason: string): Outcome => refused(new InvalidAmount({ path: ['credits'], reason }))
