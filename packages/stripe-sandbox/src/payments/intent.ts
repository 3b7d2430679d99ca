import type Stripe from 'stripe'
import { randomText } from '../api/ids.ts'
import type { Work } from '../api/work.ts'
import { offeredTypes } from '../payment-methods/method-types.ts'
import type { MethodOptions } from './method-options.ts'

export type IntentPlan = {
  readonly amount: number
  readonly currency: string
  readonly customer?: string | null
  readonly description?: string | null
  readonly metadata: Record<string, string>
  readonly payment_method?: string | null
  readonly allowed_payment_method_types?: string[]
  readonly payment_method_options?: MethodOptions
  readonly receipt_email?: string | null
  readonly setup_future_usage?: 'off_session' | 'on_session' | null
  readonly allow_redirects?: 'always' | 'never'
  /** The invoice that it pays, whose payment has the invoice's methods. */
  readonly invoice?: string
}

/** A new intent, stored and told of. */
export function createIntent(work: Work, plan: IntentPlan): Stripe.PaymentIntent {
  const id = work.id('payment_intent')
  const method = plan.payment_method ?? null
  const types = offeredTypes(plan.currency, plan.allowed_payment_method_types)
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: plan.allowed_payment_method_types ?? null,
    amount: plan.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      plan.allowed_payment_method_types === undefined && plan.invoice === undefined
        ? { enabled: true, allow_redirects: plan.allow_redirects ?? 'always' }
        : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: plan.invoice === undefined ? 'automatic_async' : 'automatic',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: work.now,
    currency: plan.currency,
    customer: plan.customer ?? null,
    customer_account: null,
    description: plan.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: plan.metadata,
    next_action: null,
    on_behalf_of: null,
    ...(plan.invoice === undefined
      ? {}
      : { payment_details: { customer_reference: null, order_reference: plan.invoice } }),
    payment_method: method,
    payment_method_configuration_details: null,
    payment_method_options: optionsOf(plan.payment_method_options, types),
    payment_method_types: types,
    payment_record: null,
    processing: null,
    receipt_email: plan.receipt_email ?? null,
    review: null,
    setup_future_usage: plan.setup_future_usage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: null,
  }
  work.objects.put('payment_intent', intent)
  work.emit('payment_intent.created', intent)
  return intent
}

/** The options of those of its types that have any here. */
function optionsOf(options: MethodOptions | undefined, types: readonly string[]) {
  const { request_three_d_secure = 'automatic', stored_credential_usage } = options?.card ?? {}
  const usage = stored_credential_usage === undefined ? {} : { stored_credential_usage }
  const card = { installments: null, mandate_options: null, network: null, request_three_d_secure, ...usage }
  const shown: Stripe.PaymentIntent.PaymentMethodOptions = {}
  if (types.includes('card')) shown.card = card
  if (types.includes('link')) shown.link = { persistent_token: null }
  return shown
}

/** Stores the intent's new state. */
export function keepIntent(work: Work, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  work.objects.put('payment_intent', intent)
  return intent
}

/** The states in which an intent can still be confirmed, changed or canceled. */
export const unpaid: readonly Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]

/** Nothing will be taken for it any more. */
export function cancelIntent(
  work: Work,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  const canceled = keepIntent(work, {
    ...intent,
    canceled_at: work.now,
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  })
  work.emit('payment_intent.canceled', canceled)
  work.settled(canceled)
  return canceled
}
