import type { AlertLevel } from './alert-level.ts'
import { type Allowance, comesDue, type Rollover } from './allowance.ts'
import type { Credits } from './amounts/credits.ts'
import type { Money } from './amounts/money.ts'
import type { Lent } from './credit-line.ts'
import type { CustomTopUp } from './custom-top-up.ts'
import type { Grant, GrantKind } from './grant.ts'
import type { Instant, Revision, TeamId } from './identity.ts'
import type { LiveSession } from './live-session.ts'
import type { BalanceState, LowThreshold } from './low-balance.ts'
import type { MemberGroup } from './member-group.ts'
import type { Move } from './move.ts'
import type { NewTeamCredits } from './new-team-credits.ts'
import type { Cadence, PeriodAnchor } from './period.ts'
import type { Recharge } from './recharge.ts'
import type { SpendingLimit } from './spending-limit.ts'
import { nextAccrual, type StoredAmount } from './stored-amount.ts'
import { isRunning, runningTrialEnd, type Trial, type TrialTerms } from './trial.ts'
import { nextOverdue, type UnpaidBill } from './unpaid-bill.ts'

/**
 * Credits that a team was given for a period which it left before its end, beyond those that count for the part it
 * used: they were spent, or last to their own end. Until the period would have ended, deposits of a change are less by
 * them. A TRIAL's surplus counts against trials only: a paid period after a trial is deposited in full. A PLAN's
 * surplus counts against trials, too, but a trial does not use it up.
 */
export type Surplus = { readonly of: SurplusKind; readonly amount: Credits; readonly until: Instant }
export type SurplusKind = 'PLAN' | 'TRIAL' | 'ADD_ON'

export const maxSeats = 100_000

/** Everything that decides a team's next command, at one ledger position. Open grants only, in burn order. */
export type Account = {
  readonly teamId: TeamId
  readonly name: string
  readonly planId: string | null
  readonly seats: number
  readonly topUpsEnabled: boolean
  /** A new value after every write of any kind. Concurrent writers compare and set it. */
  readonly version: number
  readonly revision: Revision
  /** The available credits of the grants without a scope: they may pay for everything. */
  readonly available: Credits
  readonly held: Credits
  readonly owed: Credits
  /** The currency in which the team pays; null: it has not chosen one, and pays in the catalog's main currency. */
  readonly currency: string | null
  /** The part of what is owed that the credit line lent; null: none. */
  readonly lent: Lent | null
  readonly grants: readonly Grant[]
  readonly allowances: readonly Allowance[]
  /** Recurring add-on units: how many each cycle deposits from now on, and how many the running one has. */
  readonly addOn: { readonly units: number; readonly granted: number }
  /** How many purchases have begun. */
  readonly purchases: number
  /** Null: it was never configured. */
  readonly recharge: Recharge | null
  /**
   * Plan periods that begin at or after this instant are not paid for yet, and deposit nothing; null: no deposit waits
   * for a payment.
   */
  readonly paidThrough: Instant | null
  /** Whether the subscription continues at `paidThrough`. Without a subscription nothing ends, so this is true. */
  readonly renews: boolean
  /** Surplus of periods that the team left, which reduces its next deposits. */
  readonly surplus: readonly Surplus[]
  /** The team's trial, running or ended; null: it never had one. */
  readonly trial: Trial | null
  /** Null: the team has always been the gateway's. */
  readonly move: Move | null
  /** The bills for metered usage that are not paid, the oldest first. */
  readonly unpaidBills: readonly UnpaidBill[]
  readonly stored: readonly StoredAmount[]
  readonly limits: readonly SpendingLimit[]
  readonly groups: readonly MemberGroup[]
  /** The open holds that are metered by time, ordered by number. Empty in an account of a past moment. */
  readonly sessions: readonly LiveSession[]
  /** No open hold's deadline is before this instant; null: there is none. */
  readonly nextHoldDeadline: Instant | null
  /** The effective time of the last entry; time never runs backwards in a ledger. */
  readonly lastAt: Instant
  /** When credits were last held or charged; before that, when the team began. */
  readonly activeAt: Instant
  readonly threshold: LowThreshold
  readonly levels: readonly AlertLevel[]
  /** Charged in the last 30 days; read only where the threshold or an alert level is a share of it. */
  readonly monthlyUsage: Credits
  /** The threshold in credits, resolved when the account was read. */
  readonly lowThreshold: Credits
  /** The state that was last announced; a crossing is a difference to it. */
  readonly alert: BalanceState
  /** Position of the last event that is not a posting: the `number`th at `revision`. */
  readonly lastEvent: { readonly revision: Revision; readonly number: number }
}

/** The catalog's decisions about accounts. */
export type Policy = {
  readonly burnPriority: Readonly<Record<GrantKind, number>>
  readonly lowThreshold: NonNullable<LowThreshold>
  readonly timeZone: string
  /** How long credits without a date of their own last: for ever, or to the end of the team's cycle. */
  readonly expiry: Readonly<Record<LastingKind, Lasting>>
  /** When a change of plan or seats changes deposits; `at-once`: for the rest of the period too, in proportion. */
  readonly planChanges: 'next-deposit' | 'at-once'
  /** A day's storage that the balance doesn't cover is not charged (`stop`), or is owed (`owe`). */
  readonly storageAtZero: 'stop' | 'owe'
  /** The currency of all money here. */
  readonly currency: string
  /** The currencies in which teams may pay, the main one first. */
  readonly currencies: readonly [string, ...string[]]
  /** The plan of a team that nobody has assigned one; null: such a team is not created. */
  readonly defaultPlan: string | null
  plan(id: string): PlanTerms | undefined
  package(id: string): PackageTerms | undefined
  /** Null: credits are sold in packages only. */
  readonly customTopUp: CustomTopUp | null
  /** Null: what a new team buys is available at once. */
  readonly newTeamCredits: NewTeamCredits | null
  /** The price of a credit that a credit line lends; null: nothing is lent, whatever plans and contracts say. */
  readonly creditLine: { readonly perCredit: Money } | null
}

