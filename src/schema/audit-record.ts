import * as records from '../resolvers/audit-records.ts'
import type { Connection, Edge } from '../resolvers/pages.ts'
import type { AuditRecordView } from '../resolvers/results.ts'
import { builder } from './builder.ts'
import { costOfPage } from './costs.ts'
import { RoleEnum } from './enums.ts'
import { pageArguments } from './page-arguments.ts'
import { AuditRecordType, NodeType, PageInfoType } from './refs.ts'

AuditRecordType.implement({
  interfaces: [NodeType],
  description:
    'An administrative act: who did what. It is written together with the act, and never changed or deleted.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    teamId: t.id({
      nullable: true,
      description: "Null for the operator's own acts: on PLATFORM keys and tokens, and on catalogs.",
      resolve: records.auditRecordTeam,
    }),
    callerId: t.exposeID('callerId', { description: 'The member of the token, or the prefix of the API key.' }),
    credential: t.exposeString('credential', { description: '`TOKEN`, or the prefix of the API key.' }),
    role: t.expose('role', { type: RoleEnum, description: 'With which the caller acted.' }),
    mutation: t.exposeString('mutation', { description: 'The name of the field: `grantCredits`.' }),
    reference: t.string({
      nullable: true,
      description:
        'What the act is about: the source of a grant, the reference of a contract, the id of a plan, charge, hold or purchase, the subject of a limit, the prefix of a key, the member of revoked tokens.',
      resolve: records.auditRecordReference,
    }),
    address: t.string({
      nullable: true,
      description:
        "The network address of the connection: behind a proxy the proxy's. Of PLATFORM acts it is for PLATFORM callers.",
      resolve: records.auditRecordAddress,
    }),
    traceId: t.exposeString('traceId', {
      nullable: true,
      description: "Of the request's `traceparent` header; null where it has none that is valid.",
    }),
    before: t.string({
      nullable: true,
      description: 'A JSON object of what there was; null: nothing.',
      resolve: ({ before }) => records.auditFacts(before),
    }),
    after: t.string({
      nullable: true,
      description: 'A JSON object of what there is since.',
      resolve: ({ after }) => records.auditFacts(after),
    }),
  }),
})

const AuditRecordEdge = builder.objectRef<Edge<AuditRecordView>>('AuditEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: AuditRecordType }),
  }),
})

export const AuditRecordConnection = builder.objectRef<Connection<AuditRecordView>>('AuditConnection').implement({
  fields: (t) => ({
    edges: t.expose('edges', { type: [AuditRecordEdge] }),
    nodes: t.expose('nodes', { type: [AuditRecordType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

builder.queryField('auditLog', (t) =>
  t.field({
    type: AuditRecordConnection,
    nullable: true,
    description:
      "PLATFORM: the acts on all teams and the operator's own, the newest first; with `teamId` those on that team.",
    args: { teamId: t.arg.id(), ...pageArguments },
    complexity: costOfPage,
    resolve: records.auditLog,
  }),
)
