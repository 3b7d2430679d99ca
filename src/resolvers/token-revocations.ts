import { maxMembersRevoked } from '../access/revocation-rows.ts'
import { operatorId } from '../access/viewer.ts'
import { InvalidInput, type NotFound } from '../domain/errors.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { managing } from './api-keys.ts'
import { actOf } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedMember, type Optional, teamFor } from './request/inputs.ts'
import { noSuchTeam, served } from './request/submit.ts'

export type RevokeTokensInput = { teamId?: Optional<string>; memberId?: Optional<string> }
export type RevokedTokensView = { readonly type: 'RevokedTokens'; readonly issuedBefore: Instant }

/** Takes effect at once, and is answered when a token that is made upon the answer is taken: within a second. */
export async function revokeTokens(
  _: unknown,
  { input }: { input: RevokeTokensInput },
  context: GatewayContext,
): Promise<RevokedTokensView | InvalidInput | NotFound> {
  const viewer = managing(context)
  const ofOperator = viewer.role === 'PLATFORM' && input.teamId == null
  const owner: TeamId | null = ofOperator ? operatorId : teamFor(viewer, input.teamId)
  if (ofOperator && input.memberId == null)
    throw badInput('memberId', 'give the member whose PLATFORM tokens are revoked, or a teamId for those of a team')
  if (owner === null) return noSuchTeam()
  const member = input.memberId == null ? null : checkedMember('memberId', owner, input.memberId)
  const act = actOf(context, viewer, 'revokeTokens')
  const issuedBefore = await served(() => context.services.access.revokeTokens(owner, member, act))
  if (issuedBefore === null) {
    const reason = `the tokens of ${maxMembersRevoked} members were revoked one by one: leave it out once, for all of the team`
    return new InvalidInput({ path: ['memberId'], reason })
  }
  return { type: 'RevokedTokens', issuedBefore }
}
