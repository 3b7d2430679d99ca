import type Stripe from 'stripe'
import type { Intent, Work } from '../api/work.ts'
import { collect } from '../billing/collect.ts'
import { createSubscription } from '../billing/create.ts'
import { idOf } from '../billing/reference.ts'
import { changeSubscription } from '../billing/subscription.ts'
import { planOf } from './plan.ts'
import { keepSession } from './session.ts'

/** Pays the first invoice of the session's subscription, which begins now; throws a card error where it is declined. */
export function paySubscription(
  work: Work,
  session: Stripe.Checkout.Session,
  method: Stripe.PaymentMethod,
  returnUrl: string,
): Intent {
  const begun = session.subscription === null ? begin(work, session) : session
  keepSession(work, begun)
  const invoice = idOf(begun.invoice) ?? ''
  const failure = collect(work, invoice, { method: method.id, offSession: false, automatic: true, returnUrl })
  if (failure !== undefined) throw failure
  const [payment] = work.objects.all('invoice_payment', { invoice, is_default: true })
  return work.need('payment_intent', idOf(payment?.payment.payment_intent) ?? '')
}

/** The session whose subscription the payment begins. */
export function subscribingSession(work: Work, intent: Intent): Stripe.Checkout.Session | undefined {
  const [payment] = work.objects.all('invoice_payment', { 'payment.payment_intent': intent.id })
  const invoice = idOf(payment?.invoice)
  return invoice === null ? undefined : work.objects.all('checkout.session', { invoice })[0]
}

/** The session with its subscription, begun now where it had a trial to begin, and charged to the intent's method from now on. */
export function subscribedWith(work: Work, session: Stripe.Checkout.Session, intent: Intent): Stripe.Checkout.Session {
  if (session.mode !== 'subscription') return session
  const begun = session.subscription === null ? begin(work, session) : session
  const subscription = work.need('subscription', idOf(begun.subscription) ?? '')
  changeSubscription(work, subscription, { ...subscription, default_payment_method: idOf(intent.payment_method) })
  return begun
}

function begin(work: Work, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const { id, latest_invoice } = createSubscription(work, {
    items: [],
    ...planOf(work, session.id).subscription,
    customer: idOf(session.customer) ?? '',
    payment_behavior: 'default_incomplete',
  })
  return { ...session, subscription: id, invoice: idOf(latest_invoice) }
}
