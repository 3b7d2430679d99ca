import { defineEntity, p } from '@mikro-orm/core'
import type { AuditFacts } from '../domain/audit.ts'

/** An administrative act, with the team '' one of the operator about no team. Never updated, never deleted: the database refuses both. */
export const AuditRecordEntity = defineEntity({
  name: 'AuditRecord',
  tableName: 'audit_record',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    teamId: p.text(),
    at: p.datetime(3).defaultRaw('ledger_now()'),
    callerId: p.text(),
    callerRole: p.text(),
    credential: p.text(),
    mutation: p.text(),
    key: p.text().nullable(),
    revision: p.bigint('number').nullable(),
    reference: p.text().nullable(),
    address: p.text().nullable(),
    traceId: p.text().nullable(),
    before: p.json<AuditFacts>().nullable(),
    after: p.json<AuditFacts>().nullable(),
  },
  indexes: [
    {
      name: 'audit_record_of_team',
      expression: 'create index audit_record_of_team on audit_record (team_id, id desc)',
    },
  ],
})
