import type { Scope, Viewer } from '../../access/viewer.ts'
import type { Act, AuditedMutation } from '../../domain/audit.ts'
import { RequirementNotMet } from '../../domain/errors.ts'
import type { TeamId } from '../../domain/identity.ts'
import type { Caller } from '../../domain/placer.ts'
import type { Role } from '../../domain/role.ts'
import { type GatewayContext, requireCaller } from './context.ts'

/** The blocker of every spending operation for callers who may only read. Source: facts V1. */
export const roleBlocker = {
  code: 'ROLE_REQUIRED',
  message: 'Spending needs the role MEMBER or higher: ask an admin of your team for it',
} as const

/** The refusal of a caller whose role may not spend; it follows from the role alone. Null: the caller may spend. */
export const spendingRefusal = ({ role }: Scope): RequirementNotMet | null =>
  role === 'VIEWER' ? new RequirementNotMet({ blockers: [roleBlocker] }) : null

/** The viewer as commands name it: always the caller itself, also when it acts for a member. */
export const callerOf = ({ memberId, role }: Viewer): Caller => ({ id: memberId, role })

/** The caller's part of a mutation's audit record. The member id of a key is its prefix. */
export const actOf = (
  { sender }: GatewayContext,
  viewer: Viewer,
  mutation: AuditedMutation,
  reference: string | null = null,
): Act => ({
  mutation,
  caller: { id: viewer.memberId, role: viewer.role },
  credential: credentialName(viewer),
  reference,
  ...sender,
})

function credentialName({ credential, memberId }: Viewer): string {
  if (credential.kind === 'PILL') return credential.prefix
  return credential.kind === 'KEY' ? memberId : 'TOKEN'
}

/** The caller, if the role suffices, remembered as one who acts for its own team. */
export function callerWithRole(context: GatewayContext, least: Role): Viewer {
  const viewer = requireCaller(context, least)
  remember(context, viewer, viewer.teamId)
  return viewer
}

/**
 * The caller, if it acts as the operator: PLATFORM. In a test space also an admin, for its own team: a partner's tests
 * give themselves credits and a plan, and move the clock.
 */
export const operating = (context: GatewayContext): Viewer =>
  callerWithRole(context, context.services.space === 'TEST' ? 'ADMIN' : 'PLATFORM')

/** The caller, where its role spends; else the refusal, which follows from the role alone. */
export function spender(context: GatewayContext): Viewer | RequirementNotMet {
  const viewer = requireCaller(context, 'VIEWER')
  return spendingRefusal(viewer) ?? viewer
}

/** Remembers the caller as one who acts for the team. */
export function remember({ services }: GatewayContext, viewer: Viewer, teamId: TeamId | null): void {
  // A pill token carries its maker's permission, not the member's own role.
  if (teamId === null || viewer.pill !== undefined) return
  const { memberId: id, name, credential, role } = viewer
  // Members can't ask a key for help, so it is noted as a key.
  services.members.seen({ teamId, id, name, role: credential.kind === 'KEY' ? 'KEY' : role })
}
