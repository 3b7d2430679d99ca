import type Stripe from 'stripe'
import { Failure, invalid } from '../api/failure.ts'
import { flag, list, mergeMetadata, metadata, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { reinstate, withdraw } from './open.ts'

/** Texts that decide a dispute of Stripe's test mode. */
const winning = 'winning_evidence'
const losing = 'losing_evidence'

/** The stages of a dispute in which evidence is awaited, and those that follow when it is submitted. */
const submitted = {
  needs_response: 'under_review',
  warning_needs_response: 'warning_under_review',
  appeal_needs_response: 'appeal_under_review',
} as const

const appeal = parameters({
  card: parameters({ reason_for_filing: text().optional(), supporting_files: list(text()).optional() }),
})

const evidence = parameters({
  appeal: appeal.optional(),
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
  route('POST', '/v1/disputes/:id', updateParameters, answer),
  route('POST', '/v1/disputes/:id/close', parameters({}), (work, _, id) => {
    const dispute = work.need('dispute', id)
    return closeDispute(work, dispute, dispute.status.startsWith('warning_') ? 'warning_closed' : 'lost')
  }),
]

/** Stages or submits evidence. An appeal takes evidence of its own, and no other. */
function answer(work: Work, given: ReturnType<typeof updateParameters.parse>, id: string): Stripe.Dispute {
  const { evidence: told, metadata: added, submit } = given
  const before = work.need('dispute', id)
  refuseClosed(before)
  const appeals = before.status.startsWith('appeal_')
  if (told !== undefined && appeals !== (told.appeal !== undefined)) {
    const message = appeals
      ? 'Only appeal evidence can be submitted for this dispute.'
      : 'This dispute is not in the appeal stage.'
    throw invalid(message, { param: 'evidence' })
  }
  const sent = told !== undefined && submit
  const { evidence_details } = before
  const dispute: Stripe.Dispute = {
    ...before,
    evidence: { ...before.evidence, ...told },
    evidence_details: {
      ...evidence_details,
      has_evidence: evidence_details.has_evidence || told !== undefined,
      submission_count: evidence_details.submission_count + (sent ? 1 : 0),
    },
    metadata: mergeMetadata(before.metadata, added),
    status: sent && isAwaiting(before.status) ? submitted[before.status] : before.status,
  }
  work.objects.put('dispute', dispute)
  work.emit('charge.dispute.updated', dispute, changed(before, dispute))
  const said = sent && !appeals ? dispute.evidence.uncategorized_text : null
  if (said === winning) return closeDispute(work, dispute, 'won')
  return said === losing ? closeDispute(work, dispute, 'lost') : dispute
}

const isAwaiting = (status: string): status is keyof typeof submitted => status in submitted

/** A dispute that nobody answered in time is lost. */
export function loseUnanswered(work: Work, id: string): void {
  const dispute = work.objects.get('dispute', id)
  if (dispute?.status === 'needs_response') closeDispute(work, dispute, 'lost')
}

/** The next decisions that the bank may take. An inquiry ends or becomes a dispute; a decided dispute may be appealed. */
export type Decision = 'won' | 'lost' | 'warning_closed' | 'needs_response' | 'appeal_needs_response'

export function decideDispute(work: Work, id: string, decision: Decision): Stripe.Dispute {
  const before = work.need('dispute', id)
  if (decision === 'needs_response') return escalate(work, before)
  if (decision === 'appeal_needs_response') return openAppeal(work, before)
  return closeDispute(work, before, decision)
}

/** The bank's decision on an open dispute; the money comes back where it is won, or stays where nothing was withdrawn. */
function closeDispute(work: Work, before: Stripe.Dispute, status: 'won' | 'lost' | 'warning_closed'): Stripe.Dispute {
  refuseClosed(before)
  const inquires = before.status.startsWith('warning_')
  if (inquires !== (status === 'warning_closed')) {
    throw invalid(`A dispute that is ${before.status} cannot become ${status}.`)
  }
  const dispute: Stripe.Dispute = { ...before, status, is_charge_refundable: inquires }
  work.objects.put('dispute', dispute)
  work.emit('charge.dispute.closed', dispute, { status: before.status })
  return status === 'won' ? reinstate(work, dispute) : dispute
}

function escalate(work: Work, before: Stripe.Dispute): Stripe.Dispute {
  if (!before.status.startsWith('warning_') || before.status === 'warning_closed') {
    throw invalid(`Only an open inquiry becomes a dispute: this one is ${before.status}.`)
  }
  return withdraw(work, restate(work, before, { status: 'needs_response', is_charge_refundable: false }))
}

function openAppeal(work: Work, before: Stripe.Dispute): Stripe.Dispute {
  if (before.status !== 'lost') throw invalid(`Only a lost dispute can be appealed: this one is ${before.status}.`)
  return restate(work, before, { status: 'appeal_needs_response' })
}

function restate(work: Work, before: Stripe.Dispute, change: Partial<Stripe.Dispute>): Stripe.Dispute {
  const dispute = { ...before, ...change }
  work.objects.put('dispute', dispute)
  work.emit('charge.dispute.updated', dispute, changed(before, dispute))
  return dispute
}

const closed: readonly string[] = ['won', 'lost', 'warning_closed', 'prevented']

function refuseClosed({ status }: Stripe.Dispute): void {
  if (!closed.includes(status)) return
  throw new Failure(400, { type: 'invalid_request_error', message: `This dispute is already closed: ${status}.` })
}
