import type { Account } from './account.ts'
import { type Allowance, comesDue, depositedThrough, depositOf, isDepositOf, periodWindow } from './allowance.ts'
import type { Grant } from './grant.ts'
import type { Instant } from './identity.ts'
import { finest, type LiveSession } from './live-session.ts'
import { dayMs } from './wall-clock.ts'

/** A live session is warned of when this time is left. */
const warningMs = 60_000
/**
 * The warning stays until the credits last this long again, so that captures some moments early or late don't repeat
 * it.
 */
const relievedMs = 2 * warningMs

/** Ends and deposits later than this after the last measurement are ignored. */
const horizonMs = 90 * dayMs
const maxSeconds = 2 ** 31 - 1

/**
 * When the first of a team's live sessions can't be charged any more, if all continue at their pace and nothing else is
 * spent; null: none is open. Each session uses first the credits that it holds, then available ones, from its last
 * capture on. One session can't use what another one holds, and the instant does not move while captures match the
 * pace.
 *
 * Available credits end with their grants, in burn order, and locked ones become available at the end of their lock. Deposits of plans and contracts that time alone makes are
 * included: each is as large as the last one, first repays the debt, and is used first. Not included: scoped credits that no session holds, add-on units of a
 * later cycle, the plan that begins after a trial, storage, credit lines, credits that other holds give back, and purchases.
 *
 * The account is rolled forward to `at`. The result is rounded down to the millisecond, and may be in the past.
 */
export function cutOffOf(account: Account, at: Instant): Instant | null {
  const { sessions, seats, paidThrough } = account
  if (sessions.length === 0) return null
  const inOrder = sessions
    .map((session) => ({ ...session, end: ownEnd(session) }))
    .sort((one, other) => one.end - other.end)
  const horizon = Math.min(...sessions.map(({ since }) => since)) + horizonMs
  let { allowances } = account
  let owed = account.owed * finest
  let funds = account.grants
    .filter(({ available, locked, scope }) => scope === null && (available > 0n || locked > 0n))
    .map(asFund)
  let drawn = 0n
  for (let now = at; ; ) {
    const end = lastsUntil(inOrder, drawn + sum(funds))
    const due = allowances.filter((allowance) => comesDue(allowance, paidThrough)).map(({ nextAt }) => nextAt)
    const boundary = earliest(
      [...due, ...funds.flatMap(({ expiresAt, unlocksAt }) => [expiresAt ?? Infinity, unlocksAt])],
      now,
    )
    if (end < boundary || boundary > horizon) return end
    const needed = drawnBy(inOrder, boundary)
    funds = without(funds, needed - drawn)
    drawn = needed
    const ended = funds.filter(({ expiresAt }) => (expiresAt ?? Infinity) <= boundary)
    funds = funds
      .filter(({ expiresAt }) => (expiresAt ?? Infinity) > boundary)
      .map((fund) => {
        if (fund.unlocksAt > boundary) return fund
        const repaid = fund.locked < owed ? fund.locked : owed
        owed -= repaid
        return { ...fund, left: fund.left + fund.locked - repaid, locked: 0n, unlocksAt: Infinity }
      })
    allowances = allowances.map((allowance) => {
      if (allowance.nextAt > boundary || !comesDue(allowance, paidThrough)) return allowance
      const deposit = depositOf(allowance, seats) * finest + carriedOver(allowance, ended)
      const repaid = deposit < owed ? deposit : owed
      owed -= repaid
      funds.unshift({ ...fundOf(allowance), left: deposit - repaid })
      return depositedThrough(allowance, allowance.nextPeriod)
    })
    now = boundary
  }
}

/** Whole seconds until the cut-off, rounded down, never below 0; null: there is none. */
export const runwaySeconds = (cutOff: Instant | null, at: Instant): number | null =>
  cutOff === null ? null : Math.min(Math.max(0, Math.floor((cutOff - at) / 1000)), maxSeconds)

/**
 * Whether the team is warned of a cut-off at `at`: from 60 seconds before the cut-off, until it is 120 seconds away
 * again.
 */
export const isNear = (cutOff: Instant | null, at: Instant, wasNear: boolean): boolean =>
  cutOff !== null && (wasNear ? cutOff - at < relievedMs : cutOff - at <= warningMs)

/** The instant from which time alone makes a cut-off near. */
export const warningAt = (cutOff: Instant): Instant => cutOff - warningMs

/** The credits left on a grant, in the unit of `Pace.rate`: fractions of a micro-credit must not be lost. */
type Fund = Pick<Grant, 'expiresAt' | 'allowance'> & {
  readonly left: bigint
  readonly locked: bigint
  /** Infinity: nothing is locked. */
  readonly unlocksAt: Instant
}

const asFund = ({ expiresAt, allowance, available, locked, lock }: Grant): Fund => ({
  expiresAt,
  allowance,
  left: available * finest,
  locked: locked * finest,
  unlocksAt: (locked > 0n && lock?.until) || Infinity,
})

const sum = (funds: readonly Fund[]): bigint => funds.reduce((total, { left }) => total + left, 0n)

const earliest = (instants: readonly Instant[], after: Instant): Instant =>
  instants.reduce((first, instant) => (instant > after && instant < first ? instant : first), Infinity)

/** When a session has used the credits that it holds. */
const ownEnd = ({ rate, since, held }: LiveSession): Instant => since + Number((held * finest) / rate)

/**
 * The last instant at which the sessions have drawn no more than `funds` beyond what they hold. Any group of them draws
 * at most as much as all together, so this is the earliest instant at which any sessions run out.
 */
function lastsUntil(inOrder: readonly LiveSession[], funds: bigint): Instant {
  let rate = 0n
  let reach = funds
  let end = Infinity
  for (const session of inOrder) {
    rate += session.rate
    reach += session.held * finest + session.rate * BigInt(session.since)
    end = Math.min(end, Number(reach / rate))
  }
  return end
}

/** The credits that the sessions have drawn by an instant beyond what they hold. */
const drawnBy = (sessions: readonly LiveSession[], at: Instant): bigint =>
  sessions.reduce((drawn, { rate, since, held }) => {
    const more = rate * BigInt(at - since) - held * finest
    return more > 0n ? drawn + more : drawn
  }, 0n)

function without(funds: readonly Fund[], amount: bigint): Fund[] {
  let due = amount
  return funds.map((fund) => {
    const taken = fund.left < due ? fund.left : due
    due -= taken
    return { ...fund, left: fund.left - taken }
  })
}

function carriedOver({ id, rollover }: Allowance, ended: readonly Fund[]): bigint {
  if (rollover === 'none') return 0n
  const left = sum(ended.filter((fund) => isDepositOf(id, fund)))
  return rollover === 'full' || left < rollover.upTo * finest ? left : rollover.upTo * finest
}

const fundOf = (allowance: Allowance): Omit<Fund, 'left'> => ({
  expiresAt: periodWindow(allowance, allowance.nextPeriod).expiresAt,
  allowance: { id: allowance.id, period: allowance.nextPeriod },
  locked: 0n,
  unlocksAt: Infinity,
})
