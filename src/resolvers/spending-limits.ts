import { requireRole } from '../access/viewer.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { memberId, type TeamId } from '../domain/identity.ts'
import { groupOf } from '../domain/member-group.ts'
import { isAtLeast } from '../domain/role.ts'
import { type LimitPeriod, type LimitSubject, limitAt, type SpendingLimit } from '../domain/spending-limit.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { type MemberGroupView, seenGroups } from './member-groups.ts'
import { memberView } from './members.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { badInput, checkedMember, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { submit, unknownTeam } from './request/submit.ts'

export type SpendingLimitInput = {
  memberId?: Optional<string>
  callerId?: Optional<string>
  groupId?: Optional<string>
  per: LimitPeriod
  credits?: Optional<Credits>
  teamId?: Optional<string>
}

export async function setSpendingLimit(
  _: unknown,
  { input }: { input: SpendingLimitInput },
  context: GatewayContext,
): Promise<ResultOf<'SetSpendingLimitResult'>> {
  const viewer = callerWithRole(context, 'ADMIN')
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) throw unknownTeam()
  const subject = subjectOf(input, teamId)
  const credits = input.credits ?? null
  const command = { kind: 'set-spending-limit', ...subject, per: input.per, credits } as const
  const act = actOf(context, viewer, 'setSpendingLimit', subject.id)
  return submit(context.services, keyless(teamId, command, act), 'SetSpendingLimitResult')
}

function subjectOf({ memberId, callerId, groupId }: SpendingLimitInput, teamId: TeamId): LimitSubject {
  if ([memberId, callerId, groupId].filter((id) => id != null).length !== 1) {
    throw badInput('memberId', 'give one of memberId, callerId and groupId')
  }
  if (groupId != null) return { subject: 'GROUP', id: checkedName('groupId', groupId) }
  if (memberId != null) return { subject: 'MEMBER', id: checkedMember('memberId', teamId, memberId) }
  return { subject: 'CALLER', id: checkedName('callerId', callerId ?? '') }
}

/** `used`: the credits used at the moment of the team's view. */
export type SpendingLimitView = SpendingLimit & {
  readonly credits: Credits
  readonly teamId: TeamId
  readonly group: MemberGroupView | null
}

/**
 * The spending limits at the moment of the team's view. A limit whose window has passed has nothing used. Members see
 * their own limits and those of the groups that they are in, admins see all.
 */
export function teamSpendingLimits(
  { account, at }: TeamView,
  _: unknown,
  context: GatewayContext,
): SpendingLimitView[] {
  const all = isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')
  const own = all ? null : requireCaller(context, 'VIEWER').memberId
  const { teamId, groups } = account
  const seesGroup = seenGroups(groups, context)
  const { timeZone } = context.services.catalogs.wholeAt(at)
  return account.limits.flatMap((limit) => {
    const { credits } = limit
    const isSeen = limit.subject === 'GROUP' ? seesGroup(limit.id) : all || limit.id === own
    if (credits === null || !isSeen) return []
    const group = limit.subject === 'GROUP' ? groupOf(groups, limit.id) : undefined
    return [
      { ...limitAt(limit, timeZone, at), credits, teamId, group: group === undefined ? null : { ...group, teamId } },
    ]
  })
}

export const limitMember = ({ subject, id, teamId }: SpendingLimitView) =>
  subject === 'MEMBER' ? memberView(teamId, memberId(id)) : null

export const limitCaller = ({ subject, id }: SpendingLimitView): string | null => (subject === 'CALLER' ? id : null)

export const limitRemaining = ({ credits, used }: SpendingLimitView): Credits => (used < credits ? credits - used : 0n)
