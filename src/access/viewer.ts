import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import { isAtLeast, type Role } from '../domain/role.ts'
import { RequestFault } from './faults.ts'

/** Who is asking. `teamId` is null only for PLATFORM callers. */
export type Viewer = {
  readonly memberId: MemberId
  readonly name: string | null
  readonly teamId: TeamId | null
  readonly role: Role
  readonly expiresAt: Instant
}

/**
 * The caller, if the role suffices. To be asked before anything is read.
 *
 * @throws {RequestFault} UNAUTHENTICATED without a caller, FORBIDDEN for a lower role.
 */
export function requireRole(viewer: Viewer | null, least: Role): Viewer {
  if (viewer === null) {
    throw new RequestFault('UNAUTHENTICATED', "Nobody is signed in: send a token as 'Authorization: Bearer …'.")
  }
  if (!isAtLeast(viewer.role, least)) {
    throw new RequestFault('FORBIDDEN', `This needs the role ${least} or higher, and yours is ${viewer.role}.`)
  }
  return viewer
}
