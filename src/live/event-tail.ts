import type { ReadingClient } from '../database/readings.ts'
import type { Account } from '../domain/account.ts'
import type { History } from '../domain/history.ts'
import type { Revision, TeamId } from '../domain/identity.ts'
import { type AccountEvent, type EventPosition, readEvents } from '../ledger/history/account-events.ts'
import { accountOf, historiesAt, historyAt } from '../ledger/history/team-as-of.ts'
import type { TeamNow, TeamReader, TeamReading } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import type { Item, Mark } from './feed.ts'
import { retryReads } from './retry-reads.ts'
import type { LiveSources } from './sources.ts'

/** A team as it stood right after an event; its name, plan and threshold are today's. */
export type TeamThen = {
  readonly account: Account
  /** The team now, where nothing has moved its credits since; null: something has. */
  readonly now: TeamNow | null
}

/** An event, and a reading of the team as it stood right after it. */
export type AccountEventThen = AccountEvent & { readonly teamThen: () => Promise<TeamThen> }

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
      const value = { ...event, teamThen: async () => teamAt(now, then) }
      yield { value, mark: markAt(position) }
    }
    if (events.length < pageSize && !(await alarm.rings())) return
  }
}

/** The team right after each of some ascending revisions. Call it in a snapshot. */
export async function readTeamsThen(
  client: ReadingClient,
  teams: TeamReader,
  teamId: TeamId,
  revisions: readonly Revision[],
): Promise<TeamThen[]> {
  const [first] = revisions
  if (first === undefined) return []
  const start = await historyAt(client, teamId, first)
  const [histories, now] = await Promise.all([historiesAt(client, teamId, start, revisions), teams.read(teamId)])
  if (now === null) throw new Error(`${teamId} has an event without a history`)
  return histories.map((history) => teamAt(now, history))
}

const teamAt = (now: TeamNow, history: History): TeamThen => ({
  account: accountOf(now.account, history),
  now: now.account.revision === history.revision ? now : null,
})

/** Positions alone tell events apart. */
export const markAt = ({ revision, number }: EventPosition): Mark => ({ revision, number, shown: null })
