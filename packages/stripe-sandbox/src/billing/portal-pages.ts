import type Stripe from 'stripe'
import { attempt } from '../api/attempt.ts'
import { Failure } from '../api/failure.ts'
import { changed, type Work } from '../api/work.ts'
import { document, html, type PageAnswer, type PageRoute, page } from '../http/pages.ts'
import { attach } from '../payment-methods/attach.ts'
import { makeCard, markSetUp } from '../payment-methods/make.ts'
import { shownMoney } from '../payments/shown-money.ts'
import { idOf } from './reference.ts'

/** How long the address of a portal works. */
const openSeconds = 3600

/** The page on which the customer sees cards and invoices, adds a card and chooses the default one. */
export const portalPages: readonly PageRoute[] = [
  page('GET', '/portal/:id', (work, _, id) => {
    const session = openSession(work, id)
    return session === undefined ? over : { html: show(work, session) }
  }),
  page('POST', '/portal/:id/cards', (work, { number, default: chosen }, id) => {
    const session = openSession(work, id)
    if (session === undefined || typeof number !== 'string') return over
    const added = attempt(work, () => addCard(work, session.customer, number))
    if (added instanceof Failure) return { status: added.status, html: show(work, session, added.message) }
    if (chosen !== undefined) chooseDefault(work, session.customer, added.id)
    return { location: session.url }
  }),
  page('POST', '/portal/:id/default', (work, { method }, id) => {
    const session = openSession(work, id)
    const found = typeof method === 'string' ? work.objects.get('payment_method', method) : undefined
    if (session === undefined || found === undefined || idOf(found.customer) !== session.customer) return over
    chooseDefault(work, session.customer, found.id)
    return { location: session.url }
  }),
]

function openSession(work: Work, id: string): Stripe.BillingPortal.Session | undefined {
  const session = work.objects.get('billing_portal.session', id)
  if (session === undefined || session.created + openSeconds < work.now) return undefined
  return work.objects.get('customer', session.customer) === undefined ? undefined : session
}

const over: PageAnswer = {
  status: 410,
  html: document('Billing', html`<p>This page has expired: go back and open it again.</p>`),
}

function addCard(work: Work, customer: string, number: string): Stripe.PaymentMethod {
  const year = new Date(work.now * 1000).getUTCFullYear() + 4
  const { id } = makeCard(work, number, { month: 12, year })
  const method = attach(work, id, customer)
  markSetUp(work, method)
  return method
}

function chooseDefault(work: Work, id: string, method: string): void {
  const before = work.need('customer', id)
  const customer = { ...before, invoice_settings: { ...before.invoice_settings, default_payment_method: method } }
  work.objects.put('customer', customer)
  work.emit('customer.updated', customer, changed(before, customer))
}

function show(work: Work, session: Stripe.BillingPortal.Session, problem?: string): string {
  const { invoice_settings } = work.need('customer', session.customer)
  const preferred = idOf(invoice_settings.default_payment_method)
  const methods = work.objects.all('payment_method', { customer: session.customer })
  const invoices = work.objects.all('invoice', { customer: session.customer, status: ['open', 'paid', 'void'] })
  return document(
    'Billing',
    html`${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
<h2>Payment methods</h2>
<table>${methods.map((method) => methodRow(session, method, method.id === preferred))}</table>
<form method="post" action="/portal/${session.id}/cards">
<label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242">
<label><input name="default" type="checkbox" value="yes" checked> Use it from now on</label>
<button>Add the card</button>
</form>
<h2>Invoices</h2>
<table>${invoices.map(invoiceRow)}</table>
${session.return_url === null ? '' : html`<p><a href="${session.return_url}">Back</a></p>`}`,
  )
}

const methodRow = ({ id }: Stripe.BillingPortal.Session, method: Stripe.PaymentMethod, preferred: boolean) =>
  html`<tr><td>${method.card?.brand ?? method.type} •••• ${method.card?.last4 ?? method.us_bank_account?.last4 ?? ''}</td><td>${
    preferred
      ? 'Default'
      : html`<form method="post" action="/portal/${id}/default"><input type="hidden" name="method" value="${method.id}"><button>Make default</button></form>`
  }</td></tr>`

const invoiceRow = (invoice: Stripe.Invoice) =>
  html`<tr><td><a href="${invoice.hosted_invoice_url ?? ''}">${invoice.number ?? ''}</a> ${invoice.status ?? ''}</td><td>${shownMoney(invoice.total, invoice.currency)}</td></tr>`
