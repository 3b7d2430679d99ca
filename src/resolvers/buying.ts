import type { Viewer } from '../access/viewer.ts'
import { PurchaseNotAllowed } from '../domain/errors.ts'
import type { MemberId, TeamId } from '../domain/identity.ts'
import { isAtLeast } from '../domain/role.ts'
import { adminsInWords, adminsOf } from './admins.ts'
import type { GatewayContext } from './context.ts'
import { type NotAllowedView, notAllowedView } from './results.ts'

/**
 * The refusal of a caller whose role doesn't buy; null: it may. It follows from the role alone, so that nothing is kept
 * under the key, and what an admin began with it is not told to anyone else who repeats it. Source: SEEDS G4.
 */
export const buyingRefusal = ({ role }: Viewer, teamId: TeamId): NotAllowedView | null =>
  isAtLeast(role, 'ADMIN') ? null : notAllowedView(new PurchaseNotAllowed({ reason: 'ROLE' }), teamId)

/** Names whom to ask, where that is known. */
export async function notAllowedMessage(
  { message, refusal, teamId }: NotAllowedView,
  _: unknown,
  { services }: GatewayContext,
): Promise<string> {
  const admins = refusal.reason === 'ROLE' ? await adminsInWords(services, teamId) : null
  return admins === null ? message : `Only admins of the team buy credits. Ask ${admins}.`
}

/** Whom to ask; empty where no admin could help. */
export async function notAllowedAdmins(
  { refusal, teamId }: NotAllowedView,
  _: unknown,
  { services }: GatewayContext,
): Promise<{ teamId: TeamId; id: MemberId }[]> {
  if (refusal.reason !== 'ROLE') return []
  return (await adminsOf(services, teamId)).map(({ id }) => ({ teamId, id }))
}
