import type { Credits } from './amounts/credits.ts'
import type { Money } from './amounts/money.ts'
import type { GrantKind } from './grant.ts'
import { type ChargeId, chargeId, type GrantId, type HoldId, type Instant, type MemberId } from './identity.ts'
import type { Posting } from './posting.ts'
import type { Tag } from './tags.ts'

/** One rate of a charge. `quantity` in micro-units of the rate's unit, for each of `count` assets. */
export type ChargeLine = {
  readonly rate: string
  readonly quantity: bigint
  readonly count: number
  readonly credits: Credits
  readonly money: Money | null
  /** Absent: the line has none. */
  readonly tags?: readonly Tag[]
}

/** The part of a charge that one grant paid. */
export type BurnStep = {
  readonly grantId: GrantId
  readonly kind: GrantKind
  readonly amount: Credits
  readonly expiresAt: Instant | null
}

/** Credits that were charged. A charge is final, except that refunds post the opposite of what was spent. */
export type Charge = {
  readonly id: ChargeId
  /** The whole amount: the part that grants paid (`burn`), and the part that became owed. */
  readonly amount: Credits
  readonly lines: readonly ChargeLine[]
  readonly burn: readonly BurnStep[]
  readonly rateCardVersion: string
  readonly at: Instant
  readonly reference: string | null
  readonly memberId: MemberId | null
  /** The hold that the charge settled or captured, or that made the charge; null: there was none. */
  readonly holdId: HoldId | null
}

/** Credits of a grant that a charge spent, for one of its lines. `tags` absent: the line has none. */
export type ChargeMovement = {
  readonly grantId: GrantId
  readonly amount: Credits
  readonly rate: string | null
  readonly tags?: readonly Tag[]
}

/** A charge with the data that refunds need: its movements in burn order, and how much has been given back. */
export type RefundableCharge = {
  readonly id: ChargeId
  readonly movements: readonly ChargeMovement[]
  readonly refunded: Credits
  /**
   * Whether the charge was made by a hold that is charged at its start and still open: it is confirmed or given back
   * with the hold.
   */
  readonly unconfirmed: boolean
  /** When the credits were taken from the balance: when the hold was placed, or the charge was made. */
  readonly since: Instant
  readonly memberId: MemberId | null
  /** The groups that it counts in. */
  readonly groupIds: readonly string[]
  readonly reference: string | null
}

/** The movements of a CHARGE posting. */
export const movedBy = ({ revision, entries }: Posting): Pick<RefundableCharge, 'id' | 'movements'> => ({
  id: chargeId(revision),
  movements: entries.flatMap(({ grantId, to, amount, rate, tags }) => {
    if (grantId === null || to !== 'spent') return []
    return [tags === null ? { grantId, amount, rate } : { grantId, amount, rate, tags }]
  }),
})

export type Refund = { readonly id: number; readonly chargeId: ChargeId; readonly amount: Credits }
