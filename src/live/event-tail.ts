import type { Account } from '../domain/account.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { type AccountEvent, type EventPosition, readEvents } from '../ledger/account-events.ts'
import { accountOf, historiesAt, historyAt } from '../ledger/history.ts'
import { readTeams } from '../ledger/read-teams.ts'
import type { Alarm } from './alarm.ts'
import type { LiveSources } from './sources.ts'
import { untilReadable } from './until-readable.ts'

/** A team as it is posted, what time alone has brought about since not counted in, and its last event's position. */
export type PostedTeam = { readonly account: Account; readonly at: Instant; readonly position: EventPosition }

const pageSize = 200

/** Waits for a team that does not exist yet; null where the alarm ends meanwhile. */
export async function postedTeam(sources: LiveSources, teamId: TeamId, alarm: Alarm): Promise<PostedTeam | null> {
  do {
    const posted = await untilReadable(alarm, () => readPosted(sources, teamId))
    if (posted !== null) return posted
  } while (await alarm.rings())
  return null
}

/** Every event behind `after` (null: behind the present one), each once, with the team as it stood right after it. */
export async function* tailEvents(
  sources: LiveSources,
  teamId: TeamId,
  after: EventPosition | null,
  alarm: Alarm,
): AsyncGenerator<AccountEvent & { account: Account }> {
  const { database, teams } = sources
  const start = after ?? (await postedTeam(sources, teamId, alarm))?.position
  if (start === undefined) return
  let position = start
  let history = await untilReadable(alarm, () => historyAt(database.pool, teamId, start.revision))
  while (history !== null) {
    const from = history
    const page = await untilReadable(alarm, async () => {
      const events = await readEvents(database.pool, teamId, position, pageSize)
      if (events.length === 0) return { events, histories: [], current: null }
      const revisions = events.map(({ revision }) => revision)
      const [histories, now] = await Promise.all([
        historiesAt(database.pool, teamId, from, revisions),
        teams.read(teamId),
      ])
      return { events, histories, current: now?.account ?? null }
    })
    if (page === null) return
    const { events, histories, current } = page
    for (const [index, event] of events.entries()) {
      const then = histories[index]
      if (then === undefined || current === null) throw new Error(`${teamId} has an event without a history`)
      history = then
      position = { revision: event.revision, number: event.number }
      yield { ...event, account: accountOf(current, then) }
    }
    if (events.length < pageSize && !(await alarm.rings())) return
  }
}

async function readPosted({ database, timeline }: LiveSources, teamId: TeamId): Promise<PostedTeam | null> {
  const { teams, now } = await readTeams(database.pool, [teamId], timeline)
  const account = teams.get(teamId)?.account
  if (account == null) return null
  const { revision, lastEvent } = account
  const number = lastEvent.revision === revision ? lastEvent.number : 0
  return { account, at: Math.max(now, account.lastAt), position: { revision, number } }
}
