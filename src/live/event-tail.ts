import type { ReadingClient } from '../database/readings.ts'
import type { Account } from '../domain/account.ts'
import type { TeamId } from '../domain/identity.ts'
import { type AccountEvent, type EventPosition, readEvents } from '../ledger/history/account-events.ts'
import { accountOf, historiesAt, historyAt } from '../ledger/history/team-as-of.ts'
import type { TeamNow, TeamReading } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import type { Item, Mark } from './feed.ts'
import { retryReads } from './retry-reads.ts'
import type { LiveSources } from './sources.ts'

/** An event, and the team as it stood right after it; its name, plan and threshold are today's. */
export type AccountEventThen = AccountEvent & {
  readonly account: Account
  /** The team now, where nothing has moved its credits since; null: something has. */
  readonly now: TeamNow | null
}

/** A team as it is posted, what time alone has brought about since not counted in, and its last event's position. */
export type PostedTeam = TeamReading & { readonly position: EventPosition }

const pageSize = 200

/** Waits for a team that does not exist yet; null where the alarm ends meanwhile. */
export async function postedTeam({ teams }: LiveSources, teamId: TeamId, alarm: Alarm): Promise<PostedTeam | null> {
  do {
    const posted = await retryReads(alarm, () => teams.readPosted(teamId))
    if (posted !== null) return { ...posted, position: lastPositionOf(posted.account) }
  } while (await alarm.rings())
  return null
}

function lastPositionOf({ revision, lastEvent }: Account): EventPosition {
  return { revision, number: lastEvent.revision === revision ? lastEvent.number : 0 }
}

/** Every event behind a position, each once, with the team as it stood right after it. */
export async function* tailEvents(
  { database, teams }: LiveSources,
  teamId: TeamId,
  from: EventPosition,
  alarm: Alarm,
): AsyncGenerator<Item<AccountEventThen>> {
  // All who catch up with a team wait for each other: they are many after an outage, and nobody is in a hurry.
  const read = <T>(run: (client: ReadingClient) => Promise<T>) =>
    retryReads(alarm, () => database.readings.read({ caller: `events ${teamId}` }, ({ snapshot }) => snapshot(run)))
  let position = from
  let history = await read((client) => historyAt(client, teamId, from.revision))
  while (history !== null) {
    const known = history
    const page = await read(async (client) => {
      const events = await readEvents(client, teamId, position, pageSize)
      if (events.length === 0) return { events, histories: [], now: null }
      const revisions = events.map(({ revision }) => revision)
      const [histories, now] = await Promise.all([historiesAt(client, teamId, known, revisions), teams.read(teamId)])
      return { events, histories, now }
    })
    if (page === null) return
    const { events, histories, now } = page
    for (const [index, event] of events.entries()) {
      const then = histories[index]
      if (then === undefined || now === null) throw new Error(`${teamId} has an event without a history`)
      history = then
      position = { revision: event.revision, number: event.number }
      const isNow = now.account.revision === then.revision
      const value = { ...event, account: accountOf(now.account, then), now: isNow ? now : null }
      yield { value, mark: markAt(position) }
    }
    if (events.length < pageSize && !(await alarm.rings())) return
  }
}

/** Positions alone tell events apart. */
export const markAt = ({ revision, number }: EventPosition): Mark => ({ revision, number, shown: null })
