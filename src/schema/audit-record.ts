import * as records from '../resolvers/audit-records.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import type { AuditEntryView } from '../resolvers/request/results.ts'
import { builder } from './builder.ts'
import { costOfPage } from './costs.ts'
import { RoleEnum } from './enums.ts'
import { pageArguments } from './page-arguments.ts'
import { AuditEntryType, NodeType, PageInfoType } from './refs.ts'

AuditEntryType.implement({
  interfaces: [NodeType],
  description:
    'An administrative act: who did what. It is written together with the act, and never changed or deleted.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', resolve: ({ record }) => record.at }),
    teamId: t.id({
      nullable: true,
      description: "Null for the operator's own acts: on PLATFORM keys and tokens, and on catalogs.",
      resolve: records.auditRecordTeam,
    }),
    callerId: t.string({
      description: 'The member of the token, or the prefix of the API key.',
      resolve: ({ record }) => record.callerId,
    }),
    credential: t.string({
      description: '`TOKEN`, or the prefix of the API key or pill token.',
      resolve: ({ record }) => record.credential,
    }),
    role: t.field({
      type: RoleEnum,
      description: 'The role with which the caller acted.',
      resolve: ({ record }) => record.role,
    }),
    mutation: t.string({
      description: "The field's name: `grantCredits`.",
      resolve: ({ record }) => record.mutation,
    }),
    reference: t.string({
      nullable: true,
      description:
        'The object of the act: the source of a grant, the reference of a contract, the code of a plan, the id of a charge, hold or purchase, the subject of a limit, the prefix of a key or pill token, the member of revoked tokens.',
      resolve: records.auditRecordReference,
    }),
    address: t.string({
      nullable: true,
      description:
        "The client's network address: behind a proxy the last one in X-Forwarded-For that is none of TRUSTED_PROXIES. Null: it isn't known. The address of a PLATFORM act is shown only to PLATFORM callers.",
      resolve: records.auditRecordAddress,
    }),
    traceId: t.string({
      nullable: true,
      description: "The trace of the request's `traceparent` header; null where the header is absent or not valid.",
      resolve: ({ record }) => record.traceId,
    }),
    before: t.string({
      nullable: true,
      description: 'JSON.',
      resolve: ({ record }) => records.auditFacts(record.before),
    }),
    after: t.string({
      nullable: true,
      description: 'The values since the act, in the form of `before`.',
      resolve: ({ record }) => records.auditFacts(record.after),
    }),
  }),
})

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
    nullable: true,
    description: 'PLATFORM: the acts on all teams, platform keys and catalogs.',
    args: { teamId: t.arg.id(), ...pageArguments },
    complexity: costOfPage,
    resolve: records.auditLog,
  }),
)
