import type Stripe from 'stripe'
import { invalid, invalidParameter } from '../api/failure.ts'
import { newId } from '../api/ids.ts'
import {
  address,
  currency,
  email,
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
import { productName } from '../billing/lines.ts'
import { createPrice, recurring } from '../billing/prices.ts'
import { createProduct } from '../billing/products.ts'
import { offeredTypes } from '../payment-methods/method-types.ts'
import { refuseAmount } from '../payments/amount-limits.ts'
import { keepPlan, planOf } from './plan.ts'
import { createSession, expireSession } from './session.ts'

const minute = 60
const day = 24 * 3600

const lineItem = parameters({
  price: text().optional(),
  price_data: parameters({
    currency,
    unit_amount: integer(0, 99_999_999),
    product: text().optional(),
    product_data: parameters({
      name: text(),
      description: text().optional(),
      images: list(address).optional(),
      metadata: metadata.optional(),
    }).optional(),
    recurring: recurring.optional(),
  }).optional(),
  quantity: integer(1, 999_999).default(1),
})

const createParameters = parameters({
  mode: oneOf(['payment', 'setup', 'subscription']),
  adaptive_pricing: parameters({ enabled: flag.optional() }).optional(),
  allowed_payment_method_types: list(text()).optional(),
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
  payment_method_types: noMethodTypes,
  setup_intent_data: parameters({ description: text(1000).optional(), metadata: metadata.optional() }).optional(),
  subscription_data: parameters({
    description: text(500).optional(),
    metadata: metadata.optional(),
    trial_end: integer(0).optional(),
    trial_period_days: integer(1, 730).optional(),
  }).optional(),
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
    const lines = (given.line_items ?? []).map((line) => lineOf(work, given.mode, line))
    if (lines.some((line) => line.currency !== lines[0]?.currency)) {
      throw invalid('All prices in a session must have the same currency.', { param: 'line_items' })
    }
    const trial = given.subscription_data?.trial_end ?? given.subscription_data?.trial_period_days
    const total = lines.reduce((sum, line) => sum + line.amount_total, 0)
    const unit = lines[0]?.currency ?? given.currency ?? null
    if (given.mode === 'payment' && total > 0 && unit !== null) refuseAmount(total, unit, 'line_items')
    const session = createSession(work, {
      adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? true },
      allowed_payment_method_types: given.allowed_payment_method_types ?? null,
      amount: given.mode === 'setup' ? null : trial === undefined ? total : 0,
      cancel_url: given.cancel_url ?? null,
      client_reference_id: given.client_reference_id ?? null,
      currency: unit,
      customer: given.customer ?? null,
      customer_creation: given.customer === undefined ? (given.customer_creation ?? 'if_required') : null,
      customer_email: given.customer_email ?? null,
      expires_at,
      metadata: mergeMetadata({}, given.metadata),
      mode: given.mode,
      payment_method_types: offeredTypes(unit, given.allowed_payment_method_types),
      success_url: given.success_url,
    })
    const data = given.mode === 'payment' ? given.payment_intent_data : given.setup_intent_data
    keepPlan(work, session.id, {
      lines,
      description: data?.description,
      metadata: mergeMetadata({}, data?.metadata),
      receiptEmail: given.payment_intent_data?.receipt_email,
      setupFutureUsage: given.payment_intent_data?.setup_future_usage,
      ...(given.mode === 'subscription' ? { subscription: subscriptionOf(lines, given.subscription_data ?? {}) } : {}),
    })
    return session
  }),
  route('GET', '/v1/checkout/sessions', listParameters, (work, { customer, payment_intent, status, ...page }) =>
    work.list('checkout.session', '/v1/checkout/sessions', page, { customer, payment_intent, status }),
  ),
  route('GET', '/v1/checkout/sessions/:id', parameters({}), (work, _, id) => work.need('checkout.session', id)),
  route('POST', '/v1/checkout/sessions/:id/expire', parameters({}), (work, _, id) => {
    const { status } = work.need('checkout.session', id)
    if (status !== 'open') {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${status}\`.`,
      )
    }
    return expireSession(work, id)
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

type Mode = ReturnType<typeof createParameters.parse>['mode']

function lineOf(work: Work, mode: Mode, line: Line): Stripe.LineItem {
  const price = priceOf(work, mode, line)
  const unit = price?.unit_amount ?? line.price_data?.unit_amount ?? 0
  const amount = unit * line.quantity
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price?.currency ?? line.price_data?.currency ?? 'usd',
    description: price === null ? (line.price_data?.product_data?.name ?? null) : productName(work, price),
    metadata: {},
    price,
    quantity: line.quantity,
  }
}

/** The price that the line names or describes; null: one that is described for this one payment. */
function priceOf(work: Work, mode: Mode, { price, price_data: data }: Line): Stripe.Price | null {
  if ((price === undefined) === (data === undefined)) {
    throw invalid('You must pass exactly one of these parameters: price, price_data.', { param: 'line_items' })
  }
  if ((data?.product === undefined) === (data?.product_data === undefined) && data !== undefined) {
    throw invalid('You must pass exactly one of these parameters: product, product_data.', { param: 'line_items' })
  }
  const found =
    price === undefined
      ? mode === 'payment'
        ? null
        : describedPrice(work, data)
      : work.need('price', price, 'line_items')
  const recurs = found?.recurring !== null && found?.recurring !== undefined
  if (recurs !== (mode === 'subscription')) {
    throw invalid(
      recurs
        ? 'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.'
        : 'You must provide a recurring price in `subscription` mode.',
      { param: 'line_items' },
    )
  }
  return found
}

function describedPrice(work: Work, data: Line['price_data']): Stripe.Price | null {
  if (data === undefined) return null
  const { product, product_data, currency, unit_amount, recurring } = data
  const made = product ?? (product_data === undefined ? '' : createProduct(work, product_data).id)
  return createPrice(work, { product: made, currency, unit_amount, recurring })
}

type SubscriptionData = NonNullable<ReturnType<typeof createParameters.parse>['subscription_data']>

function subscriptionOf(lines: readonly Stripe.LineItem[], data: SubscriptionData) {
  const items = lines.map(({ price, quantity }) => ({ price: price?.id, quantity: quantity ?? 1 }))
  return { ...data, items }
}

function refuseMixed(given: ReturnType<typeof createParameters.parse>): void {
  const { mode, line_items: lines = [] } = given
  if (mode !== 'setup' && lines.length === 0) {
    throw invalidParameter('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  }
  const kinds = {
    payment: 'payment_intent_data',
    setup: 'setup_intent_data',
    subscription: 'subscription_data',
  } as const
  const wrong = Object.values(kinds).find((name) => name !== kinds[mode] && given[name] !== undefined)
  if (wrong !== undefined) {
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
}

const expiryOutOfRange = () =>
  invalidParameter(
    'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
    { param: 'expires_at' },
  )
