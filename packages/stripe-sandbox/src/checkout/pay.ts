import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { changed, type Intent, type Work } from '../api/work.ts'
import { idOf } from '../billing/reference.ts'
import { noAddress } from '../customers/address.ts'
import { blank } from '../customers/customers.ts'
import { confirmIntent } from '../payments/confirm.ts'
import { cancelIntent, createIntent, unpaid } from '../payments/intent.ts'
import { confirmSetup, createSetup } from '../setups/confirm.ts'
import { countryOf } from '../tax/location.ts'
import { addTaxId, taxIdsOf } from '../tax/tax-ids.ts'
import { countDiscount } from './discount.ts'
import { invoicedWith } from './paid-invoice.ts'
import { type CheckoutPlan, planOf } from './plan.ts'
import { keepSession } from './session.ts'
import { paySubscription, subscribedWith, subscribingSession } from './subscribe.ts'
import { withTax } from './tax.ts'

export type Payer = {
  readonly email: string | null
  readonly name: string | null
  /** In two letters; null: none was entered. */
  readonly country: string | null
  readonly taxId: string | null
}

/** Whether nothing is left to pay. */
export const isFree = ({ mode, amount_total }: Stripe.Checkout.Session): boolean =>
  mode === 'payment' && amount_total === 0

/** The customer completes a session that costs nothing, without a payment. One that was tried before is called off. */
export function completeFree(work: Work, opened: Stripe.Checkout.Session, payer: Payer): void {
  const country = payer.country ?? countryOf(work, idOf(opened.customer))
  refuseMissingAddress(opened, country)
  const session = withTax(work, opened, country)
  const customer = customerOf(work, session, payer, true)
  if (customer !== null) learn(work, customer, planOf(work, session.id), payer)
  const completed = keepSession(work, {
    ...session,
    customer,
    customer_details: detailsOf(payer, country),
    payment_intent: null,
    payment_status: 'no_payment_required',
    status: 'complete',
    url: null,
  })
  countDiscount(work, completed)
  work.emit('checkout.session.completed', completed)
  const begun = known(work, 'payment_intent', opened.payment_intent)
  if (begun !== undefined && unpaid.includes(begun.status)) cancelIntent(work, begun, 'automatic')
}

/**
 * The customer pays, or saves the payment method, on the hosted page. Returns the intent, which completes the session
 * on success. Throws a card error (402, its effects stay) on a decline; the customer may retry.
 */
export function payCheckout(
  work: Work,
  opened: Stripe.Checkout.Session,
  method: Stripe.PaymentMethod,
  payer: Payer,
): Intent {
  const country = payer.country ?? countryOf(work, idOf(opened.customer))
  refuseMissingAddress(opened, country)
  const session = withTax(work, opened, country)
  const plan = planOf(work, session.id)
  const saves = plan.setupFutureUsage !== undefined || session.mode !== 'payment'
  const customer = customerOf(work, session, payer, saves)
  if (customer !== null) learn(work, customer, plan, payer)
  const details = detailsOf(payer, country)
  const returnUrl = `${work.url}/checkout/${session.id}/return`
  const trial = plan.subscription?.trial_end ?? plan.subscription?.trial_period_days
  if (plan.subscription !== undefined && trial === undefined) {
    return paySubscription(work, { ...session, customer, customer_details: details }, method, returnUrl)
  }
  if (session.mode !== 'payment') {
    const setup =
      known(work, 'setup_intent', session.setup_intent) ??
      createSetup(work, {
        customer: customer ?? undefined,
        description: plan.description,
        metadata: plan.metadata,
        allowed_payment_method_types: session.payment_method_types,
      })
    keepSession(work, { ...session, customer, customer_details: details, setup_intent: setup.id })
    return confirmSetup(work, setup, method, returnUrl)
  }
  const amount = session.amount_total ?? 0
  const begun = known(work, 'payment_intent', session.payment_intent)
  const intent =
    (begun && { ...begun, amount }) ??
    createIntent(work, {
      amount,
      currency: session.currency ?? 'usd',
      customer,
      description: plan.description,
      metadata: plan.metadata,
      allowed_payment_method_types: session.payment_method_types,
      payment_method_options: plan.methodOptions,
      receipt_email: plan.receiptEmail,
      setup_future_usage: plan.setupFutureUsage,
    })
  keepSession(work, { ...session, customer, customer_details: details, payment_intent: intent.id })
  return confirmIntent(work, intent, { method, offSession: false, errorOnRequiresAction: false, returnUrl })
}

