import type { Credits } from './amounts/credits.ts'
import type { Instant, MemberId } from './identity.ts'
import { calendarEnd, calendarStart } from './period.ts'
import type { Taken } from './posting.ts'

export const limitPeriods = ['DAY', 'WEEK', 'MONTH'] as const
export type LimitPeriod = (typeof limitPeriods)[number]

/**
 * MEMBER: a member of the team, whoever acts for it. CALLER: a caller of the API, whoever it acts for. GROUP: the members
 * of a group and of the groups below it, all together.
 */
export type LimitSubject = { readonly subject: 'MEMBER' | 'CALLER' | 'GROUP'; readonly id: string }

/** The most credits that a subject may reserve and spend in one calendar day, week or month of the catalog's time zone. */
export type SpendingLimit = LimitSubject & {
  readonly per: LimitPeriod
  /** Null: the limit was lifted. */
  readonly credits: Credits | null
  /**
   * The window that `used` counts: windowStart ≤ at < resetsAt. Its end is kept with it, so that another time zone in
   * the catalog begins with the next window, and nothing is counted twice or not at all.
   */
  readonly windowStart: Instant
  readonly resetsAt: Instant
  readonly used: Credits
  readonly setAt: Instant
}

/**
 * The member and the caller of a use, and the groups from the member's own to its root: each is checked against its own
 * limits. Null: no limits.
 */
export type Spender = {
  readonly memberId: MemberId | null
  readonly callerId: MemberId | null
  readonly groupIds: readonly string[]
}

/** The instant at which limits are read, and the time zone whose days, weeks and months they count. */
export type LimitClock = { readonly timeZone: string; readonly at: Instant }

/** The most limits of one team: every command of the team loads all of them. */
export const maxLimits = 1_000

export const isLimitOf = (limit: LimitSubject & { per: LimitPeriod }, other: LimitSubject & { per: LimitPeriod }) =>
  limit.subject === other.subject && limit.id === other.id && limit.per === other.per

/** The limits in the order of the database: by subject, id and period. */
export function inOrder(limits: readonly SpendingLimit[]): SpendingLimit[] {
  const place = ({ subject, id, per }: SpendingLimit) => [subject, id, per].join('\n')
  return limits.toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
}

export const windowAt = (per: LimitPeriod, timeZone: string, at: Instant) => ({
  windowStart: calendarStart(per, timeZone, at),
  resetsAt: calendarEnd(per, timeZone, at),
})

/** The limit at `at`: once its window has passed, nothing is used in the next one. */
export function limitAt(limit: SpendingLimit, timeZone: string, at: Instant): SpendingLimit {
  if (at < limit.resetsAt) return limit
  const { windowStart, resetsAt } = windowAt(limit.per, timeZone, at)
  return { ...limit, windowStart: Math.max(windowStart, limit.resetsAt), resetsAt, used: 0n }
}

/**
 * The limit that a further use of `required` would exceed; if there are several, the one that resets last; null: none.
 */
export function limitPassed(
  limits: readonly SpendingLimit[],
  spender: Spender,
  required: Credits,
  { timeZone, at }: LimitClock,
): (SpendingLimit & { readonly credits: Credits }) | null {
  let last: (SpendingLimit & { credits: Credits }) | null = null
  if (required <= 0n) return last
  for (const limit of limits) {
    const { credits } = limit
    if (credits === null || !concerns(limit, spender)) continue
    const now = limitAt(limit, timeZone, at)
    if (now.used + required <= credits) continue
    if (last === null || now.resetsAt > last.resetsAt) last = { ...now, credits }
  }
  return last
}

/** The most that the spender may still use within its limits, from 0; null: it has none. */
export function leftWithin(
  limits: readonly SpendingLimit[],
  spender: Spender,
  { timeZone, at }: LimitClock,
): Credits | null {
  let least: Credits | null = null
  for (const limit of limits) {
    const { credits } = limit
    if (credits === null || !concerns(limit, spender)) continue
    const { used } = limitAt(limit, timeZone, at)
    const left = credits > used ? credits - used : 0n
    if (least === null || left < least) least = left
  }
  return least
}

/**
 * The limits after the spender has taken credits at `at`, and returned credits taken at `since`. A use counts in the
 * window in which it was taken. Credits are returned to that window only, while the window runs.
 */
export function countTaken(
  limits: readonly SpendingLimit[],
  spender: Spender,
  { taken, returned, since }: Taken & { readonly since: Instant },
  { timeZone, at }: LimitClock,
): readonly SpendingLimit[] {
  if (taken === 0n && returned === 0n) return limits
  return limits.map((limit) => {
    if (!concerns(limit, spender)) return limit
    const isOfWindow = since >= limit.windowStart && at < limit.resetsAt
    const change = isOfWindow ? taken - returned : taken
    if (change === 0n) return limit
    const now = limitAt(limit, timeZone, at)
    const used = now.used + change
    return { ...now, used: used > 0n ? used : 0n }
  })
}

function concerns({ subject, id, credits }: SpendingLimit, { memberId, callerId, groupIds }: Spender): boolean {
  if (credits === null) return false
  return subject === 'GROUP' ? groupIds.includes(id) : id === (subject === 'MEMBER' ? memberId : callerId)
}
