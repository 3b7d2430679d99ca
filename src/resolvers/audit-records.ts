import { operatorId, requireRole, type Scope } from '../access/viewer.ts'
import type { AuditFacts } from '../domain/audit.ts'
import type { TeamId } from '../domain/identity.ts'
import { isAtLeast } from '../domain/role.ts'
import { type AuditRecord, readAuditRecords } from '../ledger/history/audit-records.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { encodeId } from './request/ids.ts'
import { type Optional, teamFor } from './request/inputs.ts'
import { type Connection, listOf, type PageArguments, pageOf, readPage } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { AuditEntryView, TeamView } from './request/results.ts'

export async function teamAuditLog(
  { account: { teamId } }: TeamView,
  page: PageArguments,
  context: GatewayContext,
): Promise<Connection<AuditEntryView>> {
  requireRole(context.viewer, 'ADMIN')
  return readLog(context, teamId, page)
}

export async function auditLog(
  _: unknown,
  { teamId: given, ...page }: PageArguments & { teamId?: Optional<string> },
  context: GatewayContext,
): Promise<Connection<AuditEntryView>> {
  const viewer = callerWithRole(context, 'PLATFORM')
  return readLog(context, given == null ? null : teamFor(viewer, given), page)
}

/** `teamId` null: the records of all teams, and the operator's own. */
async function readLog(
  context: GatewayContext,
  teamId: TeamId | null,
  given: PageArguments,
): Promise<Connection<AuditEntryView>> {
  const page = readPage(listOf('audit', teamId ?? operatorId), given)
  const records = await readSnapshot(context, (client) => readAuditRecords(client, teamId, page.span, page.size + 1))
  return pageOf(page, records, numberOf, viewOf)
}

const numberOf = ({ number }: AuditRecord): number => number

const viewOf = (record: AuditRecord): AuditEntryView => ({ type: 'AuditEntry', record })

export const auditFacts = (facts: AuditFacts | null): string | null => (facts === null ? null : JSON.stringify(facts))

/** For an admin of its team. The operator's own acts are of the team '', which only PLATFORM reaches. */
export async function findAuditRecord(
  context: GatewayContext,
  teamId: TeamId,
  number: number,
  caller: Scope,
): Promise<AuditEntryView | null> {
  requireRole(caller, 'ADMIN')
  const only = { above: number - 1, below: number + 1, from: 'newest' } as const
  const [record] = await readSnapshot(context, (client) => readAuditRecords(client, teamId, only, 1))
  return record === undefined ? null : viewOf(record)
}

export const auditRecordTeam = ({ record: { teamId } }: AuditEntryView): TeamId | null =>
  teamId === operatorId ? null : teamId

/** Only its number is known in the ledger. */
export const auditRecordReference = ({ record: { mutation, reference, teamId } }: AuditEntryView): string | null =>
  mutation === 'purchaseCredits' && reference !== null ? encodeId('Purchase', reference, teamId) : reference

/** Teams are not told where the operator's backend runs. */
export const auditRecordAddress = (
  { record: { role, address } }: AuditEntryView,
  _: unknown,
  { viewer }: GatewayContext,
) => (role !== 'PLATFORM' || isAtLeast(requireRole(viewer, 'ADMIN').role, 'PLATFORM') ? address : null)
