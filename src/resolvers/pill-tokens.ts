import { Forbidden } from '../access/faults.ts'
import type { NewPillToken } from '../access/open-access.ts'
import { isPrefix } from '../access/secret.ts'
import { ownerOf, type PillMaker, requireRole, type Viewer } from '../access/viewer.ts'
import type { MemberId, TeamId } from '../domain/identity.ts'
import { actOf, callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedId, checkedMember, type Optional, teamFor } from './request/inputs.ts'
import { knownTeam, served } from './request/submit.ts'

export type CreatePillTokenInput = {
  teamId?: Optional<string>
  memberId?: Optional<string>
  expiresInSeconds?: Optional<number>
  origin?: Optional<string>
  mayBuy?: Optional<boolean>
}

export const maxPillTokenSeconds = 3_600
export const usualPillTokenSeconds = 900
const maxOriginCharacters = 300

/**
 * Creates a pill token for an API key of the team, an admin's token, or the operator. A caller that may not buy can't
 * make a token that may.
 */
export async function createPillToken(
  _: unknown,
  { teamId: given, memberId, expiresInSeconds, origin, mayBuy }: CreatePillTokenInput,
  context: GatewayContext,
): Promise<NewPillToken> {
  const viewer = making(context)
  if (mayBuy === true) requireRole(viewer, 'ADMIN')
  const seconds = checkedSeconds(expiresInSeconds ?? usualPillTokenSeconds)
  const boundTo = checkedOrigin(origin)
  const { teamId } = (await knownTeam(context.services, teamFor(viewer, given))).account
  const terms = {
    teamId,
    memberId: memberOf(viewer, teamId, memberId),
    seconds,
    origin: boundTo,
    ...({ use: mayBuy === true ? 'BUY' : 'WATCH', maker: makerOf(viewer), endsBy: viewer.expiresAt } as const),
  }
  return served(() => context.services.access.createPillToken(terms, actOf(context, viewer, 'createPillToken')))
}

function making(context: GatewayContext): Viewer {
  const viewer = callerWithRole(context, 'VIEWER')
  return viewer.credential.kind === 'KEY' ? viewer : requireRole(viewer, 'ADMIN')
}

function makerOf(viewer: Viewer): PillMaker {
  const { credential, memberId } = viewer
  const owner = ownerOf(viewer)
  if (credential.kind === 'PILL') throw new Forbidden('a pill token makes no tokens')
  return credential.kind === 'KEY' ? { kind: 'KEY', owner, id: credential.id } : { kind: 'TOKEN', owner, memberId }
}

function memberOf(viewer: Viewer, teamId: TeamId, given: Optional<string>): MemberId {
  if (given == null) return viewer.memberId
  const member = checkedMember('memberId', teamId, given)
  checkedId('memberId', member)
  if (isPrefix(member)) throw badInput('memberId', 'it is the prefix of a key: give a member of the team')
  return member
}

function checkedSeconds(seconds: number): number {
  if (seconds >= 1 && seconds <= maxPillTokenSeconds) return seconds
  throw badInput('expiresInSeconds', `not a usable time: give 1 to ${maxPillTokenSeconds}`)
}

/** The origin, if it is written as browsers send it: scheme, host, and a port unless it is the scheme's default. */
function checkedOrigin(origin: Optional<string>): string | null {
  if (origin == null) return null
  const url = origin.length <= maxOriginCharacters ? URL.parse(origin) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.origin === origin) return origin
  throw badInput('origin', 'not an origin: give one as a browser sends it, like https://app.example')
}
