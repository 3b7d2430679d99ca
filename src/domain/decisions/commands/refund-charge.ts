import { NotFound, RefundExceedsCharge } from '../../errors.ts'
import { type Given, type RefundCharge, refused } from '../command.ts'
import type { Draft } from '../draft.ts'
import { giveBack } from '../give-back.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** Gives credits of a charge back by hand. A charge whose hold is open is given back by releasing the hold, and only so. */
export function refundCharge(
  draft: Draft,
  command: RefundCharge,
  { facts: { charge }, context }: Given,
): OutcomeOf<'refund-charge'> {
  if (charge === undefined) return refused(new NotFound({ what: 'charge' }))
  const total = charge.movements.reduce((sum, movement) => sum + movement.amount, 0n)
  const left = total - charge.refunded
  const unconfirmed = charge.unconfirmed && left > 0n
  const refundable = unconfirmed ? 0n : left
  const amount = command.amount ?? refundable
  if (amount <= 0n || amount > refundable)
    return refused(new RefundExceedsCharge({ refundable, asked: command.amount, unconfirmed }))
  const { reason } = command
  const posting = giveBack(draft, charge, { amount, reason, holdId: null }, context.at)
  return { kind: 'refund', refund: { id: posting.revision, chargeId: charge.id, amount } }
}
