import type { Credential, Scope, Viewer } from '../access/viewer.ts'
import type { Act, AuditedMutation } from '../domain/audit.ts'
import { RequirementNotMet } from '../domain/errors.ts'
import type { MemberId, TeamId } from '../domain/identity.ts'
import type { Caller } from '../domain/placer.ts'
import type { Role } from '../domain/role.ts'
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
export function actOf(context: GatewayContext, mutation: AuditedMutation, reference: string | null = null): Act {
  const { memberId, role, credential } = requireCaller(context, 'VIEWER')
  const caller = { id: memberId, role }
  return { mutation, caller, credential: credentialName(credential, memberId), reference, ...context.sender }
}

function credentialName(credential: Credential, memberId: MemberId): string {
  if (credential.kind === 'PILL') return credential.prefix
  return credential.kind === 'KEY' ? memberId : 'TOKEN'
}

/** The caller, if the role suffices, noted as a member who acts for the team. */
export function acting(context: GatewayContext, least: Role, teamId?: TeamId): Viewer {
  const actor = requireCaller(context, least)
  const team = teamId ?? actor.teamId
  // A pill token carries its maker's permission, not the member's own role.
  if (team !== null && actor.pill === undefined) {
    const { memberId: id, name, credential } = actor
    // Members can't ask a key for help, so it is noted as a key.
    context.services.members.seen({ teamId: team, id, name, role: credential.kind === 'KEY' ? 'KEY' : actor.role })
  }
  return actor
}
