import type { Credits } from './credits.ts'
import type { GrantKind } from './grant.ts'
import { type ChargeId, chargeId, type GrantId, type HoldId, type Instant, type MemberId } from './identity.ts'
import type { Money } from './money.ts'
import type { Posting } from './posting.ts'

/** One rate of a charge. `quantity` in micro-units of the rate's unit, for each of `count` assets. */
export type ChargeLine = {
  readonly rate: string
  readonly quantity: bigint
  readonly count: number
  readonly credits: Credits
  readonly money: Money | null
}

/** What one grant gave. */
export type BurnStep = {
  readonly grantId: GrantId
  readonly kind: GrantKind
  readonly amount: Credits
  readonly expiresAt: Instant | null
}

/** Credits that were charged: final, except that refunds post the opposite of what was spent. */
export type Charge = {
  readonly id: ChargeId
  /** All of it: what grants paid (`burn`), and what became owed. */
  readonly amount: Credits
  readonly lines: readonly ChargeLine[]
  readonly burn: readonly BurnStep[]
  readonly rateCardVersion: string
  readonly at: Instant
  readonly reference: string | null
  readonly memberId: MemberId | null
  /** The hold that it settled, captured or was made by; null: there was none. */
  readonly holdId: HoldId | null
}

/** A charge as refunds see it: its movements in the order they burned, and how much has been given back. */
export type RefundableCharge = {
  readonly id: ChargeId
  readonly movements: readonly { readonly grantId: GrantId; readonly amount: Credits; readonly rate: string | null }[]
  readonly refunded: Credits
  /** Made by a hold that is charged at its start and still open: it is confirmed or given back with the hold. */
  readonly unconfirmed: boolean
  /** When it was taken from the balance: when its hold was placed, or it was made. */
  readonly since: Instant
  readonly memberId: MemberId | null
  readonly reference: string | null
}

/** What a CHARGE posting moved. */
export const movedBy = ({ revision, entries }: Posting): Pick<RefundableCharge, 'id' | 'movements'> => ({
  id: chargeId(revision),
  movements: entries.flatMap(({ grantId, to, amount, rate }) =>
    grantId !== null && to === 'spent' ? [{ grantId, amount, rate }] : [],
  ),
})

export type Refund = { readonly id: number; readonly chargeId: ChargeId; readonly amount: Credits }
