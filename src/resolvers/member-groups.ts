import { requireRole } from '../access/viewer.ts'
import type { TeamId } from '../domain/identity.ts'
import { groupsOfMember, type MemberGroup, maxGroupIdBytes } from '../domain/member-group.ts'
import { isAtLeast } from '../domain/role.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { memberView } from './members.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { decodePlace, encodePlace, filterMark } from './request/cursors.ts'
import { badInput, checkedMember, checkedName, type Optional, teamFor } from './request/inputs.ts'
import { badCursor, type Connection, infoOfPage, type PageArguments, sizeOf } from './request/pages.ts'
import type { MemberView, ResultOf, TeamView } from './request/results.ts'
import { submit, unknownTeam } from './request/submit.ts'

type OfTeam = { teamId?: Optional<string> }
export type MemberGroupInput = OfTeam & { groupId: string; name: string; parentId?: Optional<string> }
export type DeleteMemberGroupInput = OfTeam & { groupId: string }
export type MoveMemberInput = OfTeam & { memberId: string; groupId?: Optional<string> }

export async function setMemberGroup(
  _: unknown,
  { input }: { input: MemberGroupInput },
  context: GatewayContext,
): Promise<ResultOf<'SetMemberGroupResult'>> {
  const { viewer, teamId } = adminFor(context, input)
  const groupId = checkedGroupId('groupId', input.groupId)
  const name = checkedName('name', input.name)
  const parentId = checkedGroup('parentId', input.parentId)
  const command = { kind: 'set-member-group', groupId, name, parentId } as const
  const act = actOf(context, viewer, 'setMemberGroup', groupId)
  return submit(context.services, keyless(teamId, command, act), 'SetMemberGroupResult')
}

export async function deleteMemberGroup(
  _: unknown,
  { input }: { input: DeleteMemberGroupInput },
  context: GatewayContext,
): Promise<ResultOf<'DeleteMemberGroupResult'>> {
  const { viewer, teamId } = adminFor(context, input)
  const groupId = checkedName('groupId', input.groupId)
  const act = actOf(context, viewer, 'deleteMemberGroup', groupId)
  const command = { kind: 'delete-member-group', groupId } as const
  return submit(context.services, keyless(teamId, command, act), 'DeleteMemberGroupResult')
}

export async function moveMember(
  _: unknown,
  { input }: { input: MoveMemberInput },
  context: GatewayContext,
): Promise<ResultOf<'MoveMemberResult'>> {
  const { viewer, teamId } = adminFor(context, input)
  const memberId = checkedMember('memberId', teamId, input.memberId)
  const groupId = checkedGroup('groupId', input.groupId)
  const act = actOf(context, viewer, 'moveMember', memberId)
  return submit(context.services, keyless(teamId, { kind: 'move-member', memberId, groupId }, act), 'MoveMemberResult')
}

function adminFor(context: GatewayContext, input: OfTeam) {
  const viewer = callerWithRole(context, 'ADMIN')
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) throw unknownTeam()
  return { viewer, teamId }
}

const checkedGroup = (at: string, given: Optional<string>): string | null =>
  given == null ? null : checkedName(at, given)

function checkedGroupId(at: string, given: string): string {
  if (Buffer.byteLength(given) > maxGroupIdBytes) throw badInput(at, `not usable: ${groupIdRule}`)
  return checkedName(at, given)
}

const groupIdRule = `give at most ${maxGroupIdBytes} bytes of UTF-8, without control characters`

export type MemberGroupView = MemberGroup & { readonly teamId: TeamId }

/** The groups at the moment of the team's view. Members see those that they are in, admins see all. */
export function teamMemberGroups({ account }: TeamView, _: unknown, context: GatewayContext): MemberGroupView[] {
  const { teamId, groups } = account
  const seen = seenGroups(groups, context)
  return groups.flatMap((group) => (group.isDeleted || !seen(group.id) ? [] : [{ ...group, teamId }]))
}

/** Whether the caller sees the group: an admin sees all, a member its own group and those above it. */
export function seenGroups(groups: readonly MemberGroup[], context: GatewayContext): (groupId: string) => boolean {
  if (isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')) return () => true
  const own = groupsOfMember(groups, requireCaller(context, 'VIEWER').memberId)
  return (groupId) => own.includes(groupId)
}

/** A page in the order of the members' ids, whose cursors are of the whole team. Null below ADMIN: a member does not learn who else is in its group. */
export function groupMembers(
  { teamId, memberIds }: MemberGroupView,
  given: PageArguments,
  context: GatewayContext,
): Connection<MemberView> | null {
  if (!isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')) return null
  const list = { kind: 'members', filter: filterMark({ teamId }) } as const
  const size = sizeOf(given)
  const place = (argument: 'after' | 'before') => {
    const cursor = given[argument]
    return cursor == null ? null : (decodePlace(list, cursor) ?? badCursor(argument))
  }
  const [after, before] = [place('after'), place('before')]
  const between = memberIds.filter((one) => (after === null || one > after) && (before === null || one < before)).sort()
  const shown = given.last == null ? between.slice(0, size) : between.slice(Math.max(0, between.length - size))
  const edges = shown.map((one) => ({ cursor: encodePlace(list, one), node: memberView(teamId, one) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: infoOfPage(given, between.length > size, {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    }),
  }
}
