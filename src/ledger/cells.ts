import { type Account, nextBoundary } from '../domain/account.ts'
import type { Allowance } from '../domain/allowance.ts'
import { factsText } from '../domain/audit.ts'
import { type Grant, isOpen } from '../domain/grant.ts'
import { type Hold, remainingOf } from '../domain/hold.ts'
import type { AccountNotice } from '../domain/notice.ts'
import type { Entry, Posting } from '../domain/posting.ts'
import type { NewPurchase } from '../domain/purchase.ts'
import type { SpendingLimit } from '../domain/spending-limit.ts'
import {
  storeCharged,
  storeLine,
  storeRecharge,
  storeRollover,
  storeSlice,
  storeSurplus,
  storeTotal,
} from '../domain/stored.ts'
import type { StoredAmount } from '../domain/stored-amount.ts'
import type { AuditedAct } from './decide-batch.ts'
import type { Cell } from './sql-rows.ts'
import type { StoredCommand } from './team-state.ts'

/** When a purchase that nobody went on with is given up. */
const abandonedAfterMs = 86_400_000

/* What a batch writes as cells, in the order of the columns in written-tables.ts. `ix`: the team's place in the batch. */

/** `version`: the one that the account is to have then. */
export const ofPosition = (account: Account, version: number, ix: number): Cell[] => [
  ix,
  account.teamId,
  account.version,
  version,
  account.revision,
  account.available,
  account.held,
  account.owed,
  account.lastAt,
]

export const ofSettings = (account: Account, at: number): Cell[] => [
  account.name,
  account.planId,
  account.seats,
  account.topUpsEnabled,
  account.addOn.units,
  account.addOn.granted,
  account.purchases,
  account.recharge === null ? null : JSON.stringify(storeRecharge(account.recharge)),
  account.paidThrough,
  account.renews,
  account.surplus.length === 0 ? null : JSON.stringify(account.surplus.map(storeSurplus)),
  account.threshold !== null && 'credits' in account.threshold ? account.threshold.credits : null,
  account.threshold !== null && 'percent' in account.threshold ? account.threshold.percent : null,
  account.alert,
  account.lastEvent.revision,
  account.lastEvent.number,
  account.nextHoldDeadline,
  nextBoundary(account, at),
]

export const ofBurnt = (grant: Grant, at: number, ix: number): Cell[] => [
  ix,
  grant.id,
  grant.available,
  grant.held,
  grant.spent,
  grant.expired,
  grant.revoked,
  grant.clawedBack,
  isOpen(grant, at),
]

export const ofGrant = (grant: Grant, at: number, ix: number): Cell[] => [
  ix,
  grant.id,
  grant.kind,
  grant.priority,
  grant.startsAt,
  grant.expiresAt,
  grant.granted,
  grant.available,
  grant.held,
  grant.spent,
  grant.expired,
  grant.revoked,
  grant.clawedBack,
  grant.source,
  grant.allowance?.id ?? null,
  grant.allowance?.period ?? null,
  isOpen(grant, at),
]

export const ofAllowance = (allowance: Allowance, ix: number): Cell[] => [
  ix,
  allowance.id,
  allowance.kind,
  allowance.planId,
  allowance.reference,
  allowance.cadence,
  allowance.anchor,
  allowance.firstPeriod,
  allowance.timeZone,
  allowance.credits,
  allowance.perSeat,
  storeRollover(allowance.rollover),
  allowance.endsAt,
  allowance.nextPeriod,
  allowance.nextAt,
  allowance.ended,
  allowance.total === null ? null : JSON.stringify(storeTotal(allowance.total)),
]

export const ofHold = (hold: Hold, ix: number): Cell[] => [
  ix,
  hold.id,
  hold.state,
  hold.amount,
  hold.captured,
  remainingOf(hold),
  hold.placedAt,
  hold.expiresAt,
  hold.reference,
  hold.memberId,
  hold.callerId,
  hold.callerRole,
  hold.rateCardVersion,
  JSON.stringify(hold.lines.map(storeLine)),
  JSON.stringify(hold.slices.map(storeSlice)),
  hold.charged === null ? null : JSON.stringify(storeCharged(hold.charged)),
  hold.pace?.rate ?? null,
  hold.pace?.since ?? null,
]

export const ofStored = ({ rate, amount, changedAt, accrued, dayEndsAt }: StoredAmount, ix: number): Cell[] => [
  ix,
  rate,
  amount,
  changedAt,
  accrued,
  dayEndsAt,
]

export const ofLimit = (limit: SpendingLimit, ix: number): Cell[] => [
  ix,
  limit.subject,
  limit.id,
  limit.per,
  limit.credits,
  limit.windowStart,
  limit.resetsAt,
  limit.used,
  limit.setAt,
]

export const ofCommand = (key: string, command: StoredCommand, audited: boolean, ix: number): Cell[] => [
  ix,
  key,
  command.namespace.callerClass,
  command.namespace.mutation,
  command.caller?.id ?? null,
  command.caller?.role ?? null,
  command.fingerprint,
  command.revision,
  command.decidedAt,
  JSON.stringify(command.outcome),
  audited || null,
]

/** `number`: its place among the acts of the team in this batch. */
export const ofAudit = ({ act, change, key, revision }: AuditedAct, number: number, at: number, ix: number): Cell[] => [
  ix,
  number,
  at,
  revision,
  act.caller.id,
  act.caller.role,
  act.credential,
  act.mutation,
  key,
  act.reference,
  act.address,
  act.traceId,
  factsText(change.before),
  factsText(change.after),
]

export const ofNotice = ({ revision, number, type, at, amount }: AccountNotice, ix: number): Cell[] => [
  ix,
  revision,
  number,
  type,
  at,
  amount,
]

/** A recharge is the reconciler's from the start; a purchase only once its buyer has asked for the money. */
export const ofPurchase = (purchase: NewPurchase, ix: number): Cell[] => [
  ix,
  purchase.id,
  purchase.cause,
  purchase.packageId,
  purchase.catalogVersion,
  purchase.credits,
  purchase.price.amount,
  purchase.price.currency,
  purchase.pay,
  purchase.successUrl,
  purchase.cancelUrl,
  purchase.memberId,
  purchase.createdAt,
  purchase.cause === 'RECHARGE' ? purchase.createdAt : purchase.createdAt + abandonedAfterMs,
]

/** The posting's own facts stand on its last entry. */
export function ofEntry(entry: Entry, posting: Posting, ix: number): Cell[] {
  const last = entry.revision === posting.revision
  return [
    ix,
    entry.revision,
    entry.grantId,
    entry.from,
    entry.to,
    entry.amount,
    entry.availableAfter,
    entry.heldAfter,
    entry.owedAfter,
    posting.at,
    posting.revision,
    last ? posting.entries.length : null,
    last ? posting.type : null,
    last ? posting.change : null,
    last ? posting.memberId : null,
    last ? posting.reference : null,
    last ? posting.reason : null,
    last ? posting.holdId : null,
    last ? posting.chargeId : null,
    last ? posting.rateCardVersion : null,
    entry.line,
    entry.rate,
    entry.use?.quantity ?? null,
    entry.use?.count ?? null,
    entry.use?.money?.amount ?? null,
    entry.use?.money?.currency ?? null,
  ]
}
