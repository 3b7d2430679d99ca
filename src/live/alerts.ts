import { maxTimerMs } from '../concurrency/pauses.ts'
import type { Account } from '../domain/account.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { BalanceState } from '../domain/low-balance.ts'
import { cutOffOf, isNear, warningAt } from '../domain/runway.ts'
import { type AccountEvent, type EventPosition, readNotices } from '../ledger/history/account-events.ts'
import { accountOf, historyAt } from '../ledger/history/team-as-of.ts'
import type { TeamReading } from '../ledger/team-reader.ts'
import type { Alarm } from './alarm.ts'
import { type Item, isBehind, type Mark, type Opening } from './feed.ts'
import { retryReads } from './retry-reads.ts'
import type { LiveSources } from './sources.ts'

/**
 * A state, and the team as it stood then. LOW: below its threshold, or a live session is about to be cut off, whatever
 * the threshold says.
 */
export type AlertState = {
  readonly state: BalanceState
  readonly account: Account
  readonly at: Instant
  /** Whether a live session is about to be cut off. */
  readonly ending: boolean
  /** Whether the team's credits have moved since. */
  readonly overtaken: boolean
}

/** The present state, if it is not OK. */
export async function presentAlert(
  sources: LiveSources,
  teamId: TeamId,
  alarm: Alarm,
): Promise<Opening<AlertState> | null> {
  do {
    const present = await retryReads(alarm, () => readPresent(sources, teamId))
    if (present === null) continue
    const { posted, now } = present
    const { account, at, reading } = now
    const cutOff = cutOffOf(account, at)
    const near = isNear(cutOff, at, false)
    const state = standing(posted.account.alert, near)
    const shown = { text: near ? ending(state, cutOff) : state, reading }
    const first = state === 'OK' ? null : { state, account, at, ending: near, overtaken: false }
    return { first, mark: { ...lastOf(posted.account), shown } }
  } while (await alarm.rings())
  return null
}

/**
 * Each change of the state after a mark, once and in order. The balance crosses its threshold: with the team right
 * after that. The cut-off of live sessions comes near, also by time alone, or is no longer near: coming near is sent
 * also if the state was low before. A hint costs the one reading of the team that its pills share; the time to the next
 * warning costs a timer.
 */
export async function* alerts(
  sources: LiveSources,
  teamId: TeamId,
  from: Mark,
  alarm: Alarm,
): AsyncGenerator<Item<AlertState>> {
  let behind: EventPosition = from
  let told = stateIn(from)
  let near = isEnding(from)
  let warning: NodeJS.Timeout | undefined
  try {
    do {
      const look = await retryReads(alarm, () => lookBehind(sources, teamId, behind))
      if (look === null) return
      const { crossings, present, all } = look
      const { account, at, reading } = present.now
      for (const { position, crossing } of crossings) {
        behind = position
        const state = standing(crossing.state, near)
        if (state === told) continue
        told = state
        yield { value: { ...crossing, state, ending: near }, mark: { ...position, shown: { text: state, reading } } }
      }
      if (!all) {
        alarm.ring()
        continue
      }
      behind = lastOf(present.posted.account)
      const cutOff = cutOffOf(account, at)
      const wasNear = near
      near = isNear(cutOff, at, wasNear)
      const state = standing(present.posted.account.alert, near)
      clearTimeout(warning)
      if (cutOff !== null && !near) warning = ringIn(alarm, warningAt(cutOff) - at)
      if (state === told && (wasNear || !near)) continue
      told = state
      const shown = { text: near ? ending(state, cutOff) : state, reading }
      const value = { state, account, at, ending: near, overtaken: false }
      yield { value, mark: { ...behind, shown } }
    } while (await alarm.rings())
  } finally {
    clearTimeout(warning)
  }
}

const standing = (announced: BalanceState, near: boolean): BalanceState =>
  near && announced === 'OK' ? 'LOW' : announced

/** Two warnings differ by their cut-off. */
const ending = (state: BalanceState, cutOff: Instant | null) => `${state} ending ${cutOff}`
const isEnding = ({ shown }: Mark): boolean => shown?.text.includes(' ') ?? false
const stateIn = ({ shown }: Mark): string | undefined => shown?.text.split(' ')[0]

/** An alarm that rings early is set again after the reading. */
const ringIn = (alarm: Alarm, ms: number): NodeJS.Timeout =>
  setTimeout(() => alarm.ring(), Math.min(Math.max(1, ms), maxTimerMs)).unref()

/** The team as it is posted, whose crossings are announced, and as time alone has left it, of which a cut-off is foreseen. */
type Present = { readonly posted: TeamReading; readonly now: TeamReading }

type Look = {
  readonly crossings: readonly { readonly position: EventPosition; readonly crossing: Omit<AlertState, 'ending'> }[]
  /** The team right after them, or after more where these are not all. */
  readonly present: Present
  readonly all: boolean
}

/** Null: there is no such team. Asked for together, both are of one reading, but for a rare one of two. */
async function readPresent({ teams }: LiveSources, teamId: TeamId): Promise<Present | null> {
  const [posted, now] = await Promise.all([teams.readPosted(teamId), teams.read(teamId)])
  return posted && now && { posted, now }
}

/** Crossings are read only where the team has had notices since. */
async function lookBehind(sources: LiveSources, teamId: TeamId, from: EventPosition): Promise<Look> {
  const present = await readPresent(sources, teamId)
  if (present === null) throw new Error(`${teamId} is no team any more`)
  const { posted } = present
  if (!isBehind(from, posted.account.lastEvent)) return { crossings: [], present, all: true }
  const { pool } = sources.database
  const wanted = { types: crossingTypes, after: from, limit: maxCrossings }
  const notices = await readNotices(pool, teamId, wanted)
  const crossings: Look['crossings'][number][] = []
  for (const { type, revision, number, at } of notices) {
    const state = stateAfter[type]
    if (state === undefined || isBehind(lastOf(posted.account), { revision, number })) continue
    const isPresent = revision === posted.account.revision
    const account = isPresent ? posted.account : accountOf(posted.account, await historyAt(pool, teamId, revision))
    const overtaken = revision !== present.now.account.revision
    crossings.push({ position: { revision, number }, crossing: { state, account, at, overtaken } })
  }
  return { crossings, present, all: notices.length < maxCrossings }
}

/** The position of the team's last event, a posting or a notice behind it. */
function lastOf({ revision, lastEvent }: Account): EventPosition {
  const posting = { revision, number: 0 }
  return isBehind(posting, lastEvent) ? lastEvent : posting
}

const maxCrossings = 100
const crossingTypes = ['BALANCE_LOW', 'BALANCE_EXHAUSTED', 'BALANCE_RECOVERED'] as const
const stateAfter: Partial<Record<AccountEvent['type'], BalanceState>> = {
  BALANCE_LOW: 'LOW',
  BALANCE_EXHAUSTED: 'EXHAUSTED',
  BALANCE_RECOVERED: 'OK',
}
