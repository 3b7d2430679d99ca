import type Stripe from 'stripe'
import { docUrlOf, Failure, invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { bookCharge } from '../balance/transactions.ts'
import { openDispute } from '../disputes/open.ts'
import { attach } from '../payment-methods/attach.ts'
import { cardOf, markSetUp, needsAuthentication } from '../payment-methods/make.ts'
import { isDelayed } from '../payment-methods/method-types.ts'
import { type Decline, declineOf, type TestCard, toldOf } from '../payment-methods/test-cards.ts'
import { warnOfFraud } from '../radar/early-fraud-warnings.ts'
import { openReview } from '../radar/reviews.ts'
import { recordCharge } from './charge.ts'
import { keepIntent, unpaid } from './intent.ts'
import { asksAlways } from './method-options.ts'

export type Confirmation = {
  readonly method: Stripe.PaymentMethod
  readonly offSession: boolean
  readonly errorOnRequiresAction: boolean
  readonly returnUrl: string | null
}

/**
 * Tries to take the payment. Returns the intent as `succeeded`, `processing` or `requires_action`; throws a card error
 * (402, its effects stay) where it is declined.
 */
export function confirmIntent(
  work: Work,
  before: Stripe.PaymentIntent,
  { method, offSession, errorOnRequiresAction, returnUrl }: Confirmation,
): Stripe.PaymentIntent {
  refuseState(before, unpaid, 'confirm')
  refuseStranger(before, method)
  const intent = keepIntent(work, { ...before, payment_method: method.id, last_payment_error: null, next_action: null })
  const asked = intent.payment_method_options?.card?.request_three_d_secure
  const isAsked = !offSession && cardOf(method)?.authentication !== undefined && asksAlways(asked)
  if (!isAsked && !needsAuthentication(work, method)) return take(work, intent, method)
  if (offSession) throw refused(decline(work, intent, method, declineOf('authentication_required')))
  if (errorOnRequiresAction) throw refused(fail(work, intent, method, actionRefused))
  const waiting = keepIntent(work, {
    ...intent,
    status: 'requires_action',
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: returnUrl, url: `${work.url}/authenticate/${intent.id}` },
    },
  })
  work.emit('payment_intent.requires_action', waiting)
  work.settled(waiting)
  return waiting
}

/** The customer answered the bank's question: the payment continues or fails, as the intent shows. */
export function authenticateIntent(work: Work, before: Stripe.PaymentIntent, agreed: boolean): Stripe.PaymentIntent {
  refuseState(before, ['requires_action'], 'authenticate')
  const method = work.need('payment_method', idOf(before.payment_method))
  const intent: Stripe.PaymentIntent = { ...before, next_action: null }
  if (!agreed) return fail(work, intent, method, authenticationFailed)
  try {
    return take(work, intent, method)
  } catch (error) {
    if (error instanceof Failure && error.fate === 'done') return work.need('payment_intent', before.id)
    throw error
  }
}

/** A `processing` payment comes to its end. */
export function finishIntent(work: Work, id: string, end: 'succeeded' | 'failed'): Stripe.PaymentIntent {
  const intent = work.need('payment_intent', id)
  refuseState(intent, ['processing'], 'finish')
  const method = work.need('payment_method', idOf(intent.payment_method))
  const pending = work.need('charge', idOf(intent.latest_charge))
  if (end === 'succeeded') {
    const charge: Stripe.Charge = { ...pending, status: 'succeeded' }
    work.objects.put('charge', charge)
    work.emit('charge.succeeded', charge)
    const succeeded = succeed(work, { ...intent, processing: null }, charge)
    bookCharge(work, charge.id)
    return succeeded
  }
  const charge: Stripe.Charge = {
    ...pending,
    amount_captured: 0,
    captured: false,
    failure_code: accountFailed.code,
    failure_message: accountFailed.message,
    paid: false,
    receipt_url: null,
    status: 'failed',
  }
  work.objects.put('charge', charge)
  work.emit('charge.failed', charge)
  return fail(work, { ...intent, processing: null }, method, { ...accountFailed, charge: charge.id })
}

