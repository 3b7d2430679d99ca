import type { Account, BalanceState } from '../domain/account.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { type AccountEvent, readNotices } from '../ledger/account-events.ts'
import { accountOf, historyAt } from '../ledger/history.ts'
import type { Alarm } from './alarm.ts'
import { markAt, postedTeam } from './event-tail.ts'
import type { Item, Mark, Opening } from './feed.ts'
import type { LiveSources } from './sources.ts'
import { untilReadable } from './until-readable.ts'

/** A state that was announced, and the team as it stood then. */
export type AlertState = { readonly state: BalanceState; readonly account: Account; readonly at: Instant }

/** The announced state, if it is not OK. */
export async function presentAlert(
  sources: LiveSources,
  teamId: TeamId,
  alarm: Alarm,
): Promise<Opening<AlertState> | null> {
  const posted = await postedTeam(sources, teamId, alarm)
  if (posted === null) return null
  const { account, at, position } = posted
  const state = account.alert
  return { first: state === 'OK' ? null : { state, account, at }, mark: markAt(position) }
}

/** Each crossing behind a mark once, in the events' order, with the team as it stood right after it. */
export async function* alerts(
  { database, teams }: LiveSources,
  teamId: TeamId,
  from: Mark,
  alarm: Alarm,
): AsyncGenerator<Item<AlertState>> {
  const { pool } = database
  let mark = from
  do {
    const crossed = await untilReadable(alarm, async () => {
      const [notice] = await readNotices(pool, teamId, crossings, mark, 1)
      if (notice === undefined) return 'none'
      const [history, now] = await Promise.all([historyAt(pool, teamId, notice.revision), teams.read(teamId)])
      return { notice, history, now }
    })
    if (crossed === null) return
    if (crossed === 'none') continue
    const { notice, history, now } = crossed
    const state = stateAfter[notice.type]
    if (now === null || state === undefined) throw new Error(`${teamId} has a crossing without a state`)
    mark = markAt(notice)
    yield { value: { state, account: accountOf(now.account, history), at: notice.at }, mark }
    alarm.ring()
  } while (await alarm.rings())
}

const crossings = ['BALANCE_LOW', 'BALANCE_EXHAUSTED', 'BALANCE_RECOVERED'] as const
const stateAfter: Partial<Record<AccountEvent['type'], BalanceState>> = {
  BALANCE_LOW: 'LOW',
  BALANCE_EXHAUSTED: 'EXHAUSTED',
  BALANCE_RECOVERED: 'OK',
}
