import type { Stripe } from 'stripe'
import { fromMinorUnits } from './minor-units.ts'
import { type Paid, paidByIntent, paidBySession, paidWith } from './paid-amount.ts'
import { type Observation, type Purchase, paidOtherwise, type Reversal, type ReversalEffect } from './purchase.ts'
import { noTaxLocation, paymentRefused } from './stripe-faults.ts'

/** Whether a saved method pays the purchase by an invoice, which has its tax. */
export const isInvoiced = ({ pay, taxBehavior }: Pick<Purchase, 'pay' | 'taxBehavior'>): boolean =>
  taxBehavior !== null && pay !== 'CHECKOUT'

/** The observation in a payment intent, for the purchase that it pays. `paid`: what it was for, if it succeeded. */
export function ofIntent(
  intent: Stripe.PaymentIntent,
  purchase: Pick<Purchase, 'pay' | 'cause' | 'price' | 'taxBehavior'>,
  paid: Paid = paidByIntent(intent),
): Observation {
  const { pay, cause } = purchase
  const { id, status, next_action: next, last_payment_error: fault, latest_charge: charge } = intent
  switch (status) {
    case 'succeeded':
      return {
        intent: id,
        paidBy: idOf(intent.payment_method),
        ...ofCharge(charge),
        ...paidWith(paid, purchase),
      }
    case 'processing':
      return { intent: id, isUnderWay: true }
    case 'canceled':
      // Stripe cancels the payment of an invoice that is void.
      if (isInvoiced(purchase) && fault !== null && !needsCustomer(fault)) return { intent: id, ...ofDecline(fault) }
      return { intent: id, outcome: 'CANCELED' }
    case 'requires_action':
      // Checkout and an invoice's page ask the customer to act themselves; for a recharge the gateway's page does.
      if (isInvoiced(purchase) || pay === 'CHECKOUT' || cause === 'RECHARGE') return { intent: id }
      return { intent: id, actionUrl: next?.redirect_to_url?.url ?? null }
    case 'requires_payment_method':
      // On its own page the customer tries another card; a recharge that has to be confirmed is not declined.
      // The payment of an invoice has failed only once the invoice is void.
      if (fault === null || pay === 'CHECKOUT' || isInvoiced(purchase)) return { intent: id }
      if (cause === 'RECHARGE' && needsCustomer(fault)) return { intent: id }
      return { intent: id, ...ofDecline(fault) }
    default:
      return { intent: id }
  }
}

type Fault = Pick<Stripe.PaymentIntent.LastPaymentError, 'code' | 'decline_code' | 'advice_code' | 'message'>

type Codes = { readonly code?: string | undefined; readonly decline_code?: string | undefined }

/** Whether the bank wants the customer to confirm the payment. Source: docs/payments.md. */
export const needsCustomer = ({ code, decline_code: decline }: Codes): boolean =>
  [code, decline].some((reason) => reason === 'authentication_required' || reason === 'authentication_not_handled')

/** The observation in a decline. It includes the issuer's advice not to retry, unless the reason itself says so. */
export function ofDecline({ code, decline_code: decline, advice_code: advice, message }: Fault): Observation {
  const reason = decline ?? code ?? null
  const declineCode = advice === noMore && !isFinal(reason) ? noMore : reason
  return { outcome: 'FAILED', declineCode, failure: message ?? 'The payment was declined.' }
}

const noMore = 'do_not_try_again'

/** A retry can't help, or the card networks forbid it. Source: Stripe, 'Decline codes'. */
const finalDeclines = new Set([
  noMore,
  'expired_card',
  'fraudulent',
  'incorrect_number',
  'invalid_account',
  'invalid_number',
  'lost_card',
  'merchant_blacklist',
  'new_account_information_available',
  'no_action_taken',
  'not_permitted',
  'pickup_card',
  'restricted_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'security_violation',
  'no_payment_method',
  paidOtherwise,
  paymentRefused,
  noTaxLocation,
  'service_not_allowed',
  'stolen_card',
  'stop_payment_order',
  'transaction_not_allowed',
])

export const isFinal = (declineCode: string | null): boolean => declineCode !== null && finalDeclines.has(declineCode)

