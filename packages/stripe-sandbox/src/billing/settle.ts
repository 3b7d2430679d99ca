import type Stripe from 'stripe'
import { changed, type IntentWatcher, type Work } from '../api/work.ts'
import { cancelIntent, createIntent, unpaid } from '../payments/intent.ts'
import { billedSubscription, changeInvoice } from './invoice.ts'
import { idOf } from './reference.ts'
import { invoiceSettled, invoiceUnpaid } from './standing.ts'
import { changeSubscription } from './subscription.ts'

/** The payment that pays an open invoice, ready to be confirmed, unless another one pays it first. */
export function openPayment(work: Work, invoice: Stripe.Invoice): void {
  const intent = createIntent(work, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: idOf(invoice.customer),
    description:
      invoice.billing_reason === 'subscription_create'
        ? 'Subscription creation'
        : (invoice.description ?? `Invoice ${invoice.number}`),
    metadata: {},
    invoice: invoice.id,
    ...optionsOf(invoice),
    ...(invoice.billing_reason === 'manual' ? {} : { setup_future_usage: 'off_session' }),
  })
  addPayment(work, invoice, intent, true)
}

function optionsOf({ payment_settings: { payment_method_options: options } }: Stripe.Invoice) {
  const asked = options?.card?.request_three_d_secure
  if (asked !== 'any' && asked !== 'challenge') return {}
  const request_three_d_secure = asked === 'any' ? 'any' : 'challenge'
  return { payment_method_options: { card: { request_three_d_secure } } } as const
}

/** Adds the intent to the invoice's payments. */
export function addPayment(
  work: Work,
  invoice: Stripe.Invoice,
  intent: Stripe.PaymentIntent,
  isDefault: boolean,
): Stripe.InvoicePayment {
  const payment: Stripe.InvoicePayment = {
    id: work.id('invoice_payment'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: intent.amount,
    created: work.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  }
  work.objects.put('invoice_payment', payment)
  return payment
}

/** The payment that the invoice was finalized with, while it is open, and its intent. */
export function defaultPayment(
  work: Work,
  invoice: string,
): { payment: Stripe.InvoicePayment; intent: Stripe.PaymentIntent } | undefined {
  const [payment] = work.objects.all('invoice_payment', { invoice, is_default: true, status: 'open' })
  const intent = work.objects.get('payment_intent', idOf(payment?.payment.payment_intent) ?? '')
  return payment === undefined || intent === undefined ? undefined : { payment, intent }
}

/** Carries out the consequences of an intent's new state for the invoice that it pays. */
export const followInvoicePayment: IntentWatcher = (work, intent) => {
  if (intent.object !== 'payment_intent') return
  const [payment] = work.objects.all('invoice_payment', { 'payment.payment_intent': intent.id, status: 'open' })
  const invoice = work.objects.get('invoice', idOf(payment?.invoice) ?? '')
  if (payment === undefined || (invoice?.status !== 'open' && invoice?.status !== 'uncollectible')) return
  if (intent.status === 'succeeded') credit(work, invoice, payment, intent)
  else if (intent.status === 'processing') invoiceSettled(work, invoice)
  else if (intent.status === 'canceled') cancelPayment(work, payment)
  else if (intent.status === 'requires_action') needAction(work, invoice)
  else if (intent.last_payment_error !== null) {
    if (intent.last_payment_error.code === 'authentication_required')
      work.emit('invoice.payment_action_required', invoice)
    paymentFailed(work, invoice)
  }
}

function needAction(work: Work, invoice: Stripe.Invoice): void {
  work.emit('invoice.payment_action_required', invoice)
  invoiceUnpaid(work, invoice)
}

/** Emits the event that an attempt to pay the invoice has failed. */
export function paymentFailed(work: Work, invoice: Stripe.Invoice): void {
  work.emit('invoice.payment_failed', invoice)
  invoiceUnpaid(work, invoice)
}

/** Credits what the intent received; the invoice is paid when nothing remains, and what is over goes to the customer. */
export function credit(
  work: Work,
  invoice: Stripe.Invoice,
  payment: Stripe.InvoicePayment,
  intent: Stripe.PaymentIntent,
): Stripe.Invoice {
  const used = Math.min(intent.amount_received, invoice.amount_remaining)
  const over = intent.amount_received - used
  const paid: Stripe.InvoicePayment = {
    ...payment,
    amount_paid: used,
    status: 'paid',
    status_transitions: { ...payment.status_transitions, paid_at: work.now },
  }
  work.objects.put('invoice_payment', paid)
  work.emit('invoice_payment.paid', paid)
  rememberMethod(work, invoice, intent)
  if (over > 0) changeBalance(work, idOf(invoice.customer) ?? '', -over)
  const after = {
    ...invoice,
    amount_paid: invoice.amount_paid + used,
    amount_remaining: invoice.amount_remaining - used,
    amount_overpaid: invoice.amount_overpaid + over,
  }
  return after.amount_remaining === 0 ? markPaid(work, invoice, after) : changeInvoice(work, invoice, after)
}

/** Makes the method the subscription's default, if it was asked to be saved. */
function rememberMethod(work: Work, invoice: Stripe.Invoice, { payment_method }: Stripe.PaymentIntent): void {
  const subscription = billedSubscription(work, invoice)
  if (subscription?.payment_settings?.save_default_payment_method !== 'on_subscription') return
  changeSubscription(work, subscription, { ...subscription, default_payment_method: idOf(payment_method) })
}

/** The invoice is paid as `after` says. */
export function markPaid(work: Work, before: Stripe.Invoice, after: Stripe.Invoice): Stripe.Invoice {
  const paid: Stripe.Invoice = {
    ...after,
    status: 'paid',
    attempted: true,
    amount_remaining: 0,
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...after.status_transitions, paid_at: work.now },
  }
  changeInvoice(work, before, paid)
  work.emit('invoice.paid', paid)
  work.emit('invoice.payment_succeeded', paid)
  closePayments(work, paid.id)
  invoiceSettled(work, paid)
  return paid
}

/** Cancels the open payments of the invoice. */
export function closePayments(work: Work, invoice: string): void {
  for (const payment of work.objects.all('invoice_payment', { invoice, status: 'open' })) {
    cancelPayment(work, payment)
    const intent = work.objects.get('payment_intent', idOf(payment.payment.payment_intent) ?? '')
    if (!payment.is_default || intent === undefined || !unpaid.includes(intent.status)) continue
    cancelIntent(work, intent, 'void_invoice')
  }
}

function cancelPayment(work: Work, payment: Stripe.InvoicePayment): void {
  work.objects.put('invoice_payment', {
    ...payment,
    status: 'canceled',
    status_transitions: { ...payment.status_transitions, canceled_at: work.now },
  })
}

/**
 * Changes the amount that the customer owes beside the invoices; an amount below zero is credit for the next invoice.
 */
export function changeBalance(work: Work, id: string, amount: number): void {
  if (amount === 0) return
  const before = work.need('customer', id)
  const customer = { ...before, balance: before.balance + amount }
  work.objects.put('customer', customer)
  work.emit('customer.updated', customer, changed(before, customer))
}
