import type { Connection, Edge } from '../resolvers/request/pages.ts'
import type { TeamView } from '../resolvers/request/results.ts'
import { teams } from '../resolvers/teams.ts'
import { builder } from './builder.ts'
import { costOfTeams } from './costs.ts'
import { AutoRechargeStateEnum, BalanceStateEnum } from './enums.ts'
import { PageInfoType, TeamType } from './refs.ts'

const TeamFilterInput = builder.inputType('TeamFilter', {
  description: 'The conditions of `Query.teams`. A team is listed if it fulfils all that are given.',
  fields: (t) => ({
    search: t.string({ description: 'A part of the id or the name, in whichever case: 1 to 100 characters.' }),
    planId: t.id(),
    state: t.field({ type: BalanceStateEnum, description: 'The present state of the balance.' }),
    availableBelow: t.field({ type: 'Credits', description: 'Fewer credits than this are available now.' }),
    rechargeState: t.field({ type: AutoRechargeStateEnum, description: 'The present state of auto-recharge.' }),
  }),
})

const TeamEdge = builder.objectRef<Edge<TeamView>>('TeamEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: TeamType }),
  }),
})

const TeamConnection = builder.objectRef<Connection<TeamView>>('TeamConnection').implement({
  description: "A page of teams in the order of their ids, as Relay's specification defines it.",
  fields: (t) => ({
    edges: t.expose('edges', { type: [TeamEdge] }),
    nodes: t.expose('nodes', { type: [TeamType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

builder.queryField('teams', (t) =>
  t.field({
    type: TeamConnection,
    nullable: true,
    description: 'PLATFORM.',
    args: {
      first: t.arg.int({
        description: 'The number of teams from the start: 0 to 100. 20 where neither `first` nor `last` is given.',
      }),
      after: t.arg.string({ description: 'Only teams behind the one of this cursor.' }),
      last: t.arg.int({ description: 'The number of teams from the end, in place of `first`: 0 to 100.' }),
      before: t.arg.string({ description: 'Only teams before the one of this cursor.' }),
      filter: t.arg({
        type: TeamFilterInput,
        description:
          'A page searches 10,000 teams at most, so a page may be short: `hasNextPage` and `endCursor` say where the list continues.',
      }),
    },
    complexity: costOfTeams,
    resolve: teams,
  }),
)
