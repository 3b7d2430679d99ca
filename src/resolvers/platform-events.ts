import { RequestFault } from '../access/faults.ts'
import { requireRole } from '../access/viewer.ts'
import {
  isPlatformEvent,
  type PlatformPlace,
  platformStart,
  readPlatformEvents,
} from '../ledger/history/platform-events.ts'
import { type PlatformEventThen, withTeams } from '../live/platform-tail.ts'
import { callerWithRole } from './request/caller.ts'
import type { GatewayContext } from './request/context.ts'
import { decodePlatformPlace, encodePlatformPlace } from './request/ids.ts'
import type { Optional } from './request/inputs.ts'
import { type Connection, sizeOf } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { TeamView } from './request/results.ts'
import { knownTeam } from './request/submit.ts'

export type PlatformEventView = PlatformEventThen
type After = { after?: Optional<string> }

export async function watchPlatformEvents(_: unknown, { after }: After, context: GatewayContext) {
  requireRole(context.viewer, 'PLATFORM')
  return context.services.live.platformEvents(after == null ? null : await placeBehind(after, context))
}

/** A page of the order, from its beginning or from right behind an event on. */
export async function platformEvents(
  _: unknown,
  { after, first }: After & { first?: Optional<number> },
  context: GatewayContext,
): Promise<Connection<PlatformEventView>> {
  callerWithRole(context, 'PLATFORM')
  const size = sizeOf({ first })
  const place = after == null ? platformStart() : await placeBehind(after, context)
  const { events } = await readSnapshot(context, (client) => readPlatformEvents(client, place, size + 1))
  const nodes = withTeams(context.services, events.slice(0, size))
  const edges = nodes.map((node) => ({ cursor: encodePlatformPlace(node), node }))
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: events.length > size,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

async function placeBehind(after: string, context: GatewayContext): Promise<PlatformPlace> {
  const place = decodePlatformPlace(after)
  if (place !== null && (await readSnapshot(context, (client) => isPlatformEvent(client, place)))) return place
  throw new RequestFault(
    'NOT_FOUND',
    "There is no such event. Give the id of a platformEvents event, or no 'after'. If the database was restored to an earlier state, the event is lost: continue from the last event that Query.platformEvents knows.",
  )
}

export const platformEventTeam = async (
  { teamId }: PlatformEventView,
  _: unknown,
  { services }: GatewayContext,
): Promise<TeamView> => ({ type: 'Team', ...(await knownTeam(services, teamId)) })
