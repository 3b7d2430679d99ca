import type { Credits } from '../amounts/credits.ts'
import type { RefundableCharge } from '../charge.ts'
import type { Slice } from '../hold.ts'
import type { HoldId, Instant } from '../identity.ts'
import type { Posting } from '../posting.ts'
import { takeReturned } from './claw-back.ts'
import type { Draft } from './draft.ts'

type GivenBack = Omit<RefundableCharge, 'unconfirmed' | 'since' | 'groupIds'>

/**
 * Posts credits of a charge back to the very grants they came from, last burned first; at most the amount that has not
 * been given back yet. Credits whose payment was taken back are taken, and are no longer owed. Credits of an ended
 * grant expire at once.
 */
export function giveBack(
  draft: Draft,
  charge: GivenBack,
  { amount, reason, holdId }: { amount: Credits; reason: string | null; holdId: HoldId | null },
  at: Instant,
): Posting {
  let skip = charge.refunded
  let due = amount
  const returned: Slice[] = []
  for (const { grantId, amount: burned, rate, tags } of charge.movements.toReversed()) {
    const left = skip >= burned ? 0n : burned - skip
    skip -= burned - left
    const back = left < due ? left : due
    if (back === 0n) continue
    due -= back
    draft.move(
      grantId,
      { from: 'spent', to: 'available', amount: back },
      rate === null ? undefined : { line: 0, rate, use: null, tags },
    )
    returned.push({ grantId, amount: back })
  }
  const { id: chargeId, memberId, reference } = charge
  const posting = draft.post('REFUND', at, { reason, holdId, chargeId, memberId, reference })
  takeReturned(draft, returned, at)
  draft.expire(at)
  return posting
}
