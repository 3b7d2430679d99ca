import type { Viewer } from '../access/viewer.ts'
import type { Services } from './request/context.ts'
import { served } from './request/submit.ts'

/**
 * The caller's own team begins on the catalog's default plan with the first request of any of its members, whatever it
 * asks. Null: there is nothing to wait for. The operator's backend says itself which team begins, and on which plan.
 */
export function ownTeamBegun(viewer: Viewer | null, services: Services): Promise<void> | null {
  if (viewer === null || viewer.teamId === null || viewer.role === 'PLATFORM') return null
  const { ensuredTeams, catalogs, members } = services
  const { teamId, memberId: id, name, role, credential } = viewer
  // Members are told which admin to ask, also of one who has only looked so far.
  if (role === 'ADMIN' && credential.kind === 'TOKEN') members.seen({ teamId, id, name, role })
  if (ensuredTeams.hasBegun(teamId) || catalogs.inForce().defaultPlan === null) return null
  return served(() => ensuredTeams.open(teamId))
}
