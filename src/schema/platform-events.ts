import {
  type PlatformEventView,
  platformEvents,
  platformEventTeam,
  watchPlatformEvents,
} from '../resolvers/platform-events.ts'
import { encodePlatformPlace } from '../resolvers/request/ids.ts'
import type { Connection, Edge } from '../resolvers/request/pages.ts'
import { builder } from './builder.ts'
import { costOfPage, rowCost, teamCost } from './costs.ts'
import { AccountEventType, PageInfoType, PlatformEventType, TeamType } from './refs.ts'

PlatformEventType.implement({
  fields: (t) => ({
    id: t.id({ resolve: encodePlatformPlace }),
    team: t.field({ type: TeamType, complexity: teamCost, resolve: platformEventTeam }),
    event: t.field({ type: AccountEventType, complexity: rowCost, resolve: (event) => event }),
  }),
})

const PlatformEventEdge = builder.objectRef<Edge<PlatformEventView>>('PlatformEventEdge').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'The `id` of the event.' }),
    node: t.expose('node', { type: PlatformEventType }),
  }),
})

const PlatformEventConnection = builder.objectRef<Connection<PlatformEventView>>('PlatformEventConnection').implement({
  description: 'A page of the events of all teams, the oldest first.',
  fields: (t) => ({
    edges: t.expose('edges', { type: [PlatformEventEdge] }),
    nodes: t.expose('nodes', { type: [PlatformEventType] }),
    pageInfo: t.expose('pageInfo', { type: PageInfoType }),
  }),
})

builder.queryField('platformEvents', (t) =>
  t.field({
    type: PlatformEventConnection,
    nullable: true,
    description:
      'PLATFORM. The events of all teams in one order, the oldest first. The last cursor continues `Subscription.platformEvents`.',
    args: {
      first: t.arg.int({
        description: 'The number of events from the beginning: 0 to 100. 20 where neither `first` nor `last` is given.',
      }),
      after: t.arg.string({ description: 'Only events behind the one of this `id`.' }),
      last: t.arg.int({ description: 'The number of events from the end, in place of `first`: 0 to 100.' }),
      before: t.arg.string({ description: 'Only events before the one of this `id`.' }),
    },
    complexity: costOfPage,
    resolve: platformEvents,
  }),
)

builder.subscriptionField('platformEvents', (t) =>
  t.field({
    type: PlatformEventType,
    description: 'PLATFORM. The events of all teams in one order, none lost; resumable like `accountEvents`.',
    args: { after: t.arg.id({ extensions: { startsAt: true } }) },
    subscribe: watchPlatformEvents,
    resolve: (event: PlatformEventView) => event,
  }),
)
