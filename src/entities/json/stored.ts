import type { Account, Surplus } from '../../domain/account.ts'
import type { AlertLevel } from '../../domain/alert-level.ts'
import type { Rollover } from '../../domain/allowance.ts'
import type { Money } from '../../domain/amounts/money.ts'
import type { Lent } from '../../domain/credit-line.ts'
import type { Outcome } from '../../domain/decisions/command.ts'
import type { Grant, Lock } from '../../domain/grant.ts'
import type { GrantScope } from '../../domain/grant-scope.ts'
import type { ChargedHold, Hold, HoldState, Slice, WaitingExtension } from '../../domain/hold.ts'
import { chargeId, grantId, holdId, type MemberId, purchaseId } from '../../domain/identity.ts'
import { noGroups } from '../../domain/member-group.ts'
import type { Move, PaymentMeanwhile } from '../../domain/move.ts'
import type { PeriodTotal } from '../../domain/period-total.ts'
import type { NewPurchase } from '../../domain/purchase.ts'
import type { PricedLine } from '../../domain/rate-card.ts'
import type { Recharge } from '../../domain/recharge.ts'
import type { Role } from '../../domain/role.ts'
import type { StoredAmount } from '../../domain/stored-amount.ts'
import { inOrder, type Tag } from '../../domain/tags.ts'
import type { Trial } from '../../domain/trial.ts'
import type { UnpaidBill } from '../../domain/unpaid-bill.ts'
import type { Usage } from '../../domain/usage.ts'

/** The form of domain values in JSON columns: amounts are decimal integers of their smallest unit. */

export type Stored<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] }
type StoredMoney = Stored<Money>
export type StoredGrant = Stored<Omit<Grant, 'id' | 'frozen' | 'costBasis' | 'locked' | 'lock' | 'scope'>> & {
  id: number
  /** Absent: the grant was stored before this field existed. */
  frozen?: boolean
  /** Absent: the grant was stored before this field existed, or nothing was paid for it. */
  costBasis?: StoredMoney
  /** Both absent: all of it was available at once. */
  locked?: string
  lock?: Stored<Lock>
  /** Absent: it pays for everything. */
  scope?: GrantScope
}
export type StoredLine = Stored<Omit<PricedLine, 'money'>> & { money: StoredMoney | null }
export type StoredChargedHold = {
  id: number
  /** `tags` absent: the line has none. */
  movements: { grantId: number; amount: string; rate: string | null; tags?: StoredTags }[]
}
/** The values of a line's tags by their keys. */
export type StoredTags = Readonly<Record<string, string>>
/** `rate` absent: the grant has no scope. */
export type StoredSlice = { grantId: number; amount: string; rate?: string }
export type StoredWaitingExtension = Omit<WaitingExtension, 'usage'> & { usage: Stored<Usage>[] }
export type StoredHold = {
  id: number
  state: HoldState
  amount: string
  captured: string
  slices: StoredSlice[]
  /** Absent: the hold was stored before this field existed. */
  placedAt?: number
  expiresAt: number
  reference: string | null
  memberId: string | null
  /** Absent: the hold was stored before this field existed. */
  callerId?: string | null
  /** Absent: the hold was stored before this field existed. */
  callerRole?: Role
  rateCardVersion: string
  /** Absent: the caller named the quantity. */
  fitted?: string
  /** Absent: the hold reserved. */
  chargeId?: number
}
export type StoredTeam = Pick<Account, 'name' | 'planId' | 'seats'> & {
  /** Absent: the team was stored before teams had a currency. */
  currency?: string | null
  /** Absent: the team was stored before stored amounts existed. */
  stored?: Stored<StoredAmount>[]
}
export type StoredPurchase = Stored<Omit<NewPurchase, 'id' | 'price' | 'memberId'>> & {
  id: number
  price: StoredMoney
  memberId: string | null
}
export type StoredLent = Stored<Omit<Lent, 'perCredit'>> & { perCredit: StoredMoney }
/** The fields that recharges have since target balances, limits a day, mandates and losses exist; absent: it was stored before. */
type LaterOfRecharge = Pick<
  Recharge,
  'maxPerDay' | 'day' | 'boughtToday' | 'cappedBy' | 'attemptDay' | 'mandate' | 'loss'
> & {
  targetBalance: string | null
}
export type StoredRecharge = Partial<LaterOfRecharge> &
  Omit<Recharge, 'threshold' | 'monthlyCap' | 'spent' | 'uncapped' | 'attempt' | keyof LaterOfRecharge> & {
    threshold: string
    monthlyCap: string | null
    spent: string
    uncapped: string
    attempt: number | null
  }
