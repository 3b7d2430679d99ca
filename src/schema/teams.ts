import type { Edge } from '../resolvers/request/pages.ts'
import type { TeamView } from '../resolvers/request/results.ts'
import { type TeamOrderName, type TeamPage, teams, type UnreadableTeam } from '../resolvers/teams.ts'
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
    inactiveSince: t.field({
      type: 'DateTime',
      description:
        'Nothing was held or charged at this instant or later, and the team began before it. Deposits, expiries and corrections are no activity.',
    }),
  }),
})

const TeamOrderEnum = builder.enumType('TeamOrder', {
  description:
    'An order of `Query.teams`. Teams that are equal in it follow each other by their ids, in the same direction.',
  values: {
    NAME_ASC: { description: 'Names in small letters, by their code points.' },
    NAME_DESC: { description: 'The same, from its end.' },
    AVAILABLE_ASC: { description: 'The available credits as they are posted, the fewest first.' },
    AVAILABLE_DESC: { description: 'The same, the most first.' },
    LAST_ACTIVITY_ASC: {
      description: 'The last hold or charge, or else the beginning of the team: the longest ago first.',
    },
    LAST_ACTIVITY_DESC: { description: 'The same, the latest first.' },
  } satisfies Record<TeamOrderName, object>,
})

const UnreadableTeamType = builder.objectRef<UnreadableTeam>('UnreadableTeam').implement({
  description: 'A team whose rows contradict each other. Nothing of it is told, because it would be a guess.',
  fields: (t) => ({
    teamId: t.exposeID('teamId', { description: 'The id of the team.' }),
    message: t.exposeString('message', { description: 'A text for the operator: the fault, and the next step.' }),
  }),
})

const TeamEdge = builder.objectRef<Edge<TeamView>>('TeamEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor'),
    node: t.expose('node', { type: TeamType }),
  }),
})

const TeamConnection = builder.objectRef<TeamPage>('TeamConnection').implement({
  description: "A page of teams in their order, as Relay's specification defines it.",
  fields: (t) => ({
    edges: t.expose('edges', { type: [TeamEdge] }),
    nodes: t.expose('nodes', { type: [TeamType] }),
    unreadable: t.expose('unreadable', {
      type: [UnreadableTeamType],
      description:
        'The teams of this page that `nodes` lacks, because they can not be read. They may fulfil the filter or not, and count in `first`.',
    }),
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
      orderBy: t.arg({
        type: TeamOrderEnum,
        description:
          'Absent: the order of the ids. A cursor is a place in the order: a team that moves past it meanwhile may be listed twice or not at all, each other one is listed once.',
      }),
    },
    complexity: costOfTeams,
    resolve: teams,
  }),
)
