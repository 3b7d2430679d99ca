import { teamBeside } from '../resolvers/balances.ts'
import { type GrantUseView, grantUses } from '../resolvers/grant-uses.ts'
import { grantCredits } from '../resolvers/grants.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import { builder } from './builder.ts'
import { commandCost, costOfPage } from './costs.ts'
import { GrantKindEnum } from './enums.ts'
import { pageArguments } from './page-arguments.ts'
import {
  ChargeType,
  CreditGrantType,
  GrantScopeType,
  GrantUseType,
  MoneyType,
  NodeType,
  PageInfoType,
  TeamType,
} from './refs.ts'
import { resultUnion } from './result-union.ts'

GrantUseType.implement({
  fields: (t) => ({
    amount: t.expose('amount', { type: 'Credits' }),
    charge: t.expose('charge', { type: ChargeType }),
  }),
})

const GrantUseEdge = builder.objectRef<Edge<GrantUseView>>('GrantUseEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: GrantUseType }),
  }),
})

const GrantUseConnection = builder.objectRef<Connection<GrantUseView>>('GrantUseConnection').implement({
  fields: (t) => ({
    edges: t.expose('edges', { type: [GrantUseEdge] }),
    nodes: t.expose('nodes', { type: [GrantUseType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

CreditGrantType.implement({
  interfaces: [NodeType],
  fields: (t) => ({
    team: t.field({ type: TeamType, resolve: teamBeside }),
    kind: t.field({ type: GrantKindEnum, resolve: ({ grant }) => grant.kind }),
    granted: t.field({ type: 'Credits', resolve: ({ grant }) => grant.granted }),
    available: t.field({ type: 'Credits', resolve: ({ grant }) => grant.available }),
    held: t.field({ type: 'Credits', resolve: ({ grant }) => grant.held }),
    spent: t.field({ type: 'Credits', resolve: ({ grant }) => grant.spent }),
    locked: t.field({ type: 'Credits', resolve: ({ grant }) => grant.locked }),
    unlocksAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ grant: { locked, lock } }) => (locked === 0n ? null : (lock?.until ?? null)),
    }),
    frozen: t.boolean({ resolve: ({ grant }) => grant.frozen }),
    costBasis: t.field({ type: MoneyType, nullable: true, resolve: ({ grant }) => grant.costBasis }),
    startsAt: t.field({ type: 'DateTime', resolve: ({ grant }) => grant.startsAt }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'First instant at which the grant can no longer be spent; null: never.',
      resolve: ({ grant }) => grant.expiresAt,
    }),
    source: t.string({
      description: 'What it came from: `stripe:pi_…`, `plan:pro:2026-11-16`, `sales:ACME-42`.',
      resolve: ({ grant }) => grant.source,
    }),
    scope: t.field({ type: GrantScopeType, nullable: true, resolve: ({ grant }) => grant.scope }),
    uses: t.field({
      type: GrantUseConnection,
      nullable: true,
      description: 'The charges that the grant paid, in whole or in part, the newest first.',
      args: pageArguments,
      complexity: costOfPage,
      resolve: grantUses,
    }),
  }),
})

const GrantCreditsResult = resultUnion('GrantCreditsResult')

GrantScopeType.implement({
  fields: (t) => ({
    categories: t.exposeIDList('categories'),
    rates: t.exposeIDList('rates'),
  }),
})

const GrantScopeInput = builder.inputType('GrantScopeInput', {
  description: 'What a grant may pay for; absent: everything.',
  fields: (t) => ({
    categories: t.idList(),
    rates: t.idList(),
  }),
})

const GrantCreditsInput = builder.inputType('GrantCreditsInput', {
  fields: (t) => ({
    teamId: t.id({ required: true }),
    amount: t.field({ type: 'Credits', required: true }),
    kind: t.field({ type: GrantKindEnum, required: true }),
    expiresAt: t.field({ type: 'DateTime' }),
    source: t.string({ required: true }),
    scope: t.field({ type: GrantScopeInput }),
    idempotencyKey: t.string({ required: true }),
  }),
})

builder.mutationField('grantCredits', (t) =>
  t.field({
    type: GrantCreditsResult,
    description: 'PLATFORM: contracts, promotions, support.',
    args: { input: t.arg({ type: GrantCreditsInput, required: true }) },
    complexity: commandCost,
    resolve: grantCredits,
  }),
)
