import type { RefundableCharge } from './charge.ts'
import type { Credits } from './credits.ts'
import type { GrantId, HoldId, Instant, MemberId } from './identity.ts'
import type { Caller } from './placer.ts'
import type { PricedLine } from './rate-card.ts'
import type { Role } from './role.ts'

export const holdStates = ['OPEN', 'SETTLED', 'RELEASED', 'EXPIRED'] as const
export type HoldState = (typeof holdStates)[number]

/** How much of a hold still lies on which grant, in burn order. A slice outlives its grant's expiry. */
export type Slice = { readonly grantId: GrantId; readonly amount: Credits }

/** How fast a live session uses credits. */
export type Pace = {
  /** What a millisecond costs, in 10⁻¹² micro-credits, rounded down; above 0. */
  readonly rate: bigint
  /** Up to when what was used is charged: the capture that measured it. */
  readonly since: Instant
}

/** Credits reserved, or charged, for work that runs: OPEN until it is settled, released or its deadline passes. */
export type Hold = {
  readonly id: HoldId
  readonly state: HoldState
  /** All that was ever reserved: remaining + captured + given back. Of a hold charged at its start: what it was charged. */
  readonly amount: Credits
  /** What was charged, less what the hold itself gave back. */
  readonly captured: Credits
  readonly slices: readonly Slice[]
  readonly placedAt: Instant
  readonly expiresAt: Instant
  readonly reference: string | null
  readonly memberId: MemberId | null
  /** Who placed it; what it reserves, takes beyond that and gives back counts for both. Null: it isn't known. */
  readonly callerId: MemberId | null
  /** The role with which it was placed; PLATFORM where nothing tells it, so that only PLATFORM acts on it. */
  readonly callerRole: Role
  /** The rate card that prices it to its end, whatever is in force later. */
  readonly rateCardVersion: string
  readonly lines: readonly PricedLine[]
  /**
   * Where it was charged when it was placed: the charge, to be confirmed or given back; after it was settled for other
   * usage, the charge of that. Null: it reserves.
   */
  readonly charged: ChargedHold | null
  /** How fast it is used, where it is a live session; null: it is none, or not open. */
  readonly pace: Pace | null
}

/** The charge of a hold that is charged at its start, with what it burned, in order. */
export type ChargedHold = Pick<RefundableCharge, 'id' | 'movements'>

export const remainingOf = (hold: Hold): Credits => hold.slices.reduce((sum, slice) => sum + slice.amount, 0n)

export const placerOf = ({ callerId, callerRole }: Hold): Caller => ({ id: callerId, role: callerRole })

export const defaultHoldSeconds = 600
export const longestHoldSeconds = 86_400
