import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { changed, type Work } from '../api/work.ts'

const answerWithinSeconds = 9 * 24 * 3600

/** The alarm after which a dispute that nobody answered is lost. */
export const disputeDue = 'dispute.due'

/** The bank takes the money back. Throws where the payment is disputed already. */
export function openDispute(work: Work, charge: Stripe.Charge, reason: string, amount: number): Stripe.Dispute {
  const [open] = work.objects.all('dispute', { charge: charge.id })
  if (open !== undefined) throw invalid(`Charge ${charge.id} is disputed already: ${open.id}.`)
  const id = work.id('dispute')
  const dueBy = work.now + answerWithinSeconds
  const dispute: Stripe.Dispute = {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: dueBy,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  }
  work.objects.put('dispute', dispute)
  const disputed = { ...charge, disputed: true }
  work.objects.put('charge', disputed)
  work.emit('charge.dispute.created', dispute)
  work.emit('charge.updated', disputed, changed(charge, disputed))
  work.emit('charge.dispute.funds_withdrawn', dispute)
  work.at(dueBy, disputeDue, id)
  return dispute
}

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}
