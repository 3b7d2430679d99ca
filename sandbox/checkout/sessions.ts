import type Stripe from 'stripe'
import { invalid, invalidParameter } from '../api/failure.ts'
import { newId } from '../api/ids.ts'
import {
  address,
  currency,
  email,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { keepPlan, planOf } from './plan.ts'
import { createSession, expireSession, keepSession } from './session.ts'

const minute = 60
const day = 24 * 3600

const lineItem = parameters({
  price_data: parameters({
    currency,
    unit_amount: integer(0, 99_999_999),
    product_data: parameters({
      name: text(),
      description: text().optional(),
      images: list(address).optional(),
      metadata: metadata.optional(),
    }),
  }),
  quantity: integer(1, 999_999).default(1),
})

const createParameters = parameters({
  mode: oneOf(['payment', 'setup']),
  cancel_url: address.optional(),
  client_reference_id: text(200).optional(),
  currency: currency.optional(),
  customer: text().optional(),
  customer_creation: oneOf(['always', 'if_required']).optional(),
  customer_email: email.optional(),
  expires_at: integer().optional(),
  line_items: list(lineItem).optional(),
  metadata: metadata.optional(),
  payment_intent_data: parameters({
    description: text(1000).optional(),
    metadata: metadata.optional(),
    receipt_email: email.optional(),
    setup_future_usage: oneOf(['off_session', 'on_session']).optional(),
  }).optional(),
  payment_method_types: list(oneOf(['card', 'us_bank_account'])).optional(),
  setup_intent_data: parameters({ description: text(1000).optional(), metadata: metadata.optional() }).optional(),
  success_url: address,
})
const listParameters = parameters({
  ...paging,
  customer: text().optional(),
  payment_intent: text().optional(),
  status: oneOf(['open', 'complete', 'expired']).optional(),
})

export const checkoutRoutes: readonly Route[] = [
  route('POST', '/v1/checkout/sessions', createParameters, (work, given) => {
    refuseMixed(given)
    if (given.customer !== undefined) work.need('customer', given.customer, 'customer')
    const expires_at = given.expires_at ?? work.now + day
    if (expires_at < work.now + 30 * minute || expires_at > work.now + day) throw expiryOutOfRange()
    const lines = (given.line_items ?? []).map(lineOf)
    const session = createSession(work, {
      amount: given.mode === 'payment' ? lines.reduce((sum, line) => sum + line.amount_total, 0) : null,
      cancel_url: given.cancel_url ?? null,
      client_reference_id: given.client_reference_id ?? null,
      currency: lines[0]?.currency ?? given.currency ?? null,
      customer: given.customer ?? null,
      customer_creation: given.customer === undefined ? (given.customer_creation ?? 'if_required') : null,
      customer_email: given.customer_email ?? null,
      expires_at,
      metadata: mergeMetadata({}, given.metadata),
      mode: given.mode,
      payment_method_types: given.payment_method_types ?? ['card', 'us_bank_account'],
      success_url: given.success_url,
    })
    const data = given.mode === 'payment' ? given.payment_intent_data : given.setup_intent_data
    keepPlan(work, session.id, {
      lines,
      description: data?.description,
      metadata: mergeMetadata({}, data?.metadata),
      receiptEmail: given.payment_intent_data?.receipt_email,
      setupFutureUsage: given.payment_intent_data?.setup_future_usage,
    })
    return session
  }),
  route('GET', '/v1/checkout/sessions', listParameters, (work, { customer, payment_intent, status, ...page }) =>
    work.list('checkout.session', '/v1/checkout/sessions', page, { customer, payment_intent, status }),
  ),
  route('GET', '/v1/checkout/sessions/:id', parameters({}), (work, _, id) => work.need('checkout.session', id)),
  route('POST', '/v1/checkout/sessions/:id', parameters({ metadata: metadata.optional() }), (work, given, id) => {
    const before = work.need('checkout.session', id)
    return keepSession(work, { ...before, metadata: mergeMetadata(before.metadata ?? {}, given.metadata) })
  }),
  route('POST', '/v1/checkout/sessions/:id/expire', parameters({}), (work, _, id) => {
    const { status } = work.need('checkout.session', id)
    if (status !== 'open') {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${status}\`.`,
      )
    }
    return expireSession(work, id)
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', parameters(paging), (work, _, id) => {
    work.need('checkout.session', id)
    return linesOf(work, id)
  }),
]

/** The session's `line_items`, which are shown only if asked for. */
export function linesOf(work: Work, id: string) {
  return {
    object: 'list',
    url: `/v1/checkout/sessions/${id}/line_items`,
    has_more: false,
    data: planOf(work, id).lines,
  }
}

type Line = NonNullable<ReturnType<typeof createParameters.parse>['line_items']>[number]

function lineOf({ price_data, quantity }: Line): Stripe.LineItem {
  const amount = price_data.unit_amount * quantity
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price_data.currency,
    description: price_data.product_data.name,
    metadata: {},
    price: null,
    quantity,
  }
}

function refuseMixed(given: ReturnType<typeof createParameters.parse>): void {
  const { mode, line_items: lines = [] } = given
  if (mode === 'payment' && lines.length === 0) {
    throw invalidParameter('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  }
  const wrong = mode === 'payment' ? 'setup_intent_data' : 'payment_intent_data'
  if (given[wrong] !== undefined) {
    throw invalidParameter(`You can not pass \`${wrong}\` in \`${mode}\` mode.`, { param: wrong })
  }
  if (mode === 'setup' && lines.length > 0) {
    throw invalidParameter('You can not pass `line_items` in `setup` mode.', { param: 'line_items' })
  }
  if (given.customer !== undefined && given.customer_email !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    })
  }
  if (lines.some(({ price_data }) => price_data.currency !== lines[0]?.price_data.currency)) {
    throw invalidParameter('All prices in a session must have the same currency.', { param: 'line_items' })
  }
}

const expiryOutOfRange = () =>
  invalidParameter(
    'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
    { param: 'expires_at' },
  )
