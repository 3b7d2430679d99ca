import { defineEntity } from '@mikro-orm/core'
import type { AuditFacts } from '../domain/audit.ts'

/** An administrative act, with the team '' one of the operator about no team. Never updated, never deleted: the database refuses both. */
export const AuditRecordEntity = defineEntity({
  name: 'AuditRecord',
  tableName: 'audit_record',
  properties: (p) => ({
    id: p.bigint('number').primary(),
    teamId: p.string(),
    at: p.datetime(3),
    callerId: p.string(),
    callerRole: p.string(),
    credential: p.string(),
    mutation: p.string(),
    key: p.string().nullable(),
    revision: p.bigint('number').nullable(),
    reference: p.string().nullable(),
    address: p.string().nullable(),
    traceId: p.string().nullable(),
    before: p.json<AuditFacts>().nullable(),
    after: p.json<AuditFacts>().nullable(),
  }),
})
