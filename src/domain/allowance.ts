import type { Credits } from './credits.ts'
import type { Grant } from './grant.ts'
import type { Instant } from './identity.ts'
import { type Cadence, dayOf, periodIndexAt, periodStart } from './period.ts'
import { type PeriodTotal, unchanged } from './period-total.ts'

/** What happens to credits that are left when their period ends: lost, carried over, or up to so many of them. */
export type Rollover = 'none' | 'full' | { readonly upTo: Credits }

/** What an allowance's grants had left when they ended, at `at`. */
export type Leftover = { readonly allowanceId: string; readonly at: Instant; readonly amount: Credits }

/**
 * What a plan or a contract deposits into one team, again and again. Period k runs from `periodBegins(k)` to
 * `periodBegins(k + 1)`; each period deposits once, whenever somebody looks. ONCE has a single period, without an end of
 * its own.
 */
export type Allowance = {
  /** The plan's own (`week`), or the contract's; survives plan changes, so that a period can't be deposited twice. */
  readonly id: string
  readonly kind: 'INCLUDED' | 'CONTRACT'
  /** Null: a contract's. */
  readonly planId: string | null
  /** What the contract calls itself; null: a plan's. */
  readonly reference: string | null
  readonly cadence: Cadence | 'ONCE'
  readonly anchor: Instant
  /** The number of the period that begins at the anchor: numbers go on where periods begin anew. */
  readonly firstPeriod: number
  readonly timeZone: string
  readonly credits: Credits
  readonly perSeat: boolean
  readonly rollover: Rollover
  /** No period begins at or after it, and none lasts beyond it; null: it goes on. */
  readonly endsAt: Instant | null
  /** The first period not deposited yet, and when it starts. */
  readonly nextPeriod: number
  readonly nextAt: Instant
  /** No period is deposited any more. */
  readonly ended: boolean
  /**
   * The sum of the running period; null: its deposit, and no more. BEGUN: the plan has just begun it, and what
   * the team was given for periods that it left counts against the first deposit. OPENED: it is of the default plan, on
   * which the team was put by its first request, and which the first plan that is assigned within the period replaces.
   */
  readonly total: PeriodTotal | 'BEGUN' | 'OPENED' | null
}

export const depositOf = (allowance: Pick<Allowance, 'credits' | 'perSeat'>, seats: number): Credits =>
  allowance.perSeat ? allowance.credits * BigInt(seats) : allowance.credits

/** When a period begins; a second period of ONCE never does. */
export function periodBegins({ anchor, cadence, timeZone, firstPeriod }: Allowance, period: number): Instant {
  if (cadence !== 'ONCE') return periodStart(anchor, cadence, timeZone, period - firstPeriod)
  return period <= firstPeriod ? anchor : Infinity
}

/** The number of the period that runs at `at`; before the anchor it is lower than `firstPeriod`. */
export function periodAt({ anchor, cadence, timeZone, firstPeriod }: Allowance, at: Instant): number {
  if (cadence === 'ONCE') return firstPeriod
  return firstPeriod + periodIndexAt(anchor, cadence, timeZone, at)
}

/**
 * Stripe counts in UTC and a catalog in its own zone: a period that begins so shortly before the end of what is paid for
 * belongs to the next payment.
 */
const leadMs = 3 * 3_600_000

/** Whether time alone deposits the allowance's next period: a plan's must be paid for, a contract's need not. */
export const comesDue = ({ kind, ended, nextAt }: Allowance, paidThrough: Instant | null): boolean =>
  !ended && (paidThrough === null || kind === 'CONTRACT' || nextAt < paidThrough - leadMs)

/** How long a period's deposit lasts: to the next one's begin or to the end of the contract; null: for ever. */
export function periodWindow(allowance: Allowance, period: number): { startsAt: Instant; expiresAt: Instant | null } {
  const end = Math.min(periodBegins(allowance, period + 1), allowance.endsAt ?? Infinity)
  return { startsAt: periodBegins(allowance, period), expiresAt: end === Infinity ? null : end }
}

/** What the sources of allowances and contracts begin with, and no other source may: a name taken would stop a deposit. */
export const reservedSources = ['plan:', 'contract-grant:'] as const

/**
 * `plan:pro:2026-11-16`, or `plan:pro:month:2026-11-01` for another allowance than the weekly one, or
 * `contract-grant:ACME-42:2026-11-16`: a grant's source is unique in its team. Where periods began anew, with the number
 * they began at: they may start on a day on which one of the former count did.
 */
export function depositSource(allowance: Allowance, startsAt: Instant): string {
  const { id, planId, reference, timeZone, firstPeriod } = allowance
  const from = planId === null ? `contract-grant:${reference}` : `plan:${planId}${id === 'week' ? '' : `:${id}`}`
  return `${from}:${dayOf(startsAt, timeZone)}${firstPeriod === 0 ? '' : `:${firstPeriod}`}`
}

