import type Stripe from 'stripe'
import { Failure } from '../api/failure.ts'
import { randomText } from '../api/ids.ts'
import type { Work } from '../api/work.ts'
import { attach, refuseUnsavable } from '../payment-methods/attach.ts'
import { markSetUp, needsAuthentication } from '../payment-methods/make.ts'
import { offeredTypes } from '../payment-methods/method-types.ts'

export type SetupPlan = {
  readonly customer?: string
  readonly description?: string
  readonly metadata: Record<string, string>
  readonly payment_method?: string
  readonly allowed_payment_method_types?: string[]
  readonly usage?: 'off_session' | 'on_session'
}

/** A new intent to save a payment method, stored and told of. */
export function createSetup(work: Work, plan: SetupPlan): Stripe.SetupIntent {
  const id = work.id('setup_intent')
  const setup: Stripe.SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: plan.allowed_payment_method_types ?? null,
    application: null,
    automatic_payment_methods:
      plan.allowed_payment_method_types === undefined ? { enabled: true, allow_redirects: 'always' } : null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: work.now,
    customer: plan.customer ?? null,
    customer_account: null,
    description: plan.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: plan.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: plan.payment_method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: offeredTypes(null, plan.allowed_payment_method_types),
    single_use_mandate: null,
    status: plan.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    usage: plan.usage ?? 'off_session',
  }
  work.objects.put('setup_intent', setup)
  work.emit('setup_intent.created', setup)
  return setup
}

/** Saves the payment method: `succeeded` or `requires_action`; throws a card error (402, its effects stay) if refused. */
export function confirmSetup(
  work: Work,
  before: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  returnUrl: string | null,
): Stripe.SetupIntent {
  refuseSetupState(before, ['requires_payment_method', 'requires_confirmation', 'requires_action'], 'confirm')
  const setup: Stripe.SetupIntent = { ...before, payment_method: method.id, last_setup_error: null, next_action: null }
  try {
    refuseUnsavable(method)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const failed = fail(work, setup, { ...error.body, payment_method: method, type: 'card_error' })
    throw new Failure(402, { ...error.body, setup_intent: failed }, 'done')
  }
  if (!needsAuthentication(work, method)) return succeed(work, setup, method)
  const waiting: Stripe.SetupIntent = {
    ...setup,
    status: 'requires_action',
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: returnUrl, url: `${work.url}/authenticate/${setup.id}` },
    },
  }
  work.objects.put('setup_intent', waiting)
  work.emit('setup_intent.requires_action', waiting)
  return waiting
}

/** The customer answered the bank's question. */
export function authenticateSetup(work: Work, before: Stripe.SetupIntent, agreed: boolean): Stripe.SetupIntent {
  refuseSetupState(before, ['requires_action'], 'authenticate')
  const setup: Stripe.SetupIntent = { ...before, next_action: null }
  const id = typeof before.payment_method === 'string' ? before.payment_method : ''
  const method = work.need('payment_method', id)
  if (agreed) return succeed(work, setup, method)
  return fail(work, setup, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication. Provide another one and try again.',
    payment_method: method,
  })
}

/** Refuses what cannot be done to a setup in its state. */
export function refuseSetupState(
  setup: Stripe.SetupIntent,
  allowed: readonly Stripe.SetupIntent.Status[],
  verb: string,
): void {
  if (allowed.includes(setup.status)) return
  throw new Failure(400, {
    type: 'invalid_request_error',
    code: 'setup_intent_unexpected_state',
    message: `You cannot ${verb} this SetupIntent because it has a status of ${setup.status}.`,
    setup_intent: setup,
  })
}

function succeed(work: Work, setup: Stripe.SetupIntent, method: Stripe.PaymentMethod): Stripe.SetupIntent {
  const succeeded: Stripe.SetupIntent = { ...setup, status: 'succeeded' }
  work.objects.put('setup_intent', succeeded)
  if (typeof setup.customer === 'string') attach(work, method.id, setup.customer)
  markSetUp(work, method)
  work.emit('setup_intent.succeeded', succeeded)
  work.settled(succeeded)
  return succeeded
}

function fail(work: Work, setup: Stripe.SetupIntent, error: Stripe.SetupIntent.LastSetupError): Stripe.SetupIntent {
  const failed: Stripe.SetupIntent = {
    ...setup,
    status: 'requires_payment_method',
    payment_method: null,
    last_setup_error: error,
  }
  work.objects.put('setup_intent', failed)
  work.emit('setup_intent.setup_failed', failed)
  work.settled(failed)
  return failed
}