export const lastingKinds = ['PACKAGE', 'AUTO_RECHARGE', 'ADD_ON'] as const
export type LastingKind = (typeof lastingKinds)[number]
export type Lasting = 'never' | 'cycle'

export type PlanTerms = {
  readonly id: string
  readonly allowances: readonly AllowanceTerms[]
  /** The credits that one recurring unit adds each cycle; null: the plan has no units. */
  readonly addOn: { readonly credits: Credits } | null
  /** How much a team may owe for work beyond its balance; null: nothing. */
  readonly creditLine: Credits | null
  /** A team that never had a trial gets it before the allowances; null: they begin at once. */
  readonly trial: TrialTerms | null
  /** Whether packages are sold on the plan; if not, `contact` says whom to ask. */
  readonly topUp: boolean
  readonly contact: string | null
}

export type PackageTerms = { readonly id: string; readonly credits: Credits; readonly price: Money }

export type AllowanceTerms = {
  /** The id within the plan; an allowance with the same id in another plan continues the same periods. */
  readonly id: string
  readonly credits: Credits
  readonly every: Cadence
  readonly perSeat: boolean
  readonly anchor: PeriodAnchor
  /** Only subscriptions that pay at this interval get deposits; null: all. */
  readonly interval: 'MONTH' | 'YEAR' | null
  readonly rollover: Rollover
}

/**
 * The next instant at which time alone changes the account; null: never. It may be earlier than the true one, never
 * later. Ends of grants up to `after` are already processed.
 */
export function nextBoundary(account: Account, after: Instant = -Infinity): Instant | null {
  let next = Math.min(account.nextHoldDeadline ?? Infinity, account.recharge?.retryAt ?? Infinity)
  for (const { expiresAt, locked, lock } of account.grants) {
    if (expiresAt !== null && expiresAt > after && expiresAt < next) next = expiresAt
    if (locked > 0n && lock !== null && lock.until < next) next = lock.until
  }
  for (const allowance of account.allowances) {
    if (allowance.nextAt < next && comesDue(allowance, account.paidThrough)) next = allowance.nextAt
  }
  next = Math.min(next, nextOverdue(account.unpaidBills) ?? Infinity, account.lent?.billedAt ?? Infinity)
  next = Math.min(next, runningTrialEnd(account.trial))
  for (const stored of account.stored) next = Math.min(next, nextAccrual(stored) ?? Infinity)
  return next === Infinity ? null : next
}

/** The credits that become available next by the end of a lock, and when; null: none are locked. */
export function nextUnlock(grants: readonly Grant[]): { readonly amount: Credits; readonly at: Instant } | null {
  let next: { amount: Credits; at: Instant } | null = null
  for (const { locked, lock } of grants) {
    if (locked === 0n || lock === null) continue
    if (next === null || lock.until < next.at) next = { amount: locked, at: lock.until }
    else if (lock.until === next.at) next.amount += locked
  }
  return next
}

/** When time alone next brings credits: an allowance or the end of a lock; null: it brings none. */
export function nextArrival(account: Account, at: Instant): Instant | null {
  const next = Math.min(nextDeposit(account, at) ?? Infinity, nextUnlock(account.grants)?.at ?? Infinity)
  return Number.isFinite(next) ? next : null
}

/**
 * When the next allowance is deposited; null: none is expected. While a subscription is paid, its renewal is expected,
 * unless it has been cancelled. Once a renewal is overdue, only its payment brings the plan's next credits, at no known
 * day. After a trial, the first deposit is expected as it was when the trial began, or as a subscription pays.
 */
export function nextDeposit(account: Account, at: Instant): Instant | null {
  const { allowances, paidThrough, renews } = account
  const isPaid = paidThrough === null || at < paidThrough
  const isAwaited = (allowance: Allowance) =>
    allowance.nextAt > at && (renews && isPaid ? !allowance.ended : comesDue(allowance, paidThrough))
  const awaited = allowances.filter(isAwaited).map(({ nextAt }) => nextAt)
  const next = Math.min(...awaited, depositAfterTrial(account, at) ?? Infinity)
  return Number.isFinite(next) ? next : null
}

/** Whether the team's subscription is in its own trial, and its plan deposits once it is paid. */
export const waitsForPayment = ({ trial, paidThrough, allowances }: Account): boolean =>
  paidThrough !== null &&
  trial !== null &&
  trial.nextDepositAt !== null &&
  allowances.every(({ kind, ended }) => kind !== 'INCLUDED' || ended)

/** When the first deposit after a trial is expected; null: none is. */
function depositAfterTrial(account: Account, at: Instant): Instant | null {
  const { trial, paidThrough, renews } = account
  if (paidThrough === null) return isRunning(trial) ? trial.nextDepositAt : null
  return renews && at < paidThrough && waitsForPayment(account) ? paidThrough : null
}
