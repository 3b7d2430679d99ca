import type Stripe from 'stripe'
import { attempt } from '../api/attempt.ts'
import { Failure, invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { resolveMethod } from '../payment-methods/make.ts'
import { confirmIntent } from '../payments/confirm.ts'
import { keepIntent } from '../payments/intent.ts'
import { noLocation } from '../tax/location.ts'
import { billedSubscription, changeInvoice, draftSeconds, dueOf, withLines } from './invoice.ts'
import { idOf } from './reference.ts'
import { changeBalance, defaultPayment, markPaid, openPayment, paymentFailed } from './settle.ts'
import { retryDelays } from './standing.ts'

/**
 * Closes the draft: it gets its number, takes the customer's balance, and is paid at once where nothing is due. A sum below
 * the currency's minimum moves to the customer's balance.
 */
export function finalize(work: Work, draft: Stripe.Invoice): Stripe.Invoice {
  const before = finallyTaxed(work, draft)
  const customer = work.need('customer', idOf(before.customer) ?? '')
  const sequence = customer.next_invoice_sequence ?? 1
  work.objects.put('customer', { ...customer, next_invoice_sequence: sequence + 1 })
  const rest = before.total + customer.balance
  const due = dueOf(rest, before.currency)
  const ending = rest - due
  const page = `${work.url}/invoice/${before.id}`
  const open: Stripe.Invoice = {
    ...before,
    status: 'open',
    number: before.number ?? `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    effective_at: work.now,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
    due_date: before.due_date === null ? null : before.due_date + work.now - before.created,
    starting_balance: customer.balance,
    ending_balance: ending,
    amount_due: due,
    amount_remaining: due,
    status_transitions: { ...before.status_transitions, finalized_at: work.now },
  }
  changeBalance(work, customer.id, ending - customer.balance)
  work.objects.put('invoice', open)
  if (due > 0) openPayment(work, open)
  work.emit('invoice.finalized', open)
  return due > 0 ? open : markPaid(work, open, open)
}

/**
 * The draft with the tax of the address that the customer has now. Without an address a request is refused; where Stripe
 * itself finalizes it, it goes without tax.
 */
function finallyTaxed(work: Work, draft: Stripe.Invoice): Stripe.Invoice {
  if (!draft.automatic_tax.enabled) return draft
  const taxed = withLines(work, draft, draft.lines.data)
  if (taxed.automatic_tax.status === 'complete') return taxed
  if (work.isRequest) throw noLocation()
  const disabled_reason = 'finalization_requires_location_inputs' as const
  const untaxed = { ...draft, automatic_tax: { ...draft.automatic_tax, enabled: false, disabled_reason } }
  return withLines(work, untaxed, draft.lines.data)
}

export type Attempt = {
  /** Absent: the invoice's, or else its subscription's, or else its customer's. */
  readonly method?: string
  readonly offSession: boolean
  /** Whether it is one of Stripe's own attempts, which are counted and repeated. */
  readonly automatic: boolean
  /** The page that the bank returns the customer to; absent: the invoice's page. */
  readonly returnUrl?: string
}

/** Tries to pay the open invoice; returns why it failed. A payment that waits for the customer has not failed. */
export function collect(
  work: Work,
  id: string,
  { method, offSession, automatic, returnUrl }: Attempt,
): Failure | undefined {
  const before = work.need('invoice', id)
  const counted = automatic || before.attempt_count === 0
  const attempts = before.attempt_count + (counted ? 1 : 0)
  const delay = repeats(work, before) ? retryDelays[attempts - 1] : undefined
  const next = counted ? (delay === undefined ? null : work.now + delay) : before.next_payment_attempt
  const invoice = { ...before, attempted: true, attempt_count: attempts, next_payment_attempt: next }
  work.objects.put('invoice', invoice)
  if (next !== null && counted) work.at(next, 'invoice.retry', id)

  const chosen = method ?? methodOf(work, invoice)
  const open = defaultPayment(work, id)
  if (chosen === null || open === undefined) {
    paymentFailed(work, invoice)
    return noMethod()
  }
  const intent = keepIntent(work, { ...open.intent, amount: invoice.amount_remaining })
  const confirmed = attempt(work, () =>
    confirmIntent(work, intent, {
      method: resolveMethod(work, chosen, 'payment_method'),
      offSession,
      errorOnRequiresAction: false,
      returnUrl: returnUrl ?? invoice.hosted_invoice_url ?? null,
    }),
  )
  if (confirmed instanceof Failure && confirmed.fate !== 'done') throw confirmed
  return confirmed instanceof Failure ? confirmed : undefined
}

/** The payment method that the invoice is charged to. */
export function methodOf(work: Work, invoice: Stripe.Invoice): string | null {
  const customer = work.need('customer', idOf(invoice.customer) ?? '')
  const choices = [
    invoice.default_payment_method,
    billedSubscription(work, invoice)?.default_payment_method,
    customer.invoice_settings.default_payment_method,
  ]
  const saved = choices.map(idOf).find((id) => {
    const method = id === null ? undefined : work.objects.get('payment_method', id)
    return method !== undefined && idOf(method.customer) === customer.id
  })
  return saved ?? null
}

/** Finalizes the draft when its time has come, and tries to collect it. */
export function advance(work: Work, id: string): void {
  const invoice = work.objects.get('invoice', id)
  if (invoice?.status !== 'draft' || invoice.automatically_finalizes_at !== work.now) return
  if (idOf(invoice.customer) === null || work.objects.get('customer', idOf(invoice.customer) ?? '') === undefined)
    return
  const open = finalize(work, invoice)
  if (open.status !== 'open') return
  if (open.collection_method === 'charge_automatically') {
    collect(work, id, { offSession: true, automatic: true })
  } else work.emit('invoice.sent', open)
}

/** Tries again when its time has come. */
export function retry(work: Work, id: string): void {
  const invoice = work.objects.get('invoice', id)
  if (invoice?.status !== 'open' || invoice.auto_advance !== true || invoice.next_payment_attempt !== work.now) return
  if (work.objects.get('customer', idOf(invoice.customer) ?? '') === undefined) return
  if (defaultPayment(work, id)?.intent.status === 'processing') return
  collect(work, id, { offSession: true, automatic: true })
}

/** The invoice, finalized by a call, is charged an hour later where it advances by itself. */
export function chargeLater(work: Work, invoice: Stripe.Invoice): Stripe.Invoice {
  const later = work.now + draftSeconds
  work.at(later, 'invoice.retry', invoice.id)
  return changeInvoice(work, invoice, { ...invoice, next_payment_attempt: later })
}

/** Finalizes the new draft and charges it at once, as the first invoice of a subscription is. */
export function collectNow(
  work: Work,
  draft: Stripe.Invoice,
  { charge, offSession }: { charge: boolean; offSession: boolean },
): { invoice: Stripe.Invoice; failure: Failure | undefined } {
  const open = finalize(work, draft)
  const failure =
    open.status === 'open' && charge && open.collection_method === 'charge_automatically'
      ? collect(work, open.id, { offSession, automatic: true })
      : undefined
  return { invoice: work.need('invoice', open.id), failure }
}

/** Neither a one-off invoice nor the first one of a subscription that has not begun is tried again by itself. */
function repeats(work: Work, invoice: Stripe.Invoice): boolean {
  const subscription = billedSubscription(work, invoice)
  return invoice.auto_advance === true && subscription !== undefined && subscription.status !== 'incomplete'
}

/** There is nothing to charge. */
export const noMethod = () =>
  invalid(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
