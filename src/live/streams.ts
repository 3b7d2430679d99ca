import type { Account, BalanceState } from '../domain/account.ts'
import { balanceOf } from '../domain/balance.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { AccountEvent, EventPosition } from '../ledger/account-events.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
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

export function createLiveStreams(sources: LiveSources): LiveStreams {
  const { hints } = sources
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

/** Everything a balance shows, but the instant of looking: two that are equal need not both be sent. */
function shownBy({ account, at }: TeamNow): string {
  const { asOf: _, ...shown } = balanceOf(account, at)
  return JSON.stringify(shown, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
}
