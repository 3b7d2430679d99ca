import type { Hold } from '../hold.ts'
import type { Instant } from '../identity.ts'
import { groupsOfMember, type MemberGroup } from '../member-group.ts'
import { type Taken, takenIn, usedIn } from '../posting.ts'
import { countTaken, type Spender } from '../spending-limit.ts'
import { actingSpender } from './acting-on-hold.ts'
import type { Command, Facts, Given } from './command.ts'
import type { Draft } from './draft.ts'
import { clockOf } from './spending.ts'

/**
 * Counts what the command took, and what it returned, against the limits of whom it was for; and all that it charged on the hold
 * of another, or added to it, against the limits of the caller.
 */
export function countUse(
  draft: Draft,
  command: Command,
  hold: Hold | null,
  { facts, context }: Pick<Given, 'facts' | 'context'>,
): void {
  const { at } = context
  const clock = clockOf(context)
  const count = (spender: Spender, change: Taken, since: Instant) =>
    draft.set({ limits: countTaken(draft.setting('limits'), spender, { ...change, since }, clock) })
  const use = useOf(command, facts, { hold, groups: draft.setting('groups'), at })
  if (use !== null) count(use.spender, takenIn(draft.postings), use.since)
  const acting =
    facts.hold !== undefined && 'caller' in command
      ? actingSpender(facts.hold, command.caller, draft.setting('groups'))
      : null
  if (acting !== null) count(acting, { taken: usedIn(draft.postings), returned: 0n }, at)
}

/** Whom a command spends for, and since when what it gives back was taken. Entries don't tell the callers of charges. */
function useOf(
  command: Command,
  { charge }: Facts,
  { hold, groups, at }: { hold: Hold | null; groups: readonly MemberGroup[]; at: Instant },
): { spender: Spender; since: Instant } | null {
  if (hold !== null) return { spender: hold, since: hold.placedAt }
  if (command.kind === 'charge-usage') {
    const { memberId, caller } = command
    return { spender: { memberId, callerId: caller.id, groupIds: groupsOfMember(groups, memberId) }, since: at }
  }
  if (command.kind !== 'refund-charge' || charge === undefined) return null
  const { memberId, groupIds, since } = charge
  return { spender: { memberId, callerId: null, groupIds }, since }
}
