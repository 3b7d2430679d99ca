import type { Account, BalanceState } from '../domain/account.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { AccountEvent } from '../ledger/account-events.ts'
import type { Alarm } from './alarm.ts'
import { postedTeam, tailEvents } from './event-tail.ts'
import type { LiveSources } from './sources.ts'

/** A state that was announced, and the team as it stood then. */
export type AlertState = { readonly state: BalanceState; readonly account: Account; readonly at: Instant }

/** The announced state if it is not OK, then each crossing once, in the events' order. */
export async function* alerts(sources: LiveSources, teamId: TeamId, alarm: Alarm): AsyncGenerator<AlertState> {
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
