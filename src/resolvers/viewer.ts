import { requireRole, type Viewer } from '../access/viewer.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import type { TeamView } from './request/results.ts'
import { readTeam } from './request/submit.ts'

export const viewer = (_: unknown, __: unknown, context: GatewayContext): Viewer => callerWithRole(context, 'VIEWER')

export async function viewerTeam(viewer: Viewer, _: unknown, { services }: GatewayContext): Promise<TeamView | null> {
  if (viewer.teamId === null) return null
  const team = await readTeam(services, viewer.teamId)
  return team === null ? null : { type: 'Team', ...team }
}

export async function team(
  _: unknown,
  { id }: { id?: Optional<string> },
  context: GatewayContext,
): Promise<TeamView | null> {
  const caller = requireRole(context.viewer, 'VIEWER')
  if (caller.teamId === null && id == null) return null
  const teamId = teamFor(caller, id, 'id')
  const found = teamId === null ? null : await readTeam(context.services, teamId)
  return found === null ? null : { type: 'Team', ...found }
}
