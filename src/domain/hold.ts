import type { Credits } from './amounts/credits.ts'
import type { Decimal } from './amounts/decimal.ts'
import type { RefundableCharge } from './charge.ts'
import type { GrantId, HoldId, Instant, MemberId } from './identity.ts'
import type { Caller } from './placer.ts'
import type { PricedLine } from './rate-card.ts'
import type { Role } from './role.ts'

export const holdStates = ['OPEN', 'SETTLED', 'RELEASED', 'EXPIRED'] as const
export type HoldState = (typeof holdStates)[number]

/** How much of a hold still lies on which grant, in burn order. A slice outlives its grant's expiry. */
export type Slice = {
  readonly grantId: GrantId
  readonly amount: Credits
  /** For credits of a scoped grant: the rate that they were reserved for, and pay for first. */
  readonly rate?: string
}

/** How fast a live session uses credits. */
export type Pace = {
  /** The cost of a millisecond, in 10⁻¹² micro-credits, rounded down; above 0. */
  readonly rate: bigint
  /** The instant up to which the use is charged: the capture that measured it. */
  readonly since: Instant
}

/**
 * An extension of a live session that was refused for lack of credits while a recharge was being paid. When a recharge
 * lands, the command is decided again, under its key.
 */
export type WaitingExtension = {
  readonly key: string
  readonly fingerprint: string
  readonly mutation: string
  readonly caller: Caller
  readonly usage: readonly Pick<PricedLine, 'rate' | 'quantity' | 'count'>[]
  readonly expiresInSeconds: number | null
}

/** Credits reserved, or charged, for work that runs: OPEN until it is settled, released or its deadline passes. */
export type Hold = {
  readonly id: HoldId
  readonly state: HoldState
  /**
   * The whole amount ever reserved: remaining + captured + given back. For a hold charged at its start: the charged
   * amount.
   */
  readonly amount: Credits
  /** The charged amount, less what the hold itself gave back. */
  readonly captured: Credits
  readonly slices: readonly Slice[]
  readonly placedAt: Instant
  readonly expiresAt: Instant
  readonly reference: string | null
  readonly memberId: MemberId | null
  /**
   * The caller who placed the hold. Credits that the hold reserves, takes beyond that and gives back count for the
   * member and for this caller. Null: the caller isn't known.
   */
  readonly callerId: MemberId | null
  /** The groups that the hold counts in: those that its member was in when it was placed, its own first. */
  readonly groupIds: readonly string[]
  /** The role with which the hold was placed; PLATFORM if it isn't known, so that only PLATFORM acts on the hold. */
  readonly callerRole: Role
  /** The rate card that prices the hold to its end, whatever is in force later. */
  readonly rateCardVersion: string
  readonly lines: readonly PricedLine[]
  /** The quantity that the balance paid when the hold was placed, in micro-units; null: the caller named it. */
  readonly fitted: Decimal | null
  /**
   * For a hold that was charged when it was placed: its charge, which is confirmed or given back; after a settlement
   * for other usage, the charge of that. Null: the hold reserves.
   */
  readonly charged: ChargedHold | null
  /** The pace of a live session; null: the hold is none, or is not open. */
  readonly pace: Pace | null
  /** The last extension that was refused, if it waits for a recharge; null: none does, or the hold is not open. */
  readonly waiting: WaitingExtension | null
}

/** The charge of a hold that is charged at its start, with what it burned, in order. */
export type ChargedHold = Pick<RefundableCharge, 'id' | 'movements'>

export const remainingOf = (hold: Hold): Credits => hold.slices.reduce((sum, slice) => sum + slice.amount, 0n)

export const placerOf = ({ callerId, callerRole }: Hold): Caller => ({ id: callerId, role: callerRole })

export const defaultHoldSeconds = 600
export const maxHoldSeconds = 86_400
