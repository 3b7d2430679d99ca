import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid, invalidParameter } from '../api/failure.ts'
import {
  address,
  currency,
  email,
  emptyable,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  noMethodTypes,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { resolveMethod } from '../payment-methods/make.ts'
import { refuseAmount } from './amount-limits.ts'
import { confirmIntent, refuseState } from './confirm.ts'
import { cancelIntent, createIntent, keepIntent, unpaid } from './intent.ts'
import { methodOptions } from './method-options.ts'

const belowMinimum =
  'The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents'
const amount = integer().refine((value) => value > 0, {
  message: belowMinimum,
  params: { code: 'parameter_invalid_integer' },
})
const futureUsage = oneOf(['off_session', 'on_session'])
const offSession = z.union([flag, oneOf(['one_off', 'recurring']).transform(() => true)])

const confirming = {
  off_session: offSession.optional(),
  error_on_requires_action: flag.optional(),
  return_url: address.optional(),
}

const createParameters = parameters({
  amount,
  currency,
  allowed_payment_method_types: list(text()).optional(),
  automatic_payment_methods: parameters({
    enabled: flag,
    allow_redirects: oneOf(['always', 'never']).optional(),
  }).optional(),
  confirm: flag.default(false),
  customer: text().optional(),
  description: text(1000).optional(),
  metadata: metadata.optional(),
  payment_method: text().optional(),
  payment_method_options: methodOptions.optional(),
  payment_method_types: noMethodTypes,
  receipt_email: email.optional(),
  setup_future_usage: futureUsage.optional(),
  ...confirming,
})
const confirmParameters = parameters({
  payment_method_types: noMethodTypes,
  payment_method: text().optional(),
  receipt_email: emptyable(email).optional(),
  setup_future_usage: emptyable(futureUsage).optional(),
  ...confirming,
})
const updateParameters = parameters({
  amount: amount.optional(),
  currency: currency.optional(),
  customer: text().optional(),
  description: text(1000).optional(),
  metadata: metadata.optional(),
  payment_method: emptyable(text()).optional(),
  payment_method_types: noMethodTypes,
  receipt_email: emptyable(email).optional(),
  setup_future_usage: emptyable(futureUsage).optional(),
})
const cancelParameters = parameters({
  cancellation_reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(),
})

export const paymentIntentRoutes: readonly Route[] = [
  route('POST', '/v1/payment_intents', createParameters, (work, given) => {
    const { confirm, automatic_payment_methods: automatic, metadata: told, payment_method, ...rest } = given
    const { payment_method_types: _, ...plan } = rest
    if (!confirm) refuseUnconfirmed(given)
    refuseAmount(plan.amount, plan.currency)
    if (automatic?.enabled === true && plan.allowed_payment_method_types !== undefined) throw bothKinds()
    if (plan.customer !== undefined) work.need('customer', plan.customer, 'customer')
    const method = payment_method === undefined ? null : resolveMethod(work, payment_method, 'payment_method')
    const intent = createIntent(work, {
      ...plan,
      allow_redirects: automatic?.allow_redirects,
      metadata: mergeMetadata({}, told),
      payment_method: method?.id,
    })
    return confirm ? confirmWith(work, intent, method, given) : intent
  }),
  route('GET', '/v1/payment_intents', parameters({ ...paging, customer: text().optional() }), (work, given) => {
    const { customer, ...page } = given
    return work.list('payment_intent', '/v1/payment_intents', page, { customer })
  }),
  route('GET', '/v1/payment_intents/:id', parameters({ client_secret: text().optional() }), (work, _, id) =>
    work.need('payment_intent', id),
  ),
  route('POST', '/v1/payment_intents/:id', updateParameters, (work, given, id) => {
    const { metadata: added, payment_method, payment_method_types: _, ...fields } = given
    const before = work.need('payment_intent', id)
    const always = ['description', 'metadata', 'receipt_email', 'setup_future_usage']
    if (Object.keys(given).some((name) => !always.includes(name))) refuseState(before, unpaid, 'update')
    refuseAmount(fields.amount ?? before.amount, fields.currency ?? before.currency)
    if (fields.customer !== undefined) work.need('customer', fields.customer, 'customer')
    const method = typeof payment_method === 'string' ? resolveMethod(work, payment_method, 'payment_method').id : null
    return keepIntent(work, {
      ...before,
      ...fields,
      metadata: mergeMetadata(before.metadata, added),
      ...(payment_method === undefined
        ? {}
        : { payment_method: method, status: method === null ? 'requires_payment_method' : 'requires_confirmation' }),
    })
  }),
  route('POST', '/v1/payment_intents/:id/confirm', confirmParameters, (work, given, id) => {
    const { payment_method, receipt_email, setup_future_usage } = given
    const before = work.need('payment_intent', id)
    const named = payment_method ?? before.payment_method
    const method = typeof named === 'string' ? resolveMethod(work, named, 'payment_method') : null
    const intent: Stripe.PaymentIntent = {
      ...before,
      ...(receipt_email === undefined ? {} : { receipt_email }),
      ...(setup_future_usage === undefined ? {} : { setup_future_usage }),
    }
    return confirmWith(work, intent, method, given)
  }),
  route('POST', '/v1/payment_intents/:id/cancel', cancelParameters, (work, { cancellation_reason = null }, id) => {
    const before = work.need('payment_intent', id)
    refuseState(before, unpaid, 'cancel')
    return cancelIntent(work, before, cancellation_reason)
  }),
]

type Confirming = { off_session?: boolean; error_on_requires_action?: boolean; return_url?: string }

function confirmWith(
  work: Work,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod | null,
  { off_session = false, error_on_requires_action = false, return_url }: Confirming,
): Stripe.PaymentIntent {
  refuseState(intent, unpaid, 'confirm')
  if (method === null) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.",
      { code: 'payment_intent_unexpected_state' },
    )
  }
  if (return_url === undefined && intent.automatic_payment_methods?.allow_redirects === 'always') {
    throw invalid(
      'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don’t want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
      { param: 'return_url' },
    )
  }
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalid(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attempt again with a different PaymentMethod.`,
      { param: 'payment_method' },
    )
  }
  return confirmIntent(work, intent, {
    method,
    offSession: off_session,
    errorOnRequiresAction: error_on_requires_action,
    returnUrl: return_url ?? null,
  })
}

function refuseUnconfirmed(given: Confirming): void {
  for (const param of ['off_session', 'error_on_requires_action', 'return_url'] as const) {
    if (given[param] === undefined) continue
    throw invalidParameter(`You cannot set \`${param}\` when creating a PaymentIntent without \`confirm=true\`.`, {
      param,
    })
  }
}

const bothKinds = () =>
  invalidParameter(
    'You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.',
    {
      param: 'allowed_payment_method_types',
    },
  )