/** Refuses what cannot be done to an intent in its state. */
export function refuseState(
  intent: Stripe.PaymentIntent,
  allowed: readonly Stripe.PaymentIntent.Status[],
  verb: string,
): void {
  if (allowed.includes(intent.status)) return
  throw new Failure(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be used: ${allowed.join(', ')}.`,
    payment_intent: intent,
  })
}

function take(work: Work, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): Stripe.PaymentIntent {
  const planned = work.nextDecline(intent)
  const declined = planned === undefined ? cardOf(method)?.decline : declineOf(planned)
  if (declined !== undefined) throw refused(decline(work, intent, method, declined))
  if (isDelayed(method.type)) {
    const charge = recordCharge(work, intent, method, 'pending')
    const processing = keepIntent(work, { ...intent, status: 'processing', latest_charge: charge.id })
    work.emit('payment_intent.processing', processing)
    save(work, processing, method)
    work.settled(processing)
    return processing
  }
  const charge = recordCharge(work, intent, method, 'succeeded')
  const succeeded = succeed(work, intent, charge)
  save(work, succeeded, method)
  followUp(work, bookCharge(work, charge.id), cardOf(method))
  return work.need('payment_intent', succeeded.id)
}

/** The consequence of a test card after it was charged. */
function followUp(work: Work, charge: Stripe.Charge, card: TestCard | undefined): void {
  if (card?.radar === 'early-fraud-warning') warnOfFraud(work, charge)
  if (card?.radar === 'review') openReview(work, charge, 'rule')
  const kind = card?.inquiry === true ? 'inquiry' : 'dispute'
  if (card?.dispute !== undefined) openDispute(work, charge, { kind, reason: card.dispute, amount: charge.amount })
}

function succeed(work: Work, intent: Stripe.PaymentIntent, charge: Stripe.Charge): Stripe.PaymentIntent {
  const succeeded = keepIntent(work, {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
  })
  work.emit('payment_intent.succeeded', succeeded)
  work.settled(succeeded)
  return succeeded
}

function save(work: Work, { customer, setup_future_usage }: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  if (typeof customer !== 'string' || setup_future_usage === null) return
  attach(work, method.id, customer)
  markSetUp(work, method)
}

function decline(
  work: Work,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  declined: Decline,
): Stripe.PaymentIntent {
  const charge = recordCharge(work, intent, method, declined)
  return fail(work, { ...intent, latest_charge: charge.id }, method, {
    ...toldOf(declined),
    doc_url: docUrlOf(declined.code),
    type: 'card_error',
    charge: charge.id,
  })
}

function fail(
  work: Work,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  error: Omit<Stripe.PaymentIntent.LastPaymentError, 'payment_method'>,
): Stripe.PaymentIntent {
  const failed = keepIntent(work, {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { ...error, payment_method: method },
  })
  work.emit('payment_intent.payment_failed', failed)
  work.settled(failed)
  return failed
}

function refused(intent: Stripe.PaymentIntent): Failure {
  const fault: Partial<Stripe.PaymentIntent.LastPaymentError> = intent.last_payment_error ?? {}
  const { code, decline_code, advice_code, network_decline_code, network_advice_code, param } = fault
  return new Failure(
    402,
    {
      type: 'card_error',
      message: fault.message ?? 'Your card was declined.',
      code,
      decline_code,
      advice_code,
      network_decline_code,
      network_advice_code,
      param,
      charge: fault.charge,
      payment_method: fault.payment_method,
      payment_intent: intent,
    },
    'done',
  )
}

const actionRefused = {
  type: 'card_error',
  code: 'authentication_required',
  decline_code: 'authentication_not_handled',
  message: 'This payment required an authentication action to complete, but `error_on_requires_action` was set.',
} as const

const authenticationFailed = {
  type: 'invalid_request_error',
  code: 'payment_intent_authentication_failure',
  message: 'The provided PaymentMethod has failed authentication. Provide another one and try again.',
} as const

const accountFailed = {
  type: 'invalid_request_error',
  code: 'payment_method_customer_decline',
  message: 'The customer has notified their bank that this payment was unauthorized, or their account lacks the money.',
} as const

function refuseStranger({ customer }: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  if (method.customer === null || method.customer === customer) return
  throw invalid(
    customer === null
      ? 'The provided PaymentMethod belongs to a customer: provide that customer in the PaymentIntent to use it.'
      : 'The provided PaymentMethod does not belong to the customer of this PaymentIntent.',
    { param: 'payment_method' },
  )
}

const idOf = (reference: string | { readonly id: string } | null): string =>
  typeof reference === 'string' ? reference : (reference?.id ?? '')
