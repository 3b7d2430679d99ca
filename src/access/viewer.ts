import type { Instant, MemberId, TeamId } from '../domain/identity.ts'
import { isAtLeast, type Role } from '../domain/role.ts'
import { RequestFault } from './faults.ts'

/** All that an answer may depend on which many callers share. `teamId` is null only for PLATFORM callers. */
export type Scope = {
  readonly teamId: TeamId | null
  readonly role: Role
}

/** Who is asking. */
export type Viewer = Scope & {
  readonly memberId: MemberId
  readonly name: string | null
  readonly expiresAt: Instant
}

export const scopeOf = ({ teamId, role }: Viewer): Scope => ({ teamId, role })

/**
 * The caller, if the role suffices. To be asked before anything is read.
 *
 * @throws {RequestFault} UNAUTHENTICATED without a caller, FORBIDDEN for a lower role.
 */
export function requireRole<Caller extends Scope>(viewer: Caller | null, least: Role): Caller {
  if (viewer === null) {
    throw new RequestFault('UNAUTHENTICATED', "Nobody is signed in: send a token as 'Authorization: Bearer …'.")
  }
  if (!isAtLeast(viewer.role, least)) {
    throw new RequestFault('FORBIDDEN', `This needs the role ${least} or higher, and yours is ${viewer.role}.`)
  }
  return viewer
}
