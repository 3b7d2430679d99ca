import { factsText } from '../../../domain/audit.ts'
import type { Instant } from '../../../domain/identity.ts'
import type { AuditRecordEntity } from '../../../entities/audit-record.ts'
import type { AuditedAct } from '../../deciding/team-change.ts'
import { bigint, type Described, instant, integer, jsonText, table, text } from '../table.ts'

type Context = {
  /** The record's place among the acts of the team in this batch: it orders rows that the table numbers by itself. */
  readonly number: number
  readonly at: Instant
}

const description: Described<typeof AuditRecordEntity, AuditedAct, Context, 'teamId' | 'id'> = {
  at: instant((_, { at }) => at),
  revision: bigint(({ revision }) => revision),
  callerId: text(({ act }) => act.caller.id),
  callerRole: text(({ act }) => act.caller.role),
  credential: text(({ act }) => act.credential),
  mutation: text(({ act }) => act.mutation),
  key: text(({ key }) => key),
  reference: text(({ act }) => act.reference),
  address: text(({ act }) => act.address),
  traceId: text(({ act }) => act.traceId),
  before: jsonText(({ change }) => factsText(change.before)),
  after: jsonText(({ change }) => factsText(change.after)),
}

export const audit = table('audit_record', description, { order: integer((_, { number }) => number) })
