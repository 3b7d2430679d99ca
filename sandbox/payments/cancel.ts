import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { keepIntent } from './intent.ts'

/** The intent will not be paid any more. */
export function cancelIntent(
  work: Work,
  before: Stripe.PaymentIntent,
  cancellation_reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  const canceled = keepIntent(work, {
    ...before,
    canceled_at: work.now,
    cancellation_reason,
    next_action: null,
    status: 'canceled',
  })
  work.emit('payment_intent.canceled', canceled)
  work.settled(canceled)
  return canceled
}
