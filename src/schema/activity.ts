import { activityLines, activityMember, activityReference } from '../resolvers/activities.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import type { ActivityView } from '../resolvers/request/results.ts'
import { activitySubject } from '../resolvers/subjects.ts'
import { builder } from './builder.ts'
import { rowCost } from './costs.ts'
import { ActivityTypeEnum, GrantKindEnum } from './enums.ts'
import { ActivityType, MemberType, NodeType, PageInfoType, PriceLineType } from './refs.ts'

ActivityType.implement({
  interfaces: [NodeType],
  fields: (t) => ({
    type: t.field({ type: ActivityTypeEnum, resolve: ({ activity }) => activity.type }),
    at: t.field({ type: 'DateTime', resolve: ({ activity }) => activity.at }),
    amount: t.field({
      type: 'Credits',
      description: 'Signed change of `available + held`; 0 for HOLD and RELEASE.',
      resolve: ({ activity }) => activity.amount,
    }),
    balanceAfter: t.field({
      type: 'Credits',
      description: '`available` right after.',
      resolve: ({ activity }) => activity.balanceAfter,
    }),
    revision: t.field({ type: 'Revision', resolve: ({ activity }) => activity.revision }),
    member: t.field({ type: MemberType, nullable: true, resolve: activityMember }),
    lines: t.field({
      type: [PriceLineType],
      description: 'What was used, for a charge: one line a rate.',
      resolve: activityLines,
    }),
    reference: t.string({
      nullable: true,
      description: "The caller's own reference (job, message, conversation), or the payment's (`pi_…`).",
      resolve: activityReference,
    }),
    subject: t.field({
      type: NodeType,
      nullable: true,
      description: 'The charge, hold, refund, purchase or grant that it is about; null where there is none.',
      complexity: rowCost,
      resolve: activitySubject,
    }),
    reason: t.string({
      nullable: true,
      description: "The reason of a refund or a release: the caller's own text, or that nobody confirmed in time.",
      resolve: ({ activity }) => activity.reason,
    }),
    grantKind: t.field({
      type: GrantKindEnum,
      nullable: true,
      description:
        'The kind of a GRANT, such as an allowance, a purchase or an automatic top-up. Null for all other types.',
      resolve: ({ activity }) => activity.grantKind,
    }),
  }),
})

const ActivityEdge = builder.objectRef<Edge<ActivityView>>('ActivityEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: ActivityType }),
  }),
})

export const ActivityConnection = builder.objectRef<Connection<ActivityView>>('ActivityConnection').implement({
  fields: (t) => ({
    edges: t.expose('edges', { type: [ActivityEdge] }),
    nodes: t.expose('nodes', { type: [ActivityType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

export const ActivityFilterInput = builder.inputType('ActivityFilter', {
  fields: (t) => ({
    from: t.field({ type: 'DateTime' }),
    to: t.field({ type: 'DateTime' }),
    types: t.field({ type: [ActivityTypeEnum] }),
    memberId: t.id(),
    rate: t.id(),
    reference: t.string(),
  }),
})
