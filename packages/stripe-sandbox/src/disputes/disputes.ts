import type Stripe from 'stripe'
import { Failure } from '../api/failure.ts'
import { flag, mergeMetadata, metadata, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'

/** Texts that decide a dispute of Stripe's test mode. */
const winning = 'winning_evidence'
const losing = 'losing_evidence'

const evidence = parameters({
  access_activity_log: text().optional(),
  cancellation_rebuttal: text().optional(),
  customer_email_address: text().optional(),
  customer_name: text().optional(),
  product_description: text().optional(),
  refund_refusal_explanation: text().optional(),
  service_date: text().optional(),
  uncategorized_text: text().optional(),
})

const updateParameters = parameters({
  evidence: evidence.optional(),
  metadata: metadata.optional(),
  submit: flag.default(true),
})
const listParameters = parameters({ ...paging, charge: text().optional(), payment_intent: text().optional() })

export const disputeRoutes: readonly Route[] = [
  route('GET', '/v1/disputes', listParameters, (work, { charge, payment_intent, ...page }) =>
    work.list('dispute', '/v1/disputes', page, { charge, payment_intent }),
  ),
  route('GET', '/v1/disputes/:id', parameters({}), (work, _, id) => work.need('dispute', id)),
  route('POST', '/v1/disputes/:id', updateParameters, (work, { evidence: given, metadata: added, submit }, id) => {
    const before = work.need('dispute', id)
    refuseClosed(before)
    const submitted = given !== undefined && submit
    const { evidence_details } = before
    const dispute: Stripe.Dispute = {
      ...before,
      evidence: { ...before.evidence, ...given },
      evidence_details: {
        ...evidence_details,
        has_evidence: evidence_details.has_evidence || given !== undefined,
        submission_count: evidence_details.submission_count + (submitted ? 1 : 0),
      },
      metadata: mergeMetadata(before.metadata, added),
      status: submitted ? 'under_review' : before.status,
    }
    work.objects.put('dispute', dispute)
    work.emit('charge.dispute.updated', dispute, changed(before, dispute))
    const said = submitted ? dispute.evidence.uncategorized_text : null
    if (said === winning) return closeDispute(work, dispute, 'won')
    return said === losing ? closeDispute(work, dispute, 'lost') : dispute
  }),
  route('POST', '/v1/disputes/:id/close', parameters({}), (work, _, id) => {
    return closeDispute(work, work.need('dispute', id), 'lost')
  }),
]

/** A dispute that nobody answered in time is lost. */
export function loseUnanswered(work: Work, id: string): void {
  const dispute = work.objects.get('dispute', id)
  if (dispute?.status === 'needs_response') closeDispute(work, dispute, 'lost')
}

/** The bank's decision on an open dispute; the money comes back where it is won. */
export function closeDispute(work: Work, before: Stripe.Dispute, status: 'won' | 'lost'): Stripe.Dispute {
  refuseClosed(before)
  const dispute: Stripe.Dispute = { ...before, status }
  work.objects.put('dispute', dispute)
  work.emit('charge.dispute.closed', dispute, { status: before.status })
  if (status === 'won') work.emit('charge.dispute.funds_reinstated', dispute)
  return dispute
}

function refuseClosed({ status }: Stripe.Dispute): void {
  if (status === 'needs_response' || status === 'under_review') return
  throw new Failure(400, { type: 'invalid_request_error', message: `This dispute is already closed: ${status}.` })
}
