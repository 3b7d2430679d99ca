import type Stripe from 'stripe'
import { changed, type Work } from '../api/work.ts'
import { book } from '../balance/transactions.ts'
import { isDelayed } from '../payment-methods/method-types.ts'
import { cardWith } from '../payment-methods/test-cards.ts'
import { settleWarnings } from '../radar/early-fraud-warnings.ts'
import { closeReviewOf } from '../radar/reviews.ts'

const aMinute = 60

/** Alarms that bring a refund to its end. */
export const refundSucceeds = 'refund.succeeds'
export const refundFails = 'refund.fails'

export type RefundPlan = {
  readonly amount: number
  readonly reason?: Stripe.Refund.Reason
  readonly metadata?: Record<string, string>
}

/** Refunds that amount of a charge that has it left. A full refund ends the charge's review and fraud warnings. */
export function createRefund(work: Work, charge: Stripe.Charge, plan: RefundPlan): Stripe.Refund {
  const { amount, reason = null, metadata = {} } = plan
  const behaviour = cardWith(charge.payment_method_details?.card?.fingerprint)?.refund
  const slow = behaviour === 'pending' || isDelayed(charge.payment_method_details?.type)
  const id = work.id('refund')
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: book(work, { type: 'refund', amount: -amount, currency: charge.currency, source: id }).id,
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: slow ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  work.objects.put('refund', refund)
  const refunded = withRefunded(work, charge, amount)
  work.emit('refund.created', refund)
  work.emit('charge.refunded', refunded, changed(charge, refunded))
  if (refunded.refunded) {
    settleWarnings(work, charge.id)
    closeReviewOf(work, charge.id, reason === 'fraudulent' ? 'refunded_as_fraud' : 'refunded')
  }
  if (slow) work.at(work.now + aMinute, refundSucceeds, id)
  if (behaviour === 'failed') work.at(work.now + aMinute, refundFails, id)
  return refund
}

/** The charge with that much more refunded. */
export function withRefunded(work: Work, charge: Stripe.Charge, more: number): Stripe.Charge {
  const amount_refunded = charge.amount_refunded + more
  const refunded = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount }
  work.objects.put('charge', refunded)
  return refunded
}
