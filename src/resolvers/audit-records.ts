import { operatorId, requireRole } from '../access/viewer.ts'
import type { TeamId } from '../domain/identity.ts'
import { isAtLeast } from '../domain/role.ts'
import { type AuditRecord, readAuditRecords } from '../ledger/audit-records.ts'
import { acting } from './acting.ts'
import type { GatewayContext } from './context.ts'
import { encodeId } from './ids.ts'
import { type Optional, teamFor } from './inputs.ts'
import { type Connection, listOf, type PageArguments, pageOf, readPage } from './pages.ts'
import { readSnapshot } from './reading.ts'
import type { TeamView } from './results.ts'

export async function teamAuditLog(
  { account: { teamId } }: TeamView,
  page: PageArguments,
  context: GatewayContext,
): Promise<Connection<AuditRecord>> {
  requireRole(context.viewer, 'ADMIN')
  return readLog(context, teamId, page)
}

export async function auditLog(
  _: unknown,
  { teamId: given, ...page }: PageArguments & { teamId?: Optional<string> },
  context: GatewayContext,
): Promise<Connection<AuditRecord>> {
  const viewer = acting(context, 'PLATFORM')
  return readLog(context, given == null ? null : teamFor(viewer, given), page)
}

/** `teamId` null: of all teams, and the operator's own. */
async function readLog(
  context: GatewayContext,
  teamId: TeamId | null,
  given: PageArguments,
): Promise<Connection<AuditRecord>> {
  const page = readPage(listOf('audit', teamId ?? operatorId), given)
  const records = await readSnapshot(context, (client) => readAuditRecords(client, teamId, page.span, page.size + 1))
  return pageOf(page, records, numberOf, (record) => record)
}

const numberOf = ({ number }: AuditRecord): number => number

export const auditRecordId = ({ number, teamId }: AuditRecord): string => encodeId('AuditRecord', number, teamId)

export const auditRecordTeam = ({ teamId }: AuditRecord): TeamId | null => (teamId === operatorId ? null : teamId)

/** Only its number is known in the ledger. */
export const auditRecordReference = ({ mutation, reference, teamId }: AuditRecord): string | null =>
  mutation === 'purchaseCredits' && reference !== null ? encodeId('Purchase', reference, teamId) : reference

/** Teams are not told where the operator's backend runs. */
export const auditRecordAddress = ({ role, address }: AuditRecord, _: unknown, { viewer }: GatewayContext) =>
  role !== 'PLATFORM' || isAtLeast(requireRole(viewer, 'ADMIN').role, 'PLATFORM') ? address : null
