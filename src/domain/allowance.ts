import type { Credits } from './amounts/credits.ts'
import type { Grant } from './grant.ts'
import type { Instant } from './identity.ts'
import { type Cadence, dayOf, periodIndexAt, periodStart } from './period.ts'
import { type PeriodTotal, unchanged } from './period-total.ts'

/** The credits that are left at a period's end are lost, carried over, or carried over up to an amount. */
export type Rollover = 'none' | 'full' | { readonly upTo: Credits }

/** The credits that an allowance's grants had left when they ended, at `at`. */
export type Leftover = { readonly allowanceId: string; readonly at: Instant; readonly amount: Credits }

/**
 * The recurring deposits of a plan or a contract into one team. Period k runs from `periodBegins(k)` to `periodBegins(k
 * + 1)`; each period deposits once, whenever the team is read. ONCE has a single period, without an end of its own.
 */
export type Allowance = {
  /**
   * The plan's own id (`week`), or the contract's. It survives plan changes, so that a period can't be deposited twice.
   */
  readonly id: string
  readonly kind: 'INCLUDED' | 'CONTRACT'
  /** Null: the allowance is a contract's. */
  readonly planId: string | null
  /** The contract's reference; null: the allowance is a plan's. */
  readonly reference: string | null
  readonly cadence: Cadence | 'ONCE'
  readonly anchor: Instant
  /** The number of the period that begins at the anchor. Numbers continue if periods begin anew. */
  readonly firstPeriod: number
  readonly timeZone: string
  readonly credits: Credits
  readonly perSeat: boolean
  readonly rollover: Rollover
  /** The credit line that a contract grants while it runs; null: none. */
  readonly creditLine: Credits | null
  /** No period begins at or after this instant, and none lasts beyond it; null: the allowance has no end. */
  readonly endsAt: Instant | null
  /** The first period not deposited yet, and when it starts. */
  readonly nextPeriod: number
  readonly nextAt: Instant
  /** No further period is deposited. */
  readonly ended: boolean
  /**
   * The sum of the running period; null: its deposit only. BEGUN: the plan has just begun the allowance, and the
   * surplus of periods that the team left counts against the first deposit. OPENED: the allowance is of the default
   * plan, on which the team's first request opened it, or to which the end of its trial brought it; the first plan that is
   * assigned within the period replaces it. A trial replaces nothing, and keeps the mark.
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

/** The number of the period that contains `at`; before the anchor it is lower than `firstPeriod`. */
export function periodAt({ anchor, cadence, timeZone, firstPeriod }: Allowance, at: Instant): number {
  if (cadence === 'ONCE') return firstPeriod
  return firstPeriod + periodIndexAt(anchor, cadence, timeZone, at)
}

/**
 * Stripe counts in UTC, a catalog in its own zone: a period that begins within this time before the end of what is paid
 * for belongs to the next payment.
 */
const leadMs = 3 * 3_600_000

/** Whether time alone deposits the allowance's next period: a plan's period must be paid for, a contract's need not. */
export const comesDue = ({ kind, ended, nextAt }: Allowance, paidThrough: Instant | null): boolean =>
  !ended && (paidThrough === null || kind === 'CONTRACT' || nextAt < paidThrough - leadMs)

/** How long a period's deposit lasts: to the next one's begin or to the end of the contract; null: for ever. */
export function periodWindow(allowance: Allowance, period: number): { startsAt: Instant; expiresAt: Instant | null } {
  const end = Math.min(periodBegins(allowance, period + 1), allowance.endsAt ?? Infinity)
  return { startsAt: periodBegins(allowance, period), expiresAt: end === Infinity ? null : end }
}

/** The prefix of the sources of what plans give: allowances, changes within a period, trials and units. */
export const planSource = 'plan:'

/**
 * The prefixes of the sources of allowances and contracts. No other source may have them: a source that is already used
 * would block a deposit.
 */
export const reservedSources = [planSource, 'contract-grant:'] as const

/**
 * `plan:pro:2026-11-16`, or `plan:pro:month:2026-11-01` for another allowance than the weekly one, or
 * `contract-grant:ACME-42:2026-11-16`: a grant's source is unique in its team. If periods began anew, the source also
 * has the number that they began at: they may start on the same day as a period before.
 */
export function depositSource(allowance: Allowance, startsAt: Instant): string {
  const { id, planId, reference, timeZone, firstPeriod } = allowance
  const from =
    planId === null ? `contract-grant:${reference}` : `${planSource}${planId}${id === 'week' ? '' : `:${id}`}`
  return `${from}:${dayOf(startsAt, timeZone)}${firstPeriod === 0 ? '' : `:${firstPeriod}`}`
}

/** A contract's id among a team's allowances. */
export const contractId = (reference: string): string => `contract:${reference}`

/** The allowance id on a grant that carries over the credits left in the period before. */
export const rolloverOf = (id: string): string => `${id}:rollover`

/** Whether the grant is the allowance's deposit for a period, or the credits carried over into one. */
export const isDepositOf = (id: string, { allowance }: Pick<Grant, 'allowance'>): boolean =>
  allowance?.id === id || allowance?.id === rolloverOf(id)

/** The source of a change of plan or seats in a period: `plan:pro:month:2026-11-01:change`. */
export const changeSource = (allowance: Allowance, startsAt: Instant): string =>
  `${depositSource(allowance, startsAt)}:change`

/** Whether the period is before the first one that is paid for. */
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

/** The allowance's period that contains `at` and was deposited; null: none is. */
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

/** Whether a plan that an operator assigns now is the team's first, within the period in which the team was opened. */
export const isOpened = (
  { total, nextAt }: Pick<Allowance, 'total' | 'nextAt'>,
  { isBilled }: { readonly isBilled: boolean },
  at: Instant,
): boolean => total === 'OPENED' && !isBilled && nextAt > at

/** The allowance, marked as the one that opens the team, unless something else is known of its running period. */
export const opened = (allowance: Allowance): Allowance =>
  allowance.total === null ? { ...allowance, total: 'OPENED' } : allowance

/** Whether the allowance has the total of its running period; else the total is the deposit. */
export const hasChanged = (allowance: Allowance): allowance is Allowance & { total: PeriodTotal } =>
  typeof allowance.total === 'object' && allowance.total !== null

/**
 * Whether the grant belongs to the plan's allowance in this period: deposited, carried over or for a change of plan.
 */
export function isOfPeriod(grant: Grant, run: RunningPeriod): boolean {
  if (grant.kind !== run.allowance.kind || grant.expiresAt !== run.expiresAt) return false
  const source = withoutPlan(grant.source)
  return [nameOf(run), ...run.total.former].some(
    ({ id, period, changes }) =>
      (isDepositOf(id, grant) && grant.allowance?.period === period) || source.startsWith(changes),
  )
}

/** The names by which a period's grants are found, with whichever plan they came. */
export const nameOf = ({ allowance, period, startsAt }: RunningPeriod): PeriodTotal['former'][number] => ({
  id: allowance.id,
  period,
  changes: withoutPlan(`${changeSource(allowance, startsAt)}:`),
})

const withoutPlan = (source: string) => source.replace(/^plan:[^:]*/, '')

/**
 * The allowance, with its next period moved to the running one. Earlier periods without a deposit are not made up for;
 * the running one is, unless it was deposited.
 */
export function caughtUp(allowance: Allowance, at: Instant): Allowance {
  const period = Math.max(allowance.nextPeriod, periodAt(allowance, at))
  return { ...allowance, nextPeriod: period, nextAt: periodBegins(allowance, period) }
}

/**
 * The allowances in the order of the database. When two deposits come at the same instant, the order decides which one
 * repays the debt.
 */
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
