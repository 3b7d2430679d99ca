import type { Account, BalanceState } from '../domain/account.ts'
import { balanceOf } from '../domain/balance.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { AccountEvent, EventPosition } from '../ledger/account-events.ts'
import type { TeamNow, TeamReader } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { closable } from './closable.ts'
import { postedTeam, tailEvents } from './event-tail.ts'
import type { Hints } from './hints.ts'
import type { LiveSources } from './sources.ts'
import { untilReadable } from './until-readable.ts'

/** A state that was announced, and the team as it stood then. */
export type AlertState = { readonly state: BalanceState; readonly account: Account; readonly at: Instant }

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

async function* balances({ teams }: LiveSources, teamId: TeamId, alarm: Alarm): AsyncGenerator<TeamNow> {
  let sent: { revision: number; shown: string } | null = null
  do {
    const now = await untilReadable(alarm, () => teams.read(teamId))
    if (now === null) continue
    const { revision } = now.account
    const shown = shownBy(now)
    if (sent !== null && (revision < sent.revision || shown === sent.shown)) continue
    sent = { revision, shown }
    yield now
  } while (await alarm.rings())
}

async function* alerts(sources: LiveSources, teamId: TeamId, alarm: Alarm): AsyncGenerator<AlertState> {
  const posted = await postedTeam(sources, teamId, alarm)
  if (posted === null) return
  const { account, at, position } = posted
  if (account.alert !== 'OK') yield { state: account.alert, account, at }
  for await (const event of tailEvents(sources, teamId, position, alarm)) {
    const state = crossings[event.type]
    if (state !== undefined) yield { state, account: event.account, at: event.at }
  }
}

const crossings: Partial<Record<AccountEvent['type'], BalanceState>> = {
  BALANCE_LOW: 'LOW',
  BALANCE_EXHAUSTED: 'EXHAUSTED',
  BALANCE_RECOVERED: 'OK',
}

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

const shownByNow = new WeakMap<TeamNow, string>()

/** Everything a balance shows, but the instant of looking: two that are equal need not both be sent. */
function shownBy(now: TeamNow): string {
  const known = shownByNow.get(now)
  if (known !== undefined) return known
  const { asOf: _, ...balance } = balanceOf(now.account, now.at)
  const shown = JSON.stringify(balance, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
  shownByNow.set(now, shown)
  return shown
}
