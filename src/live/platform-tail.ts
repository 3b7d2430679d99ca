import { pauseBefore } from '../concurrency/pauses.ts'
import type { ReadingClient } from '../database/readings.ts'
import type { TeamId } from '../domain/identity.ts'
import {
  type PlatformEvent,
  type PlatformPlace,
  placeOf,
  platformEnd,
  readPlatformEvents,
} from '../ledger/history/platform-events.ts'
import type { Alarm } from './alarm.ts'
import { readTeamsThen, type TeamThen } from './event-tail.ts'
import type { Item, Mark, Opening } from './feed.ts'
import { retryReads } from './retry-reads.ts'
import type { LiveSources } from './sources.ts'

/** An event of any team, and a reading of the team as it stood right after it. */
export type PlatformEventThen = PlatformEvent & { readonly teamThen: () => Promise<TeamThen> }

type Sources = Pick<LiveSources, 'database' | 'teams'>

const pageSize = 200
/** At most 40 readings a second, however many commits there are. */
const restMs = 25
/** The longest pause before events are looked for that a running transaction holds back. */
const maxHeldPauseMs = 1_000

/** The place behind all that is complete now. */
export async function presentPlace({ database }: Sources, alarm: Alarm): Promise<Opening<PlatformEventThen> | null> {
  const end = await retryReads(alarm, () => reading(database, platformEnd))
  return end && { first: null, mark: markOf(end) }
}

/** Every event of every team behind a place, each once and in the order of all. */
export async function* tailPlatformEvents(
  sources: Sources,
  from: PlatformPlace,
  alarm: Alarm,
): AsyncGenerator<Item<PlatformEventThen>> {
  let place = from
  let tries = 0
  for (;;) {
    const page = await retryReads(alarm, () =>
      reading(sources.database, (client) => readPlatformEvents(client, place, pageSize)),
    )
    if (page === null) return
    for (const event of withTeams(sources, page.events)) {
      place = placeOf(event)
      yield { value: event, mark: markOf(place) }
    }
    if (page.events.length === pageSize) continue
    tries = page.isHeldBack && page.events.length === 0 ? tries + 1 : 0
    if (page.isHeldBack) {
      await alarm.pause(pauseBefore(tries, maxHeldPauseMs))
      continue
    }
    if (!(await alarm.rings())) return
    await alarm.pause(restMs)
  }
}

/** The events of a page. A team is read when its state is first wanted, once for all its events of the page. */
export function withTeams(sources: Sources, events: readonly PlatformEvent[]): PlatformEventThen[] {
  const ofTeam = Map.groupBy(events, ({ teamId }) => teamId)
  const known = new Map<TeamId, Promise<Map<PlatformEvent, TeamThen>>>()

  async function readTeam(teamId: TeamId): Promise<Map<PlatformEvent, TeamThen>> {
    const own = ofTeam.get(teamId) ?? []
    const revisions = own.map(({ revision }) => revision)
    const then = await reading(sources.database, (client) => readTeamsThen(client, sources.teams, teamId, revisions))
    return new Map(own.flatMap((event, index) => (then[index] === undefined ? [] : [[event, then[index]]])))
  }

  async function teamThen(event: PlatformEvent): Promise<TeamThen> {
    const { teamId } = event
    const read = known.get(teamId) ?? readTeam(teamId)
    known.set(teamId, read)
    // A reading that failed is tried again.
    const found = await read.catch((error) => {
      known.delete(teamId)
      throw error
    })
    const then = found.get(event)
    if (then === undefined) throw new Error(`${teamId} has an event without a history`)
    return then
  }

  return events.map((event) => ({ ...event, teamThen: () => teamThen(event) }))
}

/** All who follow all teams wait for each other: they are few, and nobody else waits for them. */
const reading = <T>(database: Sources['database'], run: (client: ReadingClient) => Promise<T>): Promise<T> =>
  database.readings.read({ caller: 'platform-events' }, ({ snapshot }) => snapshot(run))

export const markOf = (place: PlatformPlace): Mark => ({ ...place, shown: null })
