import type { MemberId, TeamId } from '../domain/identity.ts'
import { served } from './asking.ts'
import type { GatewayContext } from './context.ts'

export const memberName = (
  { teamId, id }: { teamId: TeamId; id: MemberId },
  _: unknown,
  { services }: GatewayContext,
): Promise<string | null> => served(() => services.members.nameOf(teamId, id))
