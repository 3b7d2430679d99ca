import type { Account, BalanceState } from '../domain/account.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { NoticeType } from '../domain/notice.ts'
import { cutOffOf, isNear, warningAt } from '../domain/runway.ts'
import type { EventPosition } from '../ledger/account-events.ts'
import { readNotices } from '../ledger/account-notices.ts'
import { accountOf, historyAt } from '../ledger/history.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { postedTeam } from './event-tail.ts'
import type { LiveSources } from './sources.ts'
import { untilReadable } from './until-readable.ts'

/**
 * A state, and the team as it stood then. LOW: below its threshold, or a live session is about to be cut off, whatever
 * the threshold says.
 */
export type AlertState = { readonly state: BalanceState; readonly account: Account; readonly at: Instant }

/**
 * The present state if it is not OK, then each change of it once, in order: as the team's balance crossed its threshold, and
 * as the cut-off of its live sessions comes near by time alone and goes away again. Each hint costs the one reading of the
 * team that its pills share; a timer to the next warning, and nothing between, tells the time.
 */
export async function* alerts(sources: LiveSources, teamId: TeamId, alarm: Alarm): AsyncGenerator<AlertState> {
  const posted = await postedTeam(sources, teamId, alarm)
  if (posted === null) return
  let position: EventPosition = posted.position
  let announced = posted.account.alert
  let near = false
  let told: BalanceState = 'OK'
  let warning: NodeJS.Timeout | undefined
  try {
    do {
      const look = await untilReadable(alarm, () => lookBehind(sources, teamId, position))
      if (look === null) return
      const { account, at } = look.now
      for (const crossing of look.crossings) {
        announced = crossing.state
        const state = standing(announced, near)
        if (state !== told) yield { ...crossing, state }
        told = state
      }
      position = look.position
      const cutOff = cutOffOf(account, at)
      near = isNear(cutOff, at, near)
      const state = standing(announced, near)
      if (state !== told) yield { state, account, at }
      told = state
      clearTimeout(warning)
      if (cutOff !== null && !near) warning = ringIn(alarm, warningAt(cutOff) - at)
    } while (await alarm.rings())
  } finally {
    clearTimeout(warning)
  }
}

const standing = (announced: BalanceState, near: boolean): BalanceState =>
  near && announced === 'OK' ? 'LOW' : announced

/** Node fires longer timers at once; one that rings early is set again by what is read then. */
const longestTimerMs = 2 ** 31 - 1

const ringIn = (alarm: Alarm, ms: number): NodeJS.Timeout =>
  setTimeout(() => alarm.ring(), Math.min(Math.max(1, ms), longestTimerMs)).unref()

type Look = {
  readonly now: TeamNow
  /** What was announced behind the position looked from. */
  readonly crossings: readonly AlertState[]
  readonly position: EventPosition
}

/** Notices are read only where the team has had any since. */
async function lookBehind({ database, teams }: LiveSources, teamId: TeamId, since: EventPosition): Promise<Look> {
  const now = await teams.read(teamId)
  if (now === null) throw new Error(`${teamId} is no team any more`)
  if (!isBehind(now.account.lastEvent, since)) return { now, crossings: [], position: since }
  const notices = await readNotices(database.pool, teamId, since)
  const crossings: AlertState[] = []
  for (const { type, revision, at } of notices) {
    const state = crossingTo[type]
    if (state === undefined) continue
    const isPresent = revision === now.account.revision
    const account = isPresent ? now.account : accountOf(now.account, await historyAt(database.pool, teamId, revision))
    crossings.push({ state, account, at })
  }
  return { now, crossings, position: notices.at(-1) ?? since }
}

const isBehind = (position: EventPosition, other: EventPosition): boolean =>
  position.revision > other.revision || (position.revision === other.revision && position.number > other.number)

const crossingTo: Partial<Record<NoticeType, BalanceState>> = {
  BALANCE_LOW: 'LOW',
  BALANCE_EXHAUSTED: 'EXHAUSTED',
  BALANCE_RECOVERED: 'OK',
}
