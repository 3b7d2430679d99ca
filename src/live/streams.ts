import type { Account } from '../domain/account.ts'
import type { TeamId } from '../domain/identity.ts'
import type { AccountEvent, EventPosition } from '../ledger/account-events.ts'
import type { TeamNow, TeamReader } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { type AlertState, alerts } from './alerts.ts'
import { balances } from './balances.ts'
import { closable } from './closable.ts'
import { tailEvents } from './event-tail.ts'
import type { Hints } from './hints.ts'
import type { LiveSources } from './sources.ts'

/** An event, and the team as it stood right after it; its name, plan and threshold are today's. */
export type AccountEventThen = AccountEvent & { readonly account: Account }

/**
 * What a team's watchers see. Every stream ends when it is returned, also while it waits; outlives an outage of the
 * database, after which it goes on where it was; and waits for a team that does not exist yet.
 */
export type LiveStreams = {
  /**
   * The team now, then after each change that a balance shows; never an older revision than one already sent. A slow
   * reader gets the latest, not every one.
   */
  balance(teamId: TeamId): AsyncIterableIterator<TeamNow>
  /** The announced state if it is not OK, then each crossing once, in the events' order. */
  alerts(teamId: TeamId): AsyncIterableIterator<AlertState>
  /** Every event behind `after`, or from now on (null): none lost, none twice, in the team's own order. */
  events(teamId: TeamId, after: EventPosition | null): AsyncIterableIterator<AccountEventThen>
}

export function createLiveStreams(given: LiveSources): LiveStreams {
  const { hints } = given
  const sources = { ...given, teams: sharing(given.teams) }
  return {
    balance: (teamId) => closable((alarm) => balances(sources, teamId, alarm), watching(hints, teamId)),
    alerts: (teamId) => closable((alarm) => alerts(sources, teamId, alarm), watching(hints, teamId)),
    events: (teamId, after) => closable((alarm) => tailEvents(sources, teamId, after, alarm), watching(hints, teamId)),
  }
}

const watching = (hints: Hints, teamId: TeamId) => (alarm: Alarm) => hints.listen(teamId, () => alarm.ring())

/** All who hear one hint look in the same turn of the event loop: one look, begun after it, serves them all. */
function sharing(teams: TeamReader): TeamReader {
  const asked = new Map<TeamId, Promise<TeamNow | null>>()
  return {
    read(teamId) {
      const shared = asked.get(teamId)
      if (shared !== undefined) return shared
      // Before the reader's own: a reading that has begun must not serve whoever comes after.
      setImmediate(() => asked.delete(teamId))
      const reading = teams.read(teamId)
      asked.set(teamId, reading)
      return reading
    },
  }
}
