import type Stripe from 'stripe'
import { attempt } from '../api/attempt.ts'
import { Failure } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { document, html, type PageRoute, page } from '../http/pages.ts'
import { makeCard } from '../payment-methods/make.ts'
import { shownMoney } from '../payments/shown-money.ts'
import { collect } from './collect.ts'
import { defaultPayment } from './settle.ts'

/** The invoice for its customer, who can pay it with a card there, and the text that is its PDF. */
export const invoicePages: readonly PageRoute[] = [
  page('GET', '/invoice/:id', (work, _, id) => answer(work.objects.get('invoice', id))),
  page('POST', '/invoice/:id', (work, { number }, id) => {
    const invoice = work.objects.get('invoice', id)
    if (invoice?.status !== 'open' || typeof number !== 'string') return answer(invoice)
    const paid = attempt(work, () => payWith(work, id, number))
    if (paid instanceof Failure) return { status: paid.status, ...answer(work.need('invoice', id), paid.message) }
    const bank = defaultPayment(work, id)?.intent.next_action?.redirect_to_url?.url
    return { location: bank ?? `${work.url}/invoice/${id}` }
  }),
  page('GET', '/invoice/:id/pdf', (work, _, id) => {
    const invoice = work.objects.get('invoice', id)
    return invoice === undefined ? answer(invoice) : { html: document(titleOf(invoice), table(invoice)) }
  }),
]

function payWith(work: Work, id: string, number: string): Failure | undefined {
  const year = new Date(work.now * 1000).getUTCFullYear() + 4
  const { id: method } = makeCard(work, number, { month: 12, year })
  return collect(work, id, { method, offSession: false, automatic: false })
}

function answer(invoice: Stripe.Invoice | undefined, problem?: string) {
  if (invoice === undefined || invoice.status === 'draft') {
    return { status: 404, html: document('Invoice', html`<p>There is no such invoice.</p>`) }
  }
  return {
    html: document(
      titleOf(invoice),
      html`${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
${table(invoice)}
${invoice.status === 'open' ? payment(invoice) : ''}
<p><a href="/invoice/${invoice.id}/pdf">For print</a></p>`,
    ),
  }
}

const titleOf = ({ number, status }: Stripe.Invoice) => `Invoice ${number ?? ''} (${status ?? ''})`

const table = ({ lines, currency, amount_due, amount_paid, created, customer_name, customer_email }: Stripe.Invoice) =>
  html`<p>${customer_name ?? customer_email ?? ''} <time>${new Date(created * 1000).toISOString().slice(0, 10)}</time></p>
<table>
${lines.data.map(({ description, amount }) => html`<tr><td>${description ?? ''}</td><td>${shownMoney(amount, currency)}</td></tr>`)}
<tr><td>Due</td><td>${shownMoney(amount_due, currency)}</td></tr>
<tr><td>Paid</td><td>${shownMoney(amount_paid, currency)}</td></tr>
</table>`

const payment = ({ id, amount_remaining, currency }: Stripe.Invoice) =>
  html`<form method="post" action="/invoice/${id}">
<label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242">
<button>Pay ${shownMoney(amount_remaining, currency)}</button>
</form>`
