import type { MemberId, TeamId } from '../domain/identity.ts'
import type { GatewayContext } from './request/context.ts'
import type { MemberView } from './request/results.ts'
import { served } from './request/submit.ts'

export function memberView(teamId: TeamId, id: MemberId): MemberView
export function memberView(teamId: TeamId, id: MemberId | null): MemberView | null
export function memberView(teamId: TeamId, id: MemberId | null): MemberView | null {
  return id === null ? null : { type: 'Member', teamId, id }
}

export const memberName = (
  { teamId, id }: MemberView,
  _: unknown,
  { services }: GatewayContext,
): Promise<string | null> => served(() => services.members.nameOf(teamId, id))
