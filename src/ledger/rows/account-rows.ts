import type { Account, Policy } from '../../domain/account.ts'
import type { Allowance } from '../../domain/allowance.ts'
import { burnsBefore } from '../../domain/burn-order.ts'
import type { Instant, MemberId, TeamId } from '../../domain/identity.ts'
import { type BalanceState, type LowThreshold, resolveThreshold } from '../../domain/low-balance.ts'
import type { MemberGroup } from '../../domain/member-group.ts'
import type { LimitPeriod, SpendingLimit } from '../../domain/spending-limit.ts'
import type { StoredAmount } from '../../domain/stored-amount.ts'
import type { AccountEntity } from '../../entities/account.ts'
import type { AllowanceEntity } from '../../entities/allowance.ts'
import {
  readAlertLevel,
  readLent,
  readMove,
  readRecharge,
  readRollover,
  readSurplus,
  readTotal,
  readTrial,
  type StoredAlertLevel,
  type StoredLent,
  type StoredMove,
  type StoredRecharge,
  type StoredSurplus,
  type StoredTotal,
  type StoredTrial,
  type StoredUnpaidBill,
} from '../../entities/json/stored.ts'
import type { MemberGroupEntity } from '../../entities/member-group.ts'
import type { SpendingLimitEntity } from '../../entities/spending-limit.ts'
import type { StoredAmountEntity } from '../../entities/stored-amount.ts'
import {
  asAmount,
  asBoolean,
  asInstant,
  asInteger,
  asJson,
  asNumber,
  asText,
  columnsOf,
  listOf,
  type RowOf,
} from './columns.ts'
import { type GrantRow, toGrant } from './grant-rows.ts'
import { type SessionRow, toSession } from './hold-rows.ts'

const account = columnsOf<typeof AccountEntity>()({
  team_id: asText<TeamId>(),
  name: asText(),
  plan_id: asText<string | null>(),
  seats: asInteger(),
  top_ups_enabled: asBoolean(),
  version: asNumber(),
  revision: asNumber(),
  available: asAmount(),
  held: asAmount(),
  owed: asAmount(),
  currency: asText<string | null>(),
  lent: asJson<StoredLent | null>(),
  add_on_units: asInteger(),
  add_on_granted: asInteger(),
  purchases: asInteger(),
  recharge: asJson<StoredRecharge | null>(),
  paid_through: asInstant<Instant | null>(),
  renews: asBoolean(),
  surplus: asJson<readonly StoredSurplus[] | null>(),
  trial: asJson<StoredTrial | null>(),
  move: asJson<StoredMove | null>(),
  unpaid_bills: asJson<readonly StoredUnpaidBill[] | null>(),
  low_threshold: asAmount<string | null>(),
  low_threshold_percent: asAmount<string | null>(),
  levels: asJson<readonly StoredAlertLevel[] | null>(),
  alert: asText<BalanceState>(),
  last_event_revision: asNumber(),
  last_event_number: asInteger(),
  next_hold_deadline: asInstant<Instant | null>(),
  last_at: asInstant(),
  active_at: asInstant(),
})

const allowance = columnsOf<typeof AllowanceEntity>()({
  team_id: asText<TeamId>(),
  id: asText(),
  kind: asText<Allowance['kind']>(),
  plan_id: asText<string | null>(),
  reference: asText<string | null>(),
  cadence: asText<Allowance['cadence']>(),
  anchor: asInstant(),
  first_period: asInteger(),
  time_zone: asText(),
  credits: asAmount(),
  per_seat: asBoolean(),
  rollover: asText(),
  credit_line: asAmount<string | null>(),
  ends_at: asInstant<Instant | null>(),
  next_period: asInteger(),
  next_at: asInstant(),
  ended: asBoolean(),
  total: asJson<StoredTotal | null>(),
})

const storedAmount = columnsOf<typeof StoredAmountEntity>()({
  rate: asText(),
  amount: asAmount(),
  changed_at: asInstant(),
  accrued: asAmount(),
  day_ends_at: asInstant(),
})

const limit = columnsOf<typeof SpendingLimitEntity>()({
  subject: asText<SpendingLimit['subject']>(),
  subject_id: asText(),
  per: asText<LimitPeriod>(),
  credits: asAmount<string | null>(),
  window_start: asInstant(),
  resets_at: asInstant(),
  used: asAmount(),
  set_at: asInstant(),
})

const group = columnsOf<typeof MemberGroupEntity>()({
  id: asText(),
  name: asText(),
  parent_id: asText<string | null>(),
  member_ids: asJson<MemberId[]>(),
})

export const accountColumns = listOf('a', account)
export const allowanceColumns = listOf('w', allowance)
export const storedAmountColumns = listOf('s', storedAmount)
export const limitColumns = listOf('l', limit)
export const groupColumns = listOf('m', group)

export type AccountRow = RowOf<typeof account> & { monthly_usage: string }
export type AllowanceRow = RowOf<typeof allowance>
export type StoredAmountRow = RowOf<typeof storedAmount>
export type LimitRow = RowOf<typeof limit>
export type GroupRow = RowOf<typeof group>

/** An account's row with the rows that belong to it. */
export type AccountRows = AccountRow & {
  grants: readonly GrantRow[]
  /** The grants of due holds that have closed since the hold burned them. */
  due_grants: readonly GrantRow[]
  allowances: readonly AllowanceRow[]
  stored: readonly StoredAmountRow[]
  limits: readonly LimitRow[]
  groups: readonly GroupRow[]
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
    currency: row.currency,
    lent: row.lent && readLent(row.lent),
    grants: [...row.grants, ...row.due_grants].map(toGrant).sort(burnsBefore),
    allowances: row.allowances.map(toAllowance),
    addOn: { units: row.add_on_units, granted: row.add_on_granted },
    purchases: row.purchases,
    recharge: row.recharge && readRecharge(row.recharge),
    paidThrough: row.paid_through,
    renews: row.renews,
    surplus: (row.surplus ?? []).map(readSurplus),
    trial: row.trial && readTrial(row.trial),
    move: row.move && readMove(row.move),
    unpaidBills: row.unpaid_bills ?? [],
    stored: row.stored.map(toStoredAmount),
    limits: row.limits.map(toLimit),
    groups: row.groups.map(toGroup),
    sessions: row.sessions.map(toSession),
    nextHoldDeadline: row.next_hold_deadline,
    lastAt: row.last_at,
    activeAt: row.active_at,
    monthlyUsage,
    threshold,
    levels: (row.levels ?? []).map(readAlertLevel),
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
  creditLine: row.credit_line === null ? null : BigInt(row.credit_line),
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

const toGroup = (row: GroupRow): MemberGroup => ({
  id: row.id,
  name: row.name,
  parentId: row.parent_id,
  memberIds: row.member_ids,
  isDeleted: false,
})
