import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import type { Decline } from '../payment-methods/test-cards.ts'

/** Stores the attempt to charge, which has this outcome, and tells of it. */
export function recordCharge(
  work: Work,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  outcome: 'succeeded' | 'pending' | Decline,
): Stripe.Charge {
  const id = work.id('charge')
  const decline = typeof outcome === 'string' ? undefined : outcome
  const status = typeof outcome === 'string' ? outcome : 'failed'
  const paid = decline === undefined
  const charge: Stripe.Charge = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: 'SANDBOX',
    captured: paid,
    created: work.now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(intent, method),
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: paid ? `${work.url}/receipts/${id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  }
  work.objects.put('charge', charge)
  work.emit(`charge.${status}`, charge)
  return charge
}

function outcomeOf(decline: Decline | undefined): Stripe.Charge.Outcome {
  const base = { network_advice_code: decline?.network_advice_code ?? null, risk_level: 'normal', risk_score: 20 }
  if (decline === undefined) {
    return {
      ...base,
      advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  return {
    ...base,
    advice_code: decline.advice_code,
    network_decline_code: decline.network_decline_code,
    network_status: 'declined_by_network',
    reason: decline.decline_code,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  }
}

function detailsOf(
  intent: Stripe.PaymentIntent,
  { type, card, us_bank_account: account, sepa_debit }: Stripe.PaymentMethod,
): Stripe.Charge.PaymentMethodDetails {
  if (account !== undefined) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = account
    return {
      type,
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint,
        last4,
        payment_reference: null,
        routing_number,
      },
    }
  }
  if (sepa_debit !== undefined) {
    const { generated_from: _, ...debited } = sepa_debit
    return { type, sepa_debit: { ...debited, mandate: null } }
  }
  if (type === 'link') return { type, link: { country: null } }
  if (card === undefined) return { type }
  return {
    type,
    card: {
      amount_authorized: intent.amount,
      authorization_code: '123456',
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      extended_authorization: { status: 'disabled' },
      fingerprint: card.fingerprint,
      funding: card.funding,
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: '123456789012345',
      overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
      regulated_status: card.regulated_status,
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}
