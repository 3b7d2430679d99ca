import { InvalidInput } from '../../errors.ts'
import { areTrees, groupOf, type MemberGroup, maxGroupLevels, maxGroups } from '../../member-group.ts'
import { type Given, refused, type SetMemberGroup } from '../command.ts'
import type { Draft } from '../draft.ts'
import type { OutcomeOf } from '../outcomes.ts'

/**
 * Creates a group, or changes its name and its parent. Use that was counted stays with the groups in which it was made;
 * from the next command on, use counts in the new ones.
 */
export function setMemberGroup(
  draft: Draft,
  { groupId, name, parentId }: SetMemberGroup,
  { account: { groups } }: Given,
): OutcomeOf<'set-member-group'> {
  const known = groupOf(groups, groupId)
  if (known === undefined && groups.filter(({ isDeleted }) => !isDeleted).length >= maxGroups) {
    return refusedAt('groupId', `a team has at most ${maxGroups} groups: delete another one first`)
  }
  if (parentId !== null && parentId !== groupId && groupOf(groups, parentId) === undefined) {
    return refusedAt('parentId', 'there is no such group: create it first')
  }
  if (known?.name === name && known.parentId === parentId) return { kind: 'done' }
  const memberIds = known?.memberIds ?? []
  const group: MemberGroup = { id: groupId, name, parentId, memberIds, isDeleted: false }
  const others = groups.filter(({ id }) => id !== groupId)
  const changed = inOrder([...others, group])
  if (!areTrees(changed)) {
    const reason = `groups form trees of at most ${maxGroupLevels} levels: give a parent that is not below the group`
    return refusedAt('parentId', reason)
  }
  draft.set({ groups: changed })
  return { kind: 'done' }
}

/** The groups in the order of the database. */
const inOrder = (groups: readonly MemberGroup[]) => groups.toSorted((one, other) => (one.id < other.id ? -1 : 1))

const refusedAt = (field: string, reason: string) => refused(new InvalidInput({ path: [field], reason }))