/** The observation in a Checkout session. If its payment intent is expanded, this includes the intent's outcome. */
export function ofSession(session: Stripe.Checkout.Session, purchase: Pick<Purchase, 'price'>): Observation {
  const { id, url, status, mode, payment_status: paid, payment_intent: intent } = session
  const seen: Observation = { session: id, checkoutUrl: url, intent: idOf(intent) }
  const isOpened = typeof intent === 'object' && intent !== null
  const isFree = mode === 'payment' && status === 'complete' && paid === 'no_payment_required'
  const charged = paidBySession(session)
  // A payment that was tried before a code made the session free is not what paid.
  if (isFree) return charged === null ? seen : { ...seen, intent: null, ...paidWith(charged, purchase) }
  if (paid === 'paid' && intent !== null) {
    const how = isOpened ? { paidBy: idOf(intent.payment_method), ...ofCharge(intent.latest_charge) } : {}
    return charged === null ? seen : { ...seen, ...how, ...paidWith(charged, purchase) }
  }
  if (status === 'expired') return { ...seen, outcome: 'CANCELED' }
  if (status !== 'complete') return seen
  const isLost = isOpened && intent.status === 'requires_payment_method'
  return isLost ? { ...seen, ...failedLater } : { ...seen, isUnderWay: true, discount: charged?.discount ?? null }
}

/** A payment on Stripe's page failed days later. The same observation, whichever object reports it. */
export const failedLater: Observation = {
  outcome: 'FAILED',
  failure: 'The payment failed. Choose another method.',
}

export function reversalOf({ id, amount, currency, status }: Stripe.Refund): Reversal {
  const effect = status === 'failed' || status === 'canceled' ? 'RETURNED' : 'WITHDRAWN'
  return { id, amount: fromMinorUnits(amount, currency), effect }
}

export const ofRefund = (refund: Stripe.Refund): Observation => ({ reversal: reversalOf(refund) })

/** An inquiry moves no money; a dispute does, until it is won. */
export const ofDispute = ({ id, amount, currency, status }: Stripe.Dispute): Observation => ({
  reversal: { id, amount: fromMinorUnits(amount, currency), effect: effectOf(status) },
})

function effectOf(status: Stripe.Dispute['status']): ReversalEffect {
  if (status === 'won') return 'RETURNED'
  return status === 'prevented' || status.startsWith('warning_') ? 'NONE' : 'WITHDRAWN'
}

/** The card's issuer reports fraud, days before the payer disputes the payment. */
export const ofWarning = ({ id }: Stripe.Radar.EarlyFraudWarning): Observation => ({ warning: id })

const passed: ReadonlySet<Stripe.Review['closed_reason']> = new Set([
  'acknowledged',
  'approved',
  'canceled',
  'payment_never_settled',
  'redacted',
])

/** A person looks at the payment for fraud. A review that ends with a refund or a dispute has not let the payment pass. */
export const ofReview = ({ closed_reason: reason }: Pick<Stripe.Review, 'closed_reason'>): Observation => ({
  review: passed.has(reason) ? 'CLOSED' : 'OPEN',
})

/** The part of a credit note that is no refund: credit for the next invoice, money given back elsewhere, or a lower invoice. */
export function ofCreditNote({ id, amount, currency, refunds, status }: Stripe.CreditNote): Observation {
  const refunded = refunds.reduce((sum, { amount_refunded: part }) => sum + part, 0)
  if (amount <= refunded) return {}
  const effect = status === 'void' ? 'RETURNED' : 'WITHDRAWN'
  return { reversal: { id, amount: fromMinorUnits(amount - refunded, currency), effect } }
}

/** The observation in a payment's charge, if it is expanded. */
function ofCharge(charge: Stripe.PaymentIntent['latest_charge']): Observation {
  if (typeof charge !== 'object' || charge === null) return {}
  const { receipt_url: receiptUrl, payment_method_details: details } = charge
  return { receiptUrl, fingerprint: details === null ? null : fingerprintOf(details) }
}

type Fingerprinted = { readonly fingerprint?: string | null | undefined }
type Details = {
  readonly card?: Fingerprinted | null
  readonly us_bank_account?: Fingerprinted | null
  readonly sepa_debit?: Fingerprinted | null
}

/** The same for the same card or account, whichever method holds it; null: the type has none. */
export const fingerprintOf = ({ card, us_bank_account: bank, sepa_debit: sepa }: Details): string | null =>
  card?.fingerprint ?? bank?.fingerprint ?? sepa?.fingerprint ?? null

export const idOf = (object: string | { readonly id: string } | null | undefined): string | null =>
  typeof object === 'string' ? object : (object?.id ?? null)
