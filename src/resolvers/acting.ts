import type { Credential, Scope, Viewer } from '../access/viewer.ts'
import type { Act, AuditedMutation } from '../domain/audit.ts'
import { RequirementNotMet } from '../domain/errors.ts'
import type { MemberId, TeamId } from '../domain/identity.ts'
import type { Caller } from '../domain/placer.ts'
import type { Role } from '../domain/role.ts'
import { type GatewayContext, requireCaller } from './context.ts'

/** The blocker of everything that spends, for those who only read. Source: facts V1. */
export const roleBlocker = {
  code: 'ROLE_REQUIRED',
  message: 'Spending needs the role MEMBER or higher: ask an admin of your team for it',
} as const

/** The refusal of a caller whose role doesn't spend; it follows from the role alone. Null: it may. */
export const spendingRefusal = ({ role }: Scope): RequirementNotMet | null =>
  role === 'VIEWER' ? new RequirementNotMet({ blockers: [roleBlocker] }) : null

/** The viewer as commands name it: the one who calls, whoever it acts for. */
export const callerOf = ({ memberId, role }: Viewer): Caller => ({ id: memberId, role })

/** What the audit record of a mutation tells of its caller. A key's member is its prefix. */
export function actOf(context: GatewayContext, mutation: AuditedMutation, reference: string | null = null): Act {
  const { memberId, role, credential } = requireCaller(context, 'VIEWER')
  const caller = { id: memberId, role }
  return { mutation, caller, credential: credentialName(credential, memberId), reference, ...context.sender }
}

function credentialName(credential: Credential, memberId: MemberId): string {
  if (credential.kind === 'PILL') return credential.prefix
  return credential.kind === 'KEY' ? memberId : 'TOKEN'
}

/** The caller, if the role suffices, remembered as one who acts for the team. */
export function acting(context: GatewayContext, least: Role, teamId?: TeamId): Viewer {
  const actor = requireCaller(context, least)
  const team = teamId ?? actor.teamId
  // A pill token says what its maker lets a member do, and not who the member is.
  if (team !== null && actor.pill === undefined) {
    const { memberId: id, name, credential } = actor
    // A key is nobody whom members could ask.
    context.services.members.seen({ teamId: team, id, name, role: credential.kind === 'KEY' ? 'KEY' : actor.role })
  }
  return actor
}
