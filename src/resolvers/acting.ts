import type { Scope, Viewer } from '../access/viewer.ts'
import type { Act, AuditedMutation } from '../domain/audit.ts'
import { RequirementNotMet } from '../domain/errors.ts'
import type { TeamId } from '../domain/identity.ts'
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
export function acting(context: GatewayContext, least: Role): Viewer {
  const viewer = requireCaller(context, least)
  remember(context, viewer, viewer.teamId)
  return viewer
}

/** The caller, where its role spends; else the refusal, which follows from the role alone. */
export function spender(context: GatewayContext): Viewer | RequirementNotMet {
  const viewer = requireCaller(context, 'VIEWER')
  return spendingRefusal(viewer) ?? viewer
}

/** Remembers the caller as one who acts for the team. */
export function remember({ services }: GatewayContext, viewer: Viewer, teamId: TeamId | null): void {
  // A pill token says what its maker lets a member do, and not who the member is.
  if (teamId === null || viewer.pill !== undefined) return
  const { memberId: id, name, credential, role } = viewer
  // A key is nobody whom members could ask.
  services.members.seen({ teamId, id, name, role: credential.kind === 'KEY' ? 'KEY' : role })
}