/** Carries out the consequences of an intent's new state for its checkout. */
export function followCheckout(work: Work, intent: Intent): void {
  const [own] = work.objects.all('checkout.session', { [intent.object]: intent.id })
  const session = own ?? subscribingSession(work, intent)
  if (session === undefined) return
  const { status } = intent
  if (session.status === 'open') {
    if (status !== 'succeeded' && status !== 'processing') return
    const payment_status = intent.object === 'setup_intent' ? 'no_payment_required' : paidIf(status === 'succeeded')
    const subscribed = subscribedWith(work, session, intent)
    const ended = { ...subscribed, status: 'complete', payment_status, url: null } as const
    const completed = keepSession(work, invoicedWith(work, ended, intent))
    countDiscount(work, completed)
    work.emit('checkout.session.completed', completed)
    return
  }
  if (session.payment_status !== 'unpaid' || session.status !== 'complete') return
  if (status === 'succeeded') {
    const paid = keepSession(work, invoicedWith(work, { ...session, payment_status: 'paid' }, intent))
    work.emit('checkout.session.async_payment_succeeded', paid, changed(session, paid))
  } else if (status === 'requires_payment_method') work.emit('checkout.session.async_payment_failed', session)
}

const paidIf = (paid: boolean) => (paid ? 'paid' : 'unpaid')

function detailsOf({ email, name, taxId }: Payer, country: string | null): Stripe.Checkout.Session.CustomerDetails {
  return {
    address: country === null ? null : { ...noAddress, country },
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: taxId === null ? [] : [{ type: 'eu_vat', value: taxId }],
  }
}

/** Throws where the page cannot be sent without an address. */
function refuseMissingAddress(session: Stripe.Checkout.Session, country: string | null): void {
  const needsAddress = session.automatic_tax.enabled || session.billing_address_collection === 'required'
  if (needsAddress && country === null) throw invalid('Enter your country.', { param: 'country' })
}

/** The customer gets what the payer entered and the session is to save. */
function learn(work: Work, id: string, { savesAddress, savesName }: CheckoutPlan, payer: Payer): void {
  const before = work.need('customer', id)
  const { country, name, taxId } = payer
  const customer: Stripe.Customer = {
    ...before,
    ...(savesAddress === true && country !== null ? { address: { ...noAddress, country } } : {}),
    ...(savesName === true && name !== null ? { name } : {}),
  }
  const previous = changed(before, customer)
  if (Object.keys(previous).length > 0) {
    work.objects.put('customer', customer)
    work.emit('customer.updated', customer, previous)
  }
  const isNew = taxId !== null && !taxIdsOf(work, id).some(({ value }) => value === taxId)
  if (isNew) addTaxId(work, id, { type: 'eu_vat', value: taxId })
}

function known<K extends 'payment_intent' | 'setup_intent'>(work: Work, kind: K, id: string | object | null) {
  return typeof id === 'string' ? work.objects.get(kind, id) : undefined
}

/**
 * The session's customer, who is created now if one is needed. A customer without an e-mail address gets the payer's.
 */
function customerOf(
  work: Work,
  { customer, customer_creation }: Stripe.Checkout.Session,
  { email, name }: Payer,
  saves: boolean,
): string | null {
  if (typeof customer === 'string') {
    const before = work.need('customer', customer)
    if (before.email === null && email !== null) {
      const named = { ...before, email }
      work.objects.put('customer', named)
      work.emit('customer.updated', named, changed(before, named))
    }
    return customer
  }
  if (customer_creation !== 'always' && !saves) return null
  const made = { ...blank(work), email, name }
  work.objects.put('customer', made)
  work.emit('customer.created', made)
  return made.id
}
