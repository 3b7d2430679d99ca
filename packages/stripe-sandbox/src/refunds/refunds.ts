import type Stripe from 'stripe'
import { Failure, invalid } from '../api/failure.ts'
import { integer, mergeMetadata, metadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { book } from '../balance/transactions.ts'
import { createRefund, withRefunded } from './create.ts'

const createParameters = parameters({
  amount: integer(1).optional(),
  charge: text().optional(),
  payment_intent: text().optional(),
  metadata: metadata.optional(),
  reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
})
const listParameters = parameters({ ...paging, charge: text().optional(), payment_intent: text().optional() })

export const refundRoutes: readonly Route[] = [
  route('POST', '/v1/refunds', createParameters, (work, { amount, metadata: given, reason, ...of }) => {
    const charge = chargeOf(work, of)
    const left = charge.amount - charge.amount_refunded
    refuseUnrefundable(work, charge, left, amount)
    return createRefund(work, charge, { amount: amount ?? left, reason, metadata: mergeMetadata({}, given) })
  }),
  route('GET', '/v1/refunds', listParameters, (work, { charge, payment_intent, ...page }) =>
    work.list('refund', '/v1/refunds', page, { charge, payment_intent }),
  ),
  route('GET', '/v1/refunds/:id', parameters({}), (work, _, id) => work.need('refund', id)),
]

/** Brings a refund to its end; one that has failed gives the amount back to the charge. Ended ones stay as they are. */
export function finishRefund(work: Work, id: string, status: 'succeeded' | 'failed'): void {
  const before = work.need('refund', id)
  if (before.status === status || before.status === 'failed') return
  const failed = status === 'failed'
  const refund: Stripe.Refund = { ...before, status, ...(failed ? { failure_reason: 'unknown' } : {}) }
  work.objects.put('refund', refund)
  work.emit('refund.updated', refund, changed(before, refund))
  work.emit('charge.refund.updated', refund, changed(before, refund))
  if (!failed) return
  work.emit('refund.failed', refund)
  const { amount, currency } = refund
  const failure_balance_transaction = book(work, { type: 'refund_failure', amount, currency, source: id }).id
  work.objects.put('refund', { ...refund, failure_balance_transaction })
  const charge = work.need('charge', typeof refund.charge === 'string' ? refund.charge : '')
  const restored = withRefunded(work, charge, -refund.amount)
  work.emit('charge.updated', restored, changed(charge, restored))
}

function chargeOf(work: Work, of: { charge?: string; payment_intent?: string }): Stripe.Charge {
  if (of.charge !== undefined) return work.need('charge', of.charge, 'charge')
  if (of.payment_intent === undefined) {
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    })
  }
  const { id, status, latest_charge } = work.need('payment_intent', of.payment_intent, 'payment_intent')
  if (status !== 'succeeded' || typeof latest_charge !== 'string') {
    throw invalid(`This PaymentIntent (${id}) does not have a successful charge to refund.`, {
      code: 'payment_intent_unexpected_state',
      param: 'payment_intent',
    })
  }
  return work.need('charge', latest_charge)
}

function refuseUnrefundable(work: Work, charge: Stripe.Charge, left: number, amount: number | undefined): void {
  const refuse = (code: string, message: string) =>
    new Failure(400, { type: 'invalid_request_error', code, message, charge: charge.id })
  if (charge.status !== 'succeeded') throw invalid(`Charge ${charge.id} has not succeeded, it is ${charge.status}.`)
  if (left === 0) throw refuse('charge_already_refunded', `Charge ${charge.id} has already been refunded.`)
  const disputes = work.objects.all('dispute', { charge: charge.id })
  if (disputes.some(({ status, is_charge_refundable: refundable }) => status !== 'won' && !refundable)) {
    throw refuse('charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`)
  }
  if (amount !== undefined && amount > left) {
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    })
  }
}
