import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { changed, type Work } from '../api/work.ts'
import { book } from '../balance/transactions.ts'
import { settleWarnings } from '../radar/early-fraud-warnings.ts'
import { closeReviewOf } from '../radar/reviews.ts'
import { createRefund } from '../refunds/create.ts'

const answerWithinSeconds = 9 * 24 * 3600
const disputeFee = 1500

/** The alarm after which a dispute that nobody answered is lost. */
export const disputeDue = 'dispute.due'

export type DisputePlan = {
  /** `inquiry`: the bank asks first. `prevented`: the card network settles it by a refund before it begins. */
  readonly kind: 'dispute' | 'inquiry' | 'prevented'
  readonly reason: string
  readonly amount: number
}

const begins = { dispute: 'needs_response', inquiry: 'warning_needs_response', prevented: 'prevented' } as const

/** The customer's bank disputes the charge. Throws where it is disputed already. */
export function openDispute(work: Work, charge: Stripe.Charge, plan: DisputePlan): Stripe.Dispute {
  const [open] = work.objects.all('dispute', { charge: charge.id })
  if (open !== undefined) throw invalid(`Charge ${charge.id} is disputed already: ${open.id}.`)
  const dispute = disputeOf(work, charge, plan)
  work.objects.put('dispute', dispute)
  const disputed = { ...charge, disputed: true }
  work.objects.put('charge', disputed)
  work.emit('charge.dispute.created', dispute)
  work.emit('charge.updated', disputed, changed(charge, disputed))
  settleWarnings(work, charge.id)
  closeReviewOf(work, charge.id, 'disputed')
  if (plan.kind === 'dispute') return withdraw(work, dispute)
  if (plan.kind === 'prevented') {
    createRefund(work, disputed, { amount: plan.amount, reason: 'fraudulent' })
    work.emit('charge.dispute.closed', dispute)
  }
  return dispute
}

/** The bank takes the money back; a dispute that nobody answers is lost. */
export function withdraw(work: Work, before: Stripe.Dispute): Stripe.Dispute {
  const dispute = moveFunds(work, before, -before.amount)
  work.emit('charge.dispute.funds_withdrawn', dispute)
  if (dispute.evidence_details.due_by !== null) work.at(dispute.evidence_details.due_by, disputeDue, dispute.id)
  return dispute
}

/** The bank gives the money back. */
export function reinstate(work: Work, before: Stripe.Dispute): Stripe.Dispute {
  const dispute = moveFunds(work, before, before.amount)
  work.emit('charge.dispute.funds_reinstated', dispute)
  return dispute
}

function moveFunds(work: Work, before: Stripe.Dispute, amount: number): Stripe.Dispute {
  const fee = amount < 0 ? disputeFee : 0
  const transaction = book(work, { type: 'adjustment', amount, fee, currency: before.currency, source: before.id })
  const dispute = { ...before, balance_transactions: [...before.balance_transactions, transaction] }
  work.objects.put('dispute', dispute)
  return dispute
}

function disputeOf(work: Work, charge: Stripe.Charge, { kind, reason, amount }: DisputePlan): Stripe.Dispute {
  return {
    id: work.id('dispute'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: work.now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: kind === 'prevented' ? null : work.now + answerWithinSeconds,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: kind === 'inquiry',
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: begins[kind],
  }
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
