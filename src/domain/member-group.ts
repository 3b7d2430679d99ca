import type { MemberId } from './identity.ts'

/**
 * A group of members of a team, such as a department or a project. Groups form trees. Spending limits of a group bound
 * the use of its own members and of those in the groups below it.
 */
export type MemberGroup = {
  /** The caller's own word. */
  readonly id: string
  readonly name: string
  /** Null: it is the root of a tree. */
  readonly parentId: string | null
  /** Its own members: each member is in at most one group. */
  readonly memberIds: readonly MemberId[]
  /** A deleted group has no members, and no group is below it. */
  readonly isDeleted: boolean
}

/** The most groups of one team: every command of the team loads all of them. */
export const maxGroups = 100
/** The most groups from a root to a leaf, both included. */
export const maxGroupLevels = 5
/** The most members that are in the groups of one team. */
export const maxGroupedMembers = 1_000
/** The longest id of a group, in bytes of UTF-8. */
export const maxGroupIdBytes = 100
/** The longest id of a member in a group, in bytes of UTF-8: each reading of the team reads all of them. */
export const maxGroupedIdBytes = 200

/** Every use of a member that is in no group, so that it allocates nothing. */
export const noGroups: readonly string[] = []

export const groupOf = (groups: readonly MemberGroup[], id: string): MemberGroup | undefined =>
  groups.find((group) => group.id === id && !group.isDeleted)

/** The group that the member is in; undefined: none. */
export const groupOfMember = (groups: readonly MemberGroup[], memberId: MemberId): MemberGroup | undefined =>
  groups.find(({ memberIds }) => memberIds.includes(memberId))

/** The ids of the groups whose limits bound the member: its own group first, the root last. */
export function groupsOfMember(groups: readonly MemberGroup[], memberId: MemberId | null): readonly string[] {
  if (groups.length === 0 || memberId === null) return noGroups
  const own = groupOfMember(groups, memberId)
  return own === undefined ? noGroups : pathOf(groups, own)
}

/** The ids from the group up to its root. */
export function pathOf(groups: readonly MemberGroup[], { id, parentId }: MemberGroup): readonly string[] {
  const path = [id]
  for (let above = parentId; above !== null && path.length < maxGroupLevels; ) {
    path.push(above)
    above = groupOf(groups, above)?.parentId ?? null
  }
  return path
}

/** Whether the groups are trees of at most 5 levels: no group is above itself, and each parent exists. */
export function areTrees(groups: readonly MemberGroup[]): boolean {
  const parents = new Map(groups.flatMap(({ id, parentId, isDeleted }) => (isDeleted ? [] : [[id, parentId] as const])))
  return [...parents.keys()].every((id) => {
    let above: string | null | undefined = id
    for (let level = 0; level < maxGroupLevels; level += 1) {
      above = parents.get(above)
      if (above === null) return true
      if (above === undefined) return false
    }
    return false
  })
}
