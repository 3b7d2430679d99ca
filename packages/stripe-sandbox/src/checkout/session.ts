import type Stripe from 'stripe'
import { changed, type Work } from '../api/work.ts'
import { expireIncomplete } from '../billing/cycle.ts'
import { offeredTypes } from '../payment-methods/method-types.ts'
import { cancelIntent, unpaid } from '../payments/intent.ts'

export type SessionPlan = Pick<
  Stripe.Checkout.Session,
  | 'cancel_url'
  | 'client_reference_id'
  | 'currency'
  | 'custom_text'
  | 'customer'
  | 'customer_creation'
  | 'customer_email'
  | 'expires_at'
  | 'mode'
  | 'allow_promotion_codes'
  | 'allowed_payment_method_types'
  | 'adaptive_pricing'
  | 'automatic_tax'
  | 'billing_address_collection'
  | 'invoice_creation'
  | 'locale'
  | 'tax_id_collection'
  | 'success_url'
> & { readonly metadata: Record<string, string>; readonly amount: number | null }

/** The alarm that ends a checkout nobody has completed. */
export const checkoutExpires = 'checkout.expires'

/** A new open session with its hosted page, stored. Events report it once it is completed or expired. */
export function createSession(work: Work, { amount, ...plan }: SessionPlan): Stripe.Checkout.Session {
  const id = work.id('checkout.session')
  const session: Stripe.Checkout.Session = {
    id,
    object: 'checkout.session',
    after_expiration: null,
    amount_subtotal: amount,
    amount_total: amount,
    client_secret: null,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    consent_collection: null,
    created: work.now,
    currency_conversion: null,
    custom_fields: [],
    customer_account: null,
    customer_details: null,
    discounts: plan.mode === 'setup' ? null : [],
    integration_identifier: null,
    invoice: null,
    livemode: false,
    managed_payments: null,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: plan.mode === 'payment' ? 'if_required' : 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: offeredTypes(plan.currency, plan.allowed_payment_method_types ?? undefined),
    payment_status: plan.mode === 'setup' ? 'no_payment_required' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    total_details: amount === null ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${work.url}/checkout/${id}`,
    wallet_options: null,
    ...plan,
  }
  work.objects.put('checkout.session', session)
  work.at(session.expires_at, checkoutExpires, id)
  return session
}

export function keepSession(work: Work, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  work.objects.put('checkout.session', session)
  return session
}

/** Ends a session that is open, with the payment that was begun; any other stays as it is. */
export function expireSession(work: Work, id: string): Stripe.Checkout.Session {
  const before = work.need('checkout.session', id)
  if (before.status !== 'open') return before
  const expired = keepSession(work, { ...before, status: 'expired', url: null })
  work.emit('checkout.session.expired', expired, changed(before, expired))
  const begun = typeof before.payment_intent === 'string' ? before.payment_intent : ''
  const intent = work.objects.get('payment_intent', begun)
  if (intent !== undefined && unpaid.includes(intent.status)) cancelIntent(work, intent, 'automatic')
  if (typeof before.subscription === 'string') expireIncomplete(work, before.subscription)
  return expired
}

/** The page that the customer gets after completing it. */
export function successAddress({ success_url, id, url }: Stripe.Checkout.Session): string {
  return success_url?.replaceAll('{CHECKOUT_SESSION_ID}', id) ?? url ?? '/'
}
