import { NotFound } from '../../errors.ts'
import { groupOf, type MemberGroup } from '../../member-group.ts'
import type { SpendingLimit } from '../../spending-limit.ts'
import { type DeleteMemberGroup, type Given, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Deletes a group and lifts its limits. Its members and the groups below it come to its parent, so that the limits above
 * it still bound them.
 */
export function deleteMemberGroup(
  draft: Draft,
  { groupId }: DeleteMemberGroup,
  { account: { groups, limits } }: Given,
): OutcomeOf<'delete-member-group'> {
  const deleted = groupOf(groups, groupId)
  if (deleted === undefined) return refused(new NotFound({ what: 'group' }))
  const { parentId, memberIds } = deleted
  const changed = (group: MemberGroup): MemberGroup => {
    if (group === deleted) return { ...group, parentId: null, memberIds: [], isDeleted: true }
    if (group.id === parentId) return { ...group, memberIds: [...group.memberIds, ...memberIds] }
    return group.parentId === groupId ? { ...group, parentId } : group
  }
  const lifted = (limit: SpendingLimit): SpendingLimit =>
    limit.subject === 'GROUP' && limit.id === groupId ? { ...limit, credits: null } : limit
  draft.set({ groups: groups.map(changed), limits: limits.map(lifted) })
  return { kind: 'done' }
}