/** A charge is read from its entries, which never change; the other outcomes are stored as they were decided. */
export type StoredOutcome =
  | { kind: 'charge'; id: number }
  | { kind: 'done'; team: StoredTeam }
  | { kind: 'hold'; hold: StoredHold }
  | { kind: 'grant'; grant: StoredGrant }
  | { kind: 'refund'; id: number; chargeId: number; amount: string }
  | { kind: 'purchase'; purchase: StoredPurchase }
  | { kind: 'ordered' }
  | { kind: 'imported'; created: boolean; grants: number }

/** `account`: the team right after the command. A refusal had no effect and is not stored. */
export function storeOutcome(
  outcome: Exclude<Outcome, { kind: 'refused' }>,
  { name, planId, seats, currency, stored }: Account,
): StoredOutcome {
  switch (outcome.kind) {
    case 'charge':
      return { kind: 'charge', id: outcome.charge.id }
    case 'done':
      return { kind: 'done', team: { name, planId, seats, currency, stored: stored.map(storeAmount) } }
    case 'hold':
      return { kind: 'hold', hold: storeHold(outcome.hold) }
    case 'grant':
      return { kind: 'grant', grant: storeGrant(outcome.grant) }
    case 'refund': {
      const { id, chargeId, amount } = outcome.refund
      return { kind: 'refund', id, chargeId, amount: `${amount}` }
    }
    case 'purchase':
      return { kind: 'purchase', purchase: storePurchase(outcome.purchase) }
    case 'ordered':
      return { kind: 'ordered' }
    case 'imported':
      return outcome
  }
}

/** The outcome as it was first answered. */
export function readOutcome(stored: Exclude<StoredOutcome, { kind: 'charge' }>): Outcome {
  switch (stored.kind) {
    case 'done':
      return { kind: 'done' }
    case 'ordered':
      return { kind: 'ordered' }
    case 'imported':
      return stored
    case 'hold':
      return { kind: 'hold', hold: readHold(stored.hold) }
    case 'grant':
      return { kind: 'grant', grant: readGrant(stored.grant) }
    case 'refund':
      return {
        kind: 'refund',
        refund: { id: stored.id, chargeId: chargeId(stored.chargeId), amount: BigInt(stored.amount) },
      }
    case 'purchase':
      return { kind: 'purchase', purchase: readPurchase(stored.purchase) }
  }
}

function storeHold(hold: Hold): StoredHold {
  const { lines: _, fitted, charged, pace: __, waiting: ___, groupIds: ____, ...rest } = hold
  return {
    ...rest,
    ...(fitted === null ? {} : { fitted: `${fitted}` }),
    ...(charged === null ? {} : { chargeId: charged.id }),
    amount: `${hold.amount}`,
    captured: `${hold.captured}`,
    slices: hold.slices.map(storeSlice),
  }
}

/** The part of a hold that its answer contains: without its lines, its groups, its pace and what waits, and without its charge's movements. */
const readHold = ({ chargeId: charge, ...stored }: StoredHold): Hold => ({
  ...stored,
  id: holdId(stored.id),
  amount: BigInt(stored.amount),
  captured: BigInt(stored.captured),
  slices: stored.slices.map(readSlice),
  memberId: stored.memberId as MemberId | null,
  callerId: (stored.callerId ?? null) as MemberId | null,
  groupIds: noGroups,
  callerRole: stored.callerRole ?? 'PLATFORM',
  placedAt: stored.placedAt ?? stored.expiresAt,
  lines: [],
  fitted: stored.fitted === undefined ? null : BigInt(stored.fitted),
  charged: charge === undefined ? null : { id: chargeId(charge), movements: [] },
  pace: null,
  waiting: null,
})

const storeMoney = ({ amount, currency }: Money): StoredMoney => ({ amount: `${amount}`, currency })

const readMoney = ({ amount, currency }: StoredMoney): Money => ({ amount: BigInt(amount), currency })

export const storeLent = ({ credits, perCredit, billedAt }: Lent): StoredLent => ({
  credits: `${credits}`,
  perCredit: storeMoney(perCredit),
  billedAt,
})

export const readLent = ({ credits, perCredit, billedAt }: StoredLent): Lent => ({
  credits: BigInt(credits),
  perCredit: readMoney(perCredit),
  billedAt,
})

