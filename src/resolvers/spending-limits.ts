import { requireRole } from '../access/viewer.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { memberId, type TeamId } from '../domain/identity.ts'
import { isAtLeast } from '../domain/role.ts'
import { type LimitPeriod, type LimitSubject, limitAt, type SpendingLimit } from '../domain/spending-limit.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import { memberView } from './members.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import { type GatewayContext, requireCaller } from './request/context.ts'
import { badInput, checkedMember, checkedName, type Optional, teamFor } from './request/inputs.ts'
import type { ResultOf, TeamView } from './request/results.ts'
import { submit, unknownTeam } from './request/submit.ts'

export type SpendingLimitInput = {
  memberId?: Optional<string>
  callerId?: Optional<string>
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

function subjectOf({ memberId, callerId }: SpendingLimitInput, teamId: TeamId): LimitSubject {
  if ((memberId == null) === (callerId == null)) {
    throw badInput('memberId', 'give memberId or callerId: one of them, and not both')
  }
  if (memberId != null) return { subject: 'MEMBER', id: checkedMember('memberId', teamId, memberId) }
  return { subject: 'CALLER', id: checkedName('callerId', callerId ?? '') }
}

/** `used`: the credits used at the moment of the team's view. */
export type SpendingLimitView = SpendingLimit & { readonly credits: Credits; readonly teamId: TeamId }

/**
 * The spending limits at the moment of the team's view. A limit whose window has passed has nothing used. Members see
 * their own limits, admins see all.
 */
export function teamSpendingLimits(
  { account, at }: TeamView,
  _: unknown,
  context: GatewayContext,
): SpendingLimitView[] {
  const all = isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')
  const own = all ? null : requireCaller(context, 'VIEWER').memberId
  const { timeZone } = context.services.catalogs.wholeAt(at)
  return account.limits.flatMap((limit) => {
    const { credits } = limit
    if (credits === null || !(all || limit.id === own)) return []
    return [{ ...limitAt(limit, timeZone, at), credits, teamId: account.teamId }]
  })
}

export const limitMember = ({ subject, id, teamId }: SpendingLimitView) =>
  subject === 'MEMBER' ? memberView(teamId, memberId(id)) : null

export const limitCaller = ({ subject, id }: SpendingLimitView): string | null => (subject === 'CALLER' ? id : null)

export const limitRemaining = ({ credits, used }: SpendingLimitView): Credits => (used < credits ? credits - used : 0n)
