import type { Account, Policy } from '../../domain/account.ts'
import type { Allowance } from '../../domain/allowance.ts'
import { burnsBefore } from '../../domain/burn-order.ts'
import type { Instant, TeamId } from '../../domain/identity.ts'
import { type BalanceState, type LowThreshold, resolveThreshold } from '../../domain/low-balance.ts'
import type { LimitPeriod, SpendingLimit } from '../../domain/spending-limit.ts'
import type { StoredAmount } from '../../domain/stored-amount.ts'
import {
  readRecharge,
  readRollover,
  readSurplus,
  readTotal,
  type StoredRecharge,
  type StoredSurplus,
  type StoredTotal,
} from '../../entities/json/stored.ts'
import { type GrantRow, toGrant } from './grant-rows.ts'
import { type SessionRow, toSession } from './hold-rows.ts'
import { ms } from './instants.ts'

/* How a team's own rows are asked for: instants in milliseconds, amounts as text, so that neither loses a digit. */

export const accountColumns = `a.team_id, a.name, a.plan_id, a.seats, a.top_ups_enabled, a.version::float8,
  a.revision::float8, a.available::text, a.held::text, a.owed::text, a.add_on_units, a.add_on_granted,
  a.purchases, a.recharge, ${ms('a.paid_through', 'paid_through')}, a.renews, a.surplus, a.low_threshold::text,
  a.low_threshold_percent::text, a.alert, a.last_event_revision::float8, a.last_event_number,
  ${ms('a.next_hold_deadline', 'next_hold_deadline')}, ${ms('a.last_at', 'last_at')}`

export const allowanceColumns = `w.team_id, w.id, w.kind, w.plan_id, w.reference, w.cadence, ${ms('w.anchor', 'anchor')},
  w.first_period, w.time_zone, w.credits::text, w.per_seat, w.rollover, ${ms('w.ends_at', 'ends_at')}, w.next_period,
  ${ms('w.next_at', 'next_at')}, w.ended, w.total`

export const storedAmountColumns = `s.rate, s.amount::text, ${ms('s.changed_at', 'changed_at')}, s.accrued::text,
  ${ms('s.day_ends_at', 'day_ends_at')}`

export const limitColumns = `l.subject, l.subject_id, l.per, l.credits::text, ${ms('l.window_start', 'window_start')},
  ${ms('l.resets_at', 'resets_at')}, l.used::text, ${ms('l.set_at', 'set_at')}`

export type AccountRow = {
  team_id: TeamId
  name: string
  plan_id: string | null
  seats: number
  top_ups_enabled: boolean
  version: number
  revision: number
  available: string
  held: string
  owed: string
  add_on_units: number
  add_on_granted: number
  purchases: number
  recharge: StoredRecharge | null
  paid_through: Instant | null
  renews: boolean
  surplus: readonly StoredSurplus[] | null
  low_threshold: string | null
  low_threshold_percent: string | null
  alert: BalanceState
  last_event_revision: number
  last_event_number: number
  next_hold_deadline: Instant | null
  last_at: Instant
  monthly_usage: string
}

export type AllowanceRow = {
  team_id: TeamId
  id: string
  kind: Allowance['kind']
  plan_id: string | null
  reference: string | null
  cadence: Allowance['cadence']
  anchor: Instant
  first_period: number
  time_zone: string
  credits: string
  per_seat: boolean
  rollover: string
  ends_at: Instant | null
  next_period: number
  next_at: Instant
  ended: boolean
  total: StoredTotal | null
}

export type StoredAmountRow = {
  rate: string
  amount: string
  changed_at: Instant
  accrued: string
  day_ends_at: Instant
}

export type LimitRow = {
  subject: SpendingLimit['subject']
  subject_id: string
  per: LimitPeriod
  credits: string | null
  window_start: Instant
  resets_at: Instant
  used: string
  set_at: Instant
}

/** An account's row with the rows that belong to it. */
export type AccountRows = AccountRow & {
  grants: readonly GrantRow[]
  /** The grants of due holds that have closed since the hold burned them. */
  due_grants: readonly GrantRow[]
  allowances: readonly AllowanceRow[]
  stored: readonly StoredAmountRow[]
  limits: readonly LimitRow[]
  sessions: readonly SessionRow[]
}

export function toAccount(row: AccountRows, policy: Policy): Account {
  const threshold = thresholdOf(row)
  const monthlyUsage = BigInt(row.monthly_usage)
  return {
    teamId: row.team_id,
    name: row.name,
    planId: row.plan_id,
    seats: row.seats,
    topUpsEnabled: row.top_ups_enabled,
    version: row.version,
    revision: row.revision,
    available: BigInt(row.available),
    held: BigInt(row.held),
    owed: BigInt(row.owed),
    grants: [...row.grants, ...row.due_grants].map(toGrant).sort(burnsBefore),
    allowances: row.allowances.map(toAllowance),
    addOn: { units: row.add_on_units, granted: row.add_on_granted },
    purchases: row.purchases,
    recharge: row.recharge && readRecharge(row.recharge),
    paidThrough: row.paid_through,
    renews: row.renews,
    surplus: (row.surplus ?? []).map(readSurplus),
    stored: row.stored.map(toStoredAmount),
    limits: row.limits.map(toLimit),
    sessions: row.sessions.map(toSession),
    nextHoldDeadline: row.next_hold_deadline,
    lastAt: row.last_at,
    monthlyUsage,
    threshold,
    lowThreshold: resolveThreshold(threshold, monthlyUsage, policy.lowThreshold),
    alert: row.alert,
    lastEvent: { revision: row.last_event_revision, number: row.last_event_number },
  }
}

function thresholdOf(row: AccountRow): LowThreshold {
  if (row.low_threshold !== null) return { credits: BigInt(row.low_threshold) }
  return row.low_threshold_percent === null ? null : { percent: BigInt(row.low_threshold_percent) }
}

const toAllowance = (row: AllowanceRow): Allowance => ({
  id: row.id,
  kind: row.kind,
  planId: row.plan_id,
  reference: row.reference,
  cadence: row.cadence,
  anchor: row.anchor,
  firstPeriod: row.first_period,
  timeZone: row.time_zone,
  credits: BigInt(row.credits),
  perSeat: row.per_seat,
  rollover: readRollover(row.rollover),
  endsAt: row.ends_at,
  nextPeriod: row.next_period,
  nextAt: row.next_at,
  ended: row.ended,
  total: row.total && readTotal(row.total),
})

const toStoredAmount = (row: StoredAmountRow): StoredAmount => ({
  rate: row.rate,
  amount: BigInt(row.amount),
  changedAt: row.changed_at,
  accrued: BigInt(row.accrued),
  dayEndsAt: row.day_ends_at,
})

const toLimit = (row: LimitRow): SpendingLimit => ({
  subject: row.subject,
  id: row.subject_id,
  per: row.per,
  credits: row.credits === null ? null : BigInt(row.credits),
  windowStart: row.window_start,
  resetsAt: row.resets_at,
  used: BigInt(row.used),
  setAt: row.set_at,
})