export const storeGrant = ({ costBasis, locked, lock, scope, ...grant }: Grant): StoredGrant => ({
  ...grant,
  granted: `${grant.granted}`,
  available: `${grant.available}`,
  held: `${grant.held}`,
  spent: `${grant.spent}`,
  expired: `${grant.expired}`,
  revoked: `${grant.revoked}`,
  clawedBack: `${grant.clawedBack}`,
  ...(costBasis === null ? {} : { costBasis: storeMoney(costBasis) }),
  ...(lock === null ? {} : { locked: `${locked}`, lock: { ...lock, amount: `${lock.amount}` } }),
  ...(scope === null ? {} : { scope }),
})

export const readGrant = (stored: StoredGrant): Grant => ({
  ...stored,
  id: grantId(stored.id),
  granted: BigInt(stored.granted),
  available: BigInt(stored.available),
  held: BigInt(stored.held),
  spent: BigInt(stored.spent),
  expired: BigInt(stored.expired),
  revoked: BigInt(stored.revoked),
  clawedBack: BigInt(stored.clawedBack),
  frozen: stored.frozen ?? false,
  costBasis: stored.costBasis === undefined ? null : readMoney(stored.costBasis),
  locked: BigInt(stored.locked ?? 0),
  lock: stored.lock === undefined ? null : { ...stored.lock, amount: BigInt(stored.lock.amount) },
  scope: stored.scope ?? null,
})

export const storeLine = (line: PricedLine): StoredLine => ({
  ...line,
  quantity: `${line.quantity}`,
  credits: `${line.credits}`,
  low: `${line.low}`,
  high: `${line.high}`,
  money: line.money === null ? null : storeMoney(line.money),
})

export const readLine = (stored: StoredLine): PricedLine => ({
  ...stored,
  quantity: BigInt(stored.quantity),
  credits: BigInt(stored.credits),
  low: BigInt(stored.low),
  high: BigInt(stored.high),
  money: stored.money === null ? null : readMoney(stored.money),
})

export const storeSlice = (slice: Slice): StoredSlice => ({ ...slice, amount: `${slice.amount}` })

export const readSlice = (stored: StoredSlice): Slice => ({
  ...stored,
  grantId: grantId(stored.grantId),
  amount: BigInt(stored.amount),
})

export const storeCharged = ({ id, movements }: ChargedHold): StoredChargedHold => ({
  id,
  movements: movements.map(({ tags, ...movement }) => {
    const stored = { ...movement, amount: `${movement.amount}` }
    return tags === undefined ? stored : { ...stored, tags: storeTags(tags) }
  }),
})

export const readCharged = ({ id, movements }: StoredChargedHold): ChargedHold => ({
  id: chargeId(id),
  movements: movements.map(({ grantId: grant, amount, rate, tags }) => {
    const movement = { grantId: grantId(grant), amount: BigInt(amount), rate }
    return tags === undefined ? movement : { ...movement, tags: readTags(tags) }
  }),
})

export const storeWaiting = ({ usage, ...waiting }: WaitingExtension): StoredWaitingExtension => ({
  ...waiting,
  usage: usage.map((line) => ({ ...line, quantity: `${line.quantity}` })),
})

export const readWaiting = ({ usage, ...waiting }: StoredWaitingExtension): WaitingExtension => ({
  ...waiting,
  usage: usage.map((line) => ({ ...line, quantity: BigInt(line.quantity) })),
})

export const storeTags = (tags: readonly Tag[]): StoredTags =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

export const readTags = (stored: StoredTags): readonly Tag[] =>
  inOrder(Object.entries(stored).map(([key, value]) => ({ key, value })))

const storeAmount = (one: StoredAmount): Stored<StoredAmount> => ({
  ...one,
  amount: `${one.amount}`,
  accrued: `${one.accrued}`,
})

/** The team's settings right after the command. */
export const readTeam = ({
  stored = [],
  ...team
}: StoredTeam): Pick<Account, 'name' | 'planId' | 'seats' | 'stored'> & Partial<Pick<Account, 'currency'>> => ({
  ...team,
  stored: stored.map((one) => ({ ...one, amount: BigInt(one.amount), accrued: BigInt(one.accrued) })),
})

const storePurchase = ({ credits, price, ...rest }: NewPurchase): StoredPurchase => ({
  ...rest,
  credits: `${credits}`,
  price: storeMoney(price),
})

const readPurchase = ({ id, credits, price, memberId, ...rest }: StoredPurchase): NewPurchase => ({
  ...rest,
  id: purchaseId(id),
  credits: BigInt(credits),
  price: readMoney(price),
  memberId: memberId as MemberId | null,
})

