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

/** The events of a page. Their teams are read when the state of one is first wanted, all in one reading. */
export function withTeams({ database, teams }: Sources, events: readonly PlatformEvent[]): PlatformEventThen[] {
  let known: Promise<ReadonlyMap<PlatformEvent, PromiseSettledResult<TeamThen>>> | null = null

  async function readTeam(client: ReadingClient, teamId: TeamId, own: readonly PlatformEvent[]) {
    const revisions = own.map(({ revision }) => revision)
    const [read] = await Promise.allSettled([readTeamsThen(client, teams, teamId, revisions)])
    return own.flatMap((event, index): [PlatformEvent, PromiseSettledResult<TeamThen>][] => {
      if (read.status === 'rejected') return [[event, read]]
      const value = read.value[index]
      return value === undefined ? [] : [[event, { status: 'fulfilled', value }]]
    })
  }

  const readTeams = () =>
    reading(database, async (client) => {
      const ofTeams = Map.groupBy(events, ({ teamId }) => teamId)
      const read = [...ofTeams].map(([teamId, own]) => readTeam(client, teamId, own))
      return new Map((await Promise.all(read)).flat())
    })

  async function teamThen(event: PlatformEvent): Promise<TeamThen> {
    known ??= readTeams()
    try {
      const found = (await known).get(event)
      if (found?.status === 'fulfilled') return found.value
      throw found?.reason ?? new Error(`${event.teamId} has an event without a history`)
    } catch (error) {
      // The next one who wants it reads again.
      known = null
      throw error
    }
  }

  return events.map((event) => ({ ...event, teamThen: () => teamThen(event) }))
}

/** All who follow all teams wait for each other: they are few, and nobody else waits for them. */
const reading = <T>(database: Sources['database'], run: (client: ReadingClient) => Promise<T>): Promise<T> =>
  database.readings.read({ caller: 'platform-events' }, ({ snapshot }) => snapshot(run))

export const markOf = (place: PlatformPlace): Mark => ({ ...place, shown: null })
