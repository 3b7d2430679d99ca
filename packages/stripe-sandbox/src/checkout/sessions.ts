import type Stripe from 'stripe'
import { invalid, invalidParameter } from '../api/failure.ts'
import { mergeMetadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { refuseAmount } from '../payments/amount-limits.ts'
import { countryOf } from '../tax/location.ts'
import { withGiven } from './discount.ts'
import { behaviorsOf, lineOf } from './line-items.ts'
import { createParameters, type NewSession, refuseMixed, refuseTaxless } from './parameters.ts'
import { keepPlan, planOf } from './plan.ts'
import { createSession, expireSession, keepSession } from './session.ts'
import { withTax } from './tax.ts'

const minute = 60
const day = 24 * 3600

const listParameters = parameters({
  ...paging,
  customer: text().optional(),
  payment_intent: text().optional(),
  status: oneOf(['open', 'complete', 'expired']).optional(),
})

export const checkoutRoutes: readonly Route[] = [
  route('POST', '/v1/checkout/sessions', createParameters, create),
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

function create(work: Work, given: NewSession): Stripe.Checkout.Session {
  refuseMixed(given)
  if (given.customer !== undefined) work.need('customer', given.customer, 'customer')
  refuseTaxless(work, given)
  const expires_at = given.expires_at ?? work.now + day
  if (expires_at < work.now + 30 * minute || expires_at > work.now + day) throw expiryOutOfRange()
  const lines = (given.line_items ?? []).map((line) => lineOf(work, given.mode, line))
  if (lines.some((line) => line.currency !== lines[0]?.currency)) {
    throw invalid('All prices in a session must have the same currency.', { param: 'line_items' })
  }
  const total = lines.reduce((sum, line) => sum + line.amount_total, 0)
  const currency = lines[0]?.currency ?? given.currency ?? null
  if (given.mode === 'payment' && total > 0 && currency !== null) refuseAmount(total, currency, 'line_items')
  const session = createSession(work, { ...settingsOf(given), amount: amountOf(given, total), currency, expires_at })
  const data = given.mode === 'payment' ? given.payment_intent_data : given.setup_intent_data
  keepPlan(work, session.id, {
    lines,
    taxBehaviors: behaviorsOf(lines, given.line_items ?? []),
    savesAddress: given.customer === undefined || given.customer_update?.address === 'auto',
    savesName: given.customer_update?.name === 'auto',
    description: data?.description,
    methodOptions: given.payment_method_options,
    metadata: mergeMetadata({}, data?.metadata),
    receiptEmail: given.payment_intent_data?.receipt_email,
    setupFutureUsage: given.payment_intent_data?.setup_future_usage,
    ...(given.mode === 'subscription' ? { subscription: subscriptionOf(lines, given) } : {}),
  })
  const taxed = keepSession(work, withTax(work, session, countryOf(work, given.customer ?? null)))
  return withGiven(work, taxed, given.discounts ?? [])
}

/** The amount that is due at once; null: nothing is paid in this mode. */
function amountOf({ mode, subscription_data: data }: NewSession, total: number): number | null {
  if (mode === 'setup') return null
  return (data?.trial_end ?? data?.trial_period_days) === undefined ? total : 0
}

const noText = { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null }

const settingsOf = (given: NewSession) => ({
  adaptive_pricing: { enabled: given.mode !== 'setup' && (given.adaptive_pricing?.enabled ?? true) },
  allow_promotion_codes: given.allow_promotion_codes ?? null,
  allowed_payment_method_types: given.allowed_payment_method_types ?? null,
  automatic_tax: { enabled: given.automatic_tax?.enabled ?? false, liability: null, provider: null, status: null },
  billing_address_collection: given.billing_address_collection ?? null,
  cancel_url: given.cancel_url ?? null,
  client_reference_id: given.client_reference_id ?? null,
  custom_text: { ...noText, submit: given.custom_text?.submit ?? null },
  customer: given.customer ?? null,
  customer_creation: given.customer === undefined ? (given.customer_creation ?? 'if_required') : null,
  customer_email: given.customer_email ?? null,
  invoice_creation: invoiceCreationOf(given),
  locale: given.locale ?? null,
  metadata: mergeMetadata({}, given.metadata),
  mode: given.mode,
  success_url: given.success_url,
  tax_id_collection: {
    enabled: given.tax_id_collection?.enabled ?? false,
    required: given.tax_id_collection?.required ?? 'never',
  },
})

const invoiceCreationOf = ({
  mode,
  invoice_creation: given,
}: NewSession): Stripe.Checkout.Session.InvoiceCreation | null =>
  mode !== 'payment'
    ? null
    : {
        enabled: given?.enabled ?? false,
        invoice_data: {
          account_tax_ids: null,
          custom_fields: null,
          description: given?.invoice_data?.description ?? null,
          footer: null,
          issuer: null,
          metadata: mergeMetadata({}, given?.invoice_data?.metadata),
          rendering_options: null,
        },
      }

function subscriptionOf(lines: readonly Stripe.LineItem[], { subscription_data: data, automatic_tax }: NewSession) {
  const items = lines.map(({ price, quantity }) => ({ price: price?.id, quantity: quantity ?? 1 }))
  return { ...data, automatic_tax, items }
}

const expiryOutOfRange = () =>
  invalidParameter(
    'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
    { param: 'expires_at' },
  )
