import type { TeamId } from '../domain/identity.ts'
import type { EventPosition } from '../ledger/history/account-events.ts'
import { type PlatformPlace, platformStart } from '../ledger/history/platform-events.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { type AlertState, alerts, presentAlert } from './alerts.ts'
import { balances, presentBalance } from './balances.ts'
import { closable } from './closable.ts'
import { type AccountEventThen, markAt, postedTeam, tailEvents } from './event-tail.ts'
import type { Feed } from './feed.ts'
import { markOf, type PlatformEventThen, presentPlace, tailPlatformEvents } from './platform-tail.ts'
import type { LiveSources } from './sources.ts'
import { pollEveryMs } from './watched-team-poller.ts'

/** The feeds of a team. A feed of a team that doesn't exist yet waits for it. */
export type LiveStreams = {
  /** The present state of the team, then its state after each change that a balance shows. */
  balance(teamId: TeamId): Feed<TeamNow>
  /** The announced state if it is not OK, then each crossing once, in the events' order. */
  alerts(teamId: TeamId): Feed<AlertState>
  /** Every event after `after`, or from now on (null): none lost, none twice, in the team's own order. */
  events(teamId: TeamId, after: EventPosition | null): Feed<AccountEventThen>
  /** Every event of every team after `after`, or from now on (null): none lost, none twice, in the order of all teams. */
  platformEvents(after: PlatformPlace | null): Feed<PlatformEventThen>
}

type FeedParts<T extends object> = Pick<Feed<T>, 'delivers' | 'start' | 'open' | 'follow'>

export function createLiveStreams(sources: LiveSources): LiveStreams {
  const { hints, pollEveryMs: everyMs = pollEveryMs } = sources
  const feedOf = <T extends object>(
    key: string,
    hear: Feed<T>['hear'],
    { delivers, start, open, follow }: FeedParts<T>,
  ): Feed<T> => {
    const tell = async function* (alarm: Alarm): AsyncGenerator<T> {
      const opening = start === null ? await open(alarm) : { first: null, mark: start }
      if (opening === null) return
      if (opening.first !== null) yield opening.first
      for await (const { value } of follow(opening.mark, alarm)) yield value
    }
    return { key, delivers, start, open, follow, hear, [Symbol.asyncIterator]: () => closable(tell, hear) }
  }
  const feed = <T extends object>(kind: keyof LiveStreams, teamId: TeamId, parts: FeedParts<T>): Feed<T> =>
    feedOf(`${kind} ${teamId}`, (alarm) => hints.listen(teamId, () => alarm.ring()), parts)

  /** A hint that was lost, or that only watchers of its team get, delays the events by one look. */
  function hearAll(alarm: Alarm): () => void {
    const unlisten = hints.listenToAll(() => alarm.ring())
    const looking = setInterval(() => alarm.ring(), everyMs)
    return () => {
      unlisten()
      clearInterval(looking)
    }
  }
  return {
    balance: (teamId) =>
      feed('balance', teamId, {
        delivers: 'latest',
        start: null,
        open: (alarm) => presentBalance(sources, teamId, alarm),
        follow: (from, alarm) => balances(sources, teamId, from, alarm),
      }),
    alerts: (teamId) =>
      feed('alerts', teamId, {
        delivers: 'latest',
        start: null,
        open: (alarm) => presentAlert(sources, teamId, alarm),
        follow: (from, alarm) => alerts(sources, teamId, from, alarm),
      }),
    events: (teamId, after) =>
      feed('events', teamId, {
        delivers: 'every',
        start: after === null ? null : markAt(after),
        async open(alarm) {
          const posted = await postedTeam(sources, teamId, alarm)
          return posted && { first: null, mark: markAt(posted.position) }
        },
        follow: (from, alarm) => tailEvents(sources, teamId, from, alarm),
      }),
    platformEvents: (after) =>
      feedOf('platformEvents', hearAll, {
        delivers: 'every',
        start: after === null ? null : markOf(after),
        open: (alarm) => presentPlace(sources, alarm),
        follow: (from, alarm) => tailPlatformEvents(sources, { ...platformStart(), ...from }, alarm),
      }),
  }
}
