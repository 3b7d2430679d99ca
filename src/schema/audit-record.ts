import * as records from '../resolvers/audit-records.ts'
import type { Connection, Edge } from '../resolvers/pages.ts'
import type { AuditEntryView } from '../resolvers/results.ts'
import { builder } from './builder.ts'
import { costOfPage } from './costs.ts'
import { RoleEnum } from './enums.ts'
import { AuditEntryType, NodeType, PageInfoType } from './refs.ts'

AuditEntryType.implement({
  interfaces: [NodeType],
  fields: (t) => ({
    at: t.field({ type: 'DateTime', resolve: ({ record }) => record.at }),
    teamId: t.id({
      nullable: true,
      description: "Null for the operator's own acts: on PLATFORM keys and tokens, and on catalogs.",
      resolve: records.auditRecordTeam,
    }),
    callerId: t.string({ resolve: ({ record }) => record.callerId }),
    credential: t.string({ resolve: ({ record }) => record.credential }),
    role: t.field({ type: RoleEnum, resolve: ({ record }) => record.role }),
    mutation: t.string({
      description: "The field's name: `grantCredits`.",
      resolve: ({ record }) => record.mutation,
    }),
    reference: t.string({ nullable: true, resolve: records.auditRecordReference }),
    address: t.string({ nullable: true, resolve: records.auditRecordAddress }),
    traceId: t.string({ nullable: true, resolve: ({ record }) => record.traceId }),
    before: t.string({ nullable: true, description: 'JSON.', resolve: ({ record }) => asText(record.before) }),
    after: t.string({ nullable: true, resolve: ({ record }) => asText(record.after) }),
  }),
})

const asText = (facts: object | null): string | null => facts && JSON.stringify(facts)

const AuditEdge = builder.objectRef<Edge<AuditEntryView>>('AuditEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: AuditEntryType }),
  }),
})

export const AuditConnection = builder.objectRef<Connection<AuditEntryView>>('AuditConnection').implement({
  fields: (t) => ({
    edges: t.expose('edges', { type: [AuditEdge] }),
    nodes: t.expose('nodes', { type: [AuditEntryType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

builder.queryField('auditLog', (t) =>
  t.field({
    type: AuditConnection,
    description: 'PLATFORM: the acts on all teams, platform keys and catalogs.',
    args: { teamId: t.arg.id(), first: t.arg.int(), after: t.arg.string() },
    complexity: costOfPage,
    resolve: records.auditLog,
  }),
)