export const storeRecharge = ({
  threshold,
  targetBalance,
  monthlyCap,
  spent,
  uncapped,
  ...rest
}: Recharge): StoredRecharge => ({
  ...rest,
  threshold: `${threshold}`,
  targetBalance: targetBalance === null ? null : `${targetBalance}`,
  monthlyCap: monthlyCap === null ? null : `${monthlyCap}`,
  spent: `${spent}`,
  uncapped: `${uncapped}`,
})

export const readRecharge = ({
  threshold,
  targetBalance = null,
  maxPerDay = null,
  day = '',
  boughtToday = 0,
  cappedBy,
  attemptDay = null,
  monthlyCap,
  spent,
  uncapped,
  attempt,
  mandate = null,
  loss = null,
  ...rest
}: StoredRecharge): Recharge => ({
  ...rest,
  mandate,
  loss,
  threshold: BigInt(threshold),
  targetBalance: targetBalance === null ? null : BigInt(targetBalance),
  maxPerDay,
  day,
  boughtToday,
  cappedBy: cappedBy ?? (rest.state === 'CAPPED' ? 'MONTH' : null),
  attemptDay,
  monthlyCap: monthlyCap === null ? null : BigInt(monthlyCap),
  spent: BigInt(spent),
  uncapped: BigInt(uncapped),
  attempt: attempt === null ? null : purchaseId(attempt),
})

export const storeRollover = (rollover: Rollover): string =>
  typeof rollover === 'string' ? rollover : `${rollover.upTo}`

export const readRollover = (stored: string): Rollover =>
  stored === 'none' || stored === 'full' ? stored : { upTo: BigInt(stored) }

/** Amounts as decimal texts; BEGUN: no period was deposited yet. */
export type StoredTotal = 'BEGUN' | 'OPENED' | Stored<PeriodTotal>

export const storeTotal = (total: PeriodTotal | 'BEGUN' | 'OPENED'): StoredTotal =>
  typeof total === 'string'
    ? total
    : {
        ...total,
        base: `${total.base}`,
        covered: `${total.covered}`,
        due: `${total.due}`,
        given: `${total.given}`,
        highest: `${total.highest}`,
      }

export const readTotal = (stored: StoredTotal): PeriodTotal | 'BEGUN' | 'OPENED' =>
  typeof stored === 'string'
    ? stored
    : {
        ...stored,
        base: BigInt(stored.base),
        covered: BigInt(stored.covered),
        due: BigInt(stored.due),
        given: BigInt(stored.given),
        highest: BigInt(stored.highest),
      }

export type StoredTrial = Stored<Omit<Trial, 'grantId'>> & { readonly grantId: number | null }

export const storeTrial = ({ credits, ...rest }: Trial): StoredTrial => ({ ...rest, credits: `${credits}` })

export const readTrial = ({ credits, grantId: id, ...rest }: StoredTrial): Trial => ({
  ...rest,
  credits: BigInt(credits),
  grantId: id === null ? null : grantId(id),
})

export type StoredUnpaidBill = UnpaidBill

export type StoredSurplus = Stored<Surplus>

export const storeSurplus = ({ amount, ...rest }: Surplus): StoredSurplus => ({ ...rest, amount: `${amount}` })

export const readSurplus = ({ amount, ...rest }: StoredSurplus): Surplus => ({ ...rest, amount: BigInt(amount) })

export type StoredAlertLevel = { readonly below: Stored<AlertLevel['below']>; readonly isTold: boolean }

export const storeAlertLevel = ({ below, isTold }: AlertLevel): StoredAlertLevel => ({
  below: 'credits' in below ? { credits: `${below.credits}` } : { percent: `${below.percent}` },
  isTold,
})

export const readAlertLevel = ({ below, isTold }: StoredAlertLevel): AlertLevel => ({
  below: 'credits' in below ? { credits: BigInt(below.credits) } : { percent: BigInt(below.percent) },
  isTold,
})

export type StoredMove = Omit<Move, 'payments'> & { payments?: Stored<PaymentMeanwhile>[] }

export const storeMove = ({ payments, ...move }: Move): StoredMove => ({
  ...move,
  payments: payments.map(({ source, landed, reversed }) => ({ source, landed: `${landed}`, reversed: `${reversed}` })),
})

/** A move that was stored before payments were noted has none. */
export const readMove = ({ payments = [], ...move }: StoredMove): Move => ({
  ...move,
  payments: payments.map(({ source, landed, reversed }) => ({
    source,
    landed: BigInt(landed),
    reversed: BigInt(reversed),
  })),
})
