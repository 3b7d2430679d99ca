import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import {
  address,
  flag,
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
import { confirmSetup, createSetup, refuseSetupState } from './confirm.ts'

const createParameters = parameters({
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
  payment_method_types: noMethodTypes,
  return_url: address.optional(),
  usage: oneOf(['off_session', 'on_session']).optional(),
})
const confirmParameters = parameters({ payment_method: text().optional(), return_url: address.optional() })
const listParameters = parameters({ ...paging, customer: text().optional(), payment_method: text().optional() })

export const setupIntentRoutes: readonly Route[] = [
  route('POST', '/v1/setup_intents', createParameters, (work, given) => {
    const {
      automatic_payment_methods: _,
      payment_method_types: __,
      confirm,
      metadata: told,
      payment_method,
      return_url,
      ...plan
    } = given
    if (plan.customer !== undefined) work.need('customer', plan.customer, 'customer')
    const method = payment_method === undefined ? undefined : resolveMethod(work, payment_method, 'payment_method')
    const setup = createSetup(work, { ...plan, metadata: mergeMetadata({}, told), payment_method: method?.id })
    return confirm ? confirmWith(work, setup, method, return_url) : setup
  }),
  route('GET', '/v1/setup_intents', listParameters, (work, { customer, payment_method, ...page }) =>
    work.list('setup_intent', '/v1/setup_intents', page, { customer, payment_method }),
  ),
  route('GET', '/v1/setup_intents/:id', parameters({ client_secret: text().optional() }), (work, _, id) =>
    work.need('setup_intent', id),
  ),
  route('POST', '/v1/setup_intents/:id/confirm', confirmParameters, (work, { payment_method, return_url }, id) => {
    const setup = work.need('setup_intent', id)
    const named = payment_method ?? setup.payment_method
    const method = typeof named === 'string' ? resolveMethod(work, named, 'payment_method') : undefined
    return confirmWith(work, setup, method, return_url)
  }),
  route('POST', '/v1/setup_intents/:id/cancel', parameters({}), (work, _, id) => {
    const before = work.need('setup_intent', id)
    refuseSetupState(before, ['requires_payment_method', 'requires_confirmation', 'requires_action'], 'cancel')
    const canceled: Stripe.SetupIntent = { ...before, status: 'canceled', next_action: null }
    work.objects.put('setup_intent', canceled)
    work.emit('setup_intent.canceled', canceled)
    return canceled
  }),
]

function confirmWith(
  work: Work,
  setup: Stripe.SetupIntent,
  method: Stripe.PaymentMethod | undefined,
  returnUrl: string | undefined,
): Stripe.SetupIntent {
  if (method === undefined) {
    throw invalid("You cannot confirm this SetupIntent because it's missing a payment method.", {
      code: 'setup_intent_unexpected_state',
    })
  }
  return confirmSetup(work, setup, method, returnUrl ?? null)
}