/** What a contract is called among a team's allowances. */
export const contractId = (reference: string): string => `contract:${reference}`

/** Under which id a period's grant has what the period before left. */
export const rolloverOf = (id: string): string => `${id}:rollover`

/** Whether a period's deposit of the allowance, or what was carried into one. */
export const isDepositOf = (id: string, { allowance }: Pick<Grant, 'allowance'>): boolean =>
  allowance?.id === id || allowance?.id === rolloverOf(id)

/** What a change of plan or seats does in a period is named by: `plan:pro:month:2026-11-01:change`. */
export const changeSource = (allowance: Allowance, startsAt: Instant): string =>
  `${depositSource(allowance, startsAt)}:change`

/** Whether it is before the first period that is paid for. */
export const isTrial = ({ kind, firstPeriod }: Allowance, period: number): boolean =>
  kind === 'INCLUDED' && period < firstPeriod

/** A period that runs and has been deposited. */
export type RunningPeriod = {
  readonly allowance: Allowance
  readonly period: number
  readonly startsAt: Instant
  readonly expiresAt: Instant
  readonly total: PeriodTotal
}

/** The allowance's period that runs at `at` and was deposited; null: none is. */
export function runningPeriod(
  allowance: Allowance,
  { seats, grants }: { seats: number; grants: readonly Grant[] },
  at: Instant,
): RunningPeriod | null {
  const period = allowance.nextPeriod - 1
  const { startsAt, expiresAt } = periodWindow(allowance, period)
  if (expiresAt === null || expiresAt <= at || startsAt > at || allowance.total === 'BEGUN') return null
  const isDeposited = (grant: Grant) => grant.allowance?.id === allowance.id && grant.startsAt === startsAt
  // Periods before a billed count's anchor have lower numbers than its first one.
  if (!hasChanged(allowance) && period < allowance.firstPeriod && !grants.some(isDeposited)) return null
  const total = hasChanged(allowance) ? allowance.total : unchanged(depositOf(allowance, seats), startsAt)
  return { allowance, period, startsAt, expiresAt, total }
}

/** Whether a plan that an operator assigns now is the team's first, within the period with which it was opened. */
export const isOpened = (
  { total, nextAt }: Pick<Allowance, 'total' | 'nextAt'>,
  { isBilled }: { readonly isBilled: boolean },
  at: Instant,
): boolean => total === 'OPENED' && !isBilled && nextAt > at

/** Whether what the running period has come to is told with it; else it is what it deposited. */
export const hasChanged = (allowance: Allowance): allowance is Allowance & { total: PeriodTotal } =>
  typeof allowance.total === 'object' && allowance.total !== null

/** Whether the grant is of the plan's allowance in this period: deposited, carried over or for a change of plan. */
export function isOfPeriod(grant: Grant, run: RunningPeriod): boolean {
  if (grant.kind !== run.allowance.kind || grant.expiresAt !== run.expiresAt) return false
  const source = withoutPlan(grant.source)
  return [nameOf(run), ...run.total.former].some(
    ({ id, period, changes }) =>
      (isDepositOf(id, grant) && grant.allowance?.period === period) || source.startsWith(changes),
  )
}

/** How the grants of a period are called, whichever plan they came with. */
export const nameOf = ({ allowance, period, startsAt }: RunningPeriod): PeriodTotal['former'][number] => ({
  ...{ id: allowance.id, period },
  changes: withoutPlan(`${changeSource(allowance, startsAt)}:`),
})

const withoutPlan = (source: string) => source.replace(/^plan:[^:]*/, '')

/** Periods that passed without a deposit are not made up for; the one that runs is, unless it was deposited. */
export function caughtUp(allowance: Allowance, at: Instant): Allowance {
  const period = Math.max(allowance.nextPeriod, periodAt(allowance, at))
  return { ...allowance, nextPeriod: period, nextAt: periodBegins(allowance, period) }
}

/** As they are read from the database: the order decides which of two that land together pays what is owed. */
export const inOrder = (allowances: readonly Allowance[]): Allowance[] =>
  allowances.toSorted((one, other) => (one.id < other.id ? -1 : 1))

/** The allowance after period `period` was deposited. */
export function depositedThrough(allowance: Allowance, period: number): Allowance {
  const nextAt = periodBegins(allowance, period + 1)
  if (nextAt < (allowance.endsAt ?? Infinity)) return { ...allowance, nextPeriod: period + 1, nextAt }
  return {
    ...allowance,
    nextPeriod: period + 1,
    nextAt: Math.min(nextAt, allowance.endsAt ?? allowance.nextAt),
    ended: true,
  }
}
