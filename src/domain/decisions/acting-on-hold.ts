import type { Credits } from '../amounts/credits.ts'
import { HoldClosed, NotAllowed, NotFound, type SpendingLimitReached } from '../errors.ts'
import { type Hold, placerOf } from '../hold.ts'
import { groupsOfMember, type MemberGroup } from '../member-group.ts'
import { type Caller, isSameCaller, mayActOn } from '../placer.ts'
import { coveredBy, type Priced, type RateCard } from '../rate-card.ts'
import type { Spender } from '../spending-limit.ts'
import type { Given } from './command.ts'
import { clockOf, limitReached } from './spending.ts'

/** The hold that a command acts on, or why the caller can't act on it. */
export function openHold(
  hold: Hold | undefined,
  caller: Caller,
): { hold: Hold } | { failure: NotFound | NotAllowed | HoldClosed } {
  if (hold === undefined) return { failure: new NotFound({ what: 'hold' }) }
  if (!mayActOn(placerOf(hold), caller)) {
    const reason = 'another caller placed the hold: only its placer or a caller of a higher role acts on it'
    return { failure: new NotAllowed({ reason }) }
  }
  if (hold.state !== 'OPEN') return { failure: new HoldClosed({ state: hold.state }) }
  return { hold }
}

/**
 * Why the caller can't charge this on the hold, or add it; null: it can. The placer is bound by neither. Any other caller
 * names only rates that the hold covers, and stays within its own spending limits with all that it charges or adds.
 */
export function actingRefusal(
  hold: Hold,
  { lines, amount }: Pick<Priced, 'lines'> & { readonly amount: Credits },
  caller: Caller,
  { account, context }: Pick<Given, 'account' | 'context'>,
): NotAllowed | SpendingLimitReached | null {
  const spender = actingSpender(hold, caller, account.groups)
  if (spender === null) return null
  const covered = coveredRates(hold, context.cardOf(hold.rateCardVersion))
  const other = lines.find(({ rate }) => !covered.has(rate))
  if (other !== undefined) {
    const reason = `the hold does not cover '${other.rate}': only its placer charges other rates on it`
    return new NotAllowed({ reason })
  }
  return limitReached(account, spender, amount, clockOf(context))
}

/** Whose limits count beside those of the hold; null: the placer acts itself. A limit of the hold does not count twice. */
export function actingSpender(hold: Hold, caller: Caller, groups: readonly MemberGroup[]): Spender | null {
  if (isSameCaller(placerOf(hold), caller)) return null
  const { id } = caller
  return {
    memberId: id === hold.memberId ? null : id,
    callerId: id === hold.callerId ? null : id,
    groupIds: groupsOfMember(groups, id).filter((group) => !hold.groupIds.includes(group)),
  }
}

/** The rates that a hold was placed for, and those that an automatic one of them chooses from. */
export const coveredRates = ({ lines }: Hold, card: RateCard): ReadonlySet<string> =>
  new Set(lines.flatMap(({ rate }) => coveredBy(card, rate)))
