import { InvalidInput, NotFound } from '../../errors.ts'
import type { MemberId } from '../../identity.ts'
import { groupOf, groupOfMember, type MemberGroup, maxGroupedIdBytes, maxGroupedMembers } from '../../member-group.ts'
import { type Given, type MoveMember, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Moves a member into a group, or out of every group. Use that was counted stays with the groups in which it was made.
 * So does an open hold, to its end: its extensions, what is charged on it and what it gives back count there.
 */
export function moveMember(
  draft: Draft,
  { memberId, groupId }: MoveMember,
  { account: { groups } }: Given,
): OutcomeOf<'move-member'> {
  if (groupId !== null && groupOf(groups, groupId) === undefined) return refused(new NotFound({ what: 'group' }))
  const from = groupOfMember(groups, memberId)
  if ((from?.id ?? null) === groupId) return { kind: 'done' }
  if (groupId !== null && Buffer.byteLength(memberId) > maxGroupedIdBytes) {
    const reason = `the id of a member in a group has at most ${maxGroupedIdBytes} bytes of UTF-8: give the member a shorter id`
    return refused(new InvalidInput({ path: ['memberId'], reason }))
  }
  const grouped = groups.reduce((sum, { memberIds }) => sum + memberIds.length, 0)
  if (from === undefined && grouped >= maxGroupedMembers) {
    const reason = `at most ${maxGroupedMembers} members of a team are in groups: move another one out first`
    return refused(new InvalidInput({ path: ['memberId'], reason }))
  }
  draft.set({ groups: groups.map((group) => moved(group, memberId, { from, groupId })) })
  return { kind: 'done' }
}

type Move = { readonly from: MemberGroup | undefined; readonly groupId: string | null }

function moved(group: MemberGroup, memberId: MemberId, { from, groupId }: Move): MemberGroup {
  if (group === from) return { ...group, memberIds: group.memberIds.filter((one) => one !== memberId) }
  return group.id === groupId ? { ...group, memberIds: [...group.memberIds, memberId] } : group
}
