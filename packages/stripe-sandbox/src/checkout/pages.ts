import type Stripe from 'stripe'
import { attempt } from '../api/attempt.ts'
import { Failure } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import type { FormFields } from '../http/form.ts'
import { document, html, type PageAnswer, type PageRoute, page } from '../http/pages.ts'
import { makeBankAccount, makeCard } from '../payment-methods/make.ts'
import { testCards } from '../payment-methods/test-cards.ts'
import { shownMoney } from '../payments/shown-money.ts'
import { type Payer, payCheckout } from './pay.ts'
import { planOf } from './plan.ts'
import { successAddress } from './session.ts'

const bank = 'bank'

/** The hosted page on which the customer pays; it needs no script. */
export const checkoutPages: readonly PageRoute[] = [
  page('GET', '/checkout/:id', (work, _, id) => {
    const session = work.objects.get('checkout.session', id)
    return session?.status === 'open' ? { html: form(work, session) } : over(session)
  }),
  page('POST', '/checkout/:id', (work, given, id) => {
    const session = work.objects.get('checkout.session', id)
    if (session?.status !== 'open') return over(session)
    const payer = payerOf(given, session)
    const paid = attempt(work, () => payCheckout(work, session, methodOf(work, given, payer), payer))
    if (paid instanceof Failure) return { status: paid.status, html: form(work, session, paid.message) }
    return { location: paid.next_action?.redirect_to_url?.url ?? successAddress(session) }
  }),
  page('GET', '/checkout/:id/return', (work, _, id) => {
    const session = work.objects.get('checkout.session', id)
    if (session?.status === 'complete') return { location: successAddress(session) }
    if (session?.status !== 'open') return over(session)
    return { html: form(work, session, 'Your bank did not confirm it. Try again, or choose another card.') }
  }),
]

function form(work: Work, session: Stripe.Checkout.Session, problem?: string): string {
  const { id, mode, amount_total, currency, cancel_url, customer, customer_email } = session
  const total = shownMoney(amount_total ?? 0, currency ?? 'usd')
  const saves = mode === 'setup'
  const saved = typeof customer === 'string' ? work.objects.get('customer', customer) : undefined
  const lines = planOf(work, id).lines.map(
    (line) =>
      html`<tr><td>${line.quantity ?? 1} × ${line.description ?? ''}</td><td>${shownMoney(line.amount_total, line.currency)}</td></tr>`,
  )
  const cards = testCards.map((card) => html`<option value="${card.number}">${card.number}: ${card.effect}</option>`)
  return document(
    saves ? 'Save a card' : `Pay ${total}`,
    html`${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
<table>${lines}</table>
<form method="post" action="/checkout/${id}">
<label for="email">Email</label>
<input id="email" name="email" type="email" required value="${saved?.email ?? customer_email ?? 'customer@example.com'}">
<label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242">
<label for="card">… or a test card</label>
<select id="card" name="card">
<option value="">the number above</option>
${cards}
<option value="${bank}">A bank account: is paid, or fails, days later</option>
</select>
<button>${saves ? 'Save' : `Pay ${total}`}</button>
</form>
${cancel_url === null ? '' : html`<p><a href="${cancel_url}">Back</a></p>`}`,
  )
}

const textOf = (form: FormFields, name: string): string | null => {
  const value = form[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function payerOf(form: FormFields, { customer_email }: Stripe.Checkout.Session): Payer {
  return { email: textOf(form, 'email') ?? customer_email, name: textOf(form, 'name') }
}

function methodOf(work: Work, form: FormFields, payer: Payer): Stripe.PaymentMethod {
  const chosen = textOf(form, 'card')
  if (chosen === bank) return makeBankAccount(work, payer)
  const year = new Date(work.now * 1000).getUTCFullYear() + 4
  return makeCard(work, chosen ?? textOf(form, 'number') ?? '', { month: 12, year }, payer)
}

function over(session: Stripe.Checkout.Session | undefined): PageAnswer {
  if (session?.status === 'complete') {
    return { status: 410, html: document('Checkout', html`<p>This checkout is complete.</p>`) }
  }
  const text =
    session === undefined ? 'There is no such checkout.' : 'This checkout has expired: go back and start again.'
  return { status: session === undefined ? 404 : 410, html: document('Checkout', html`<p>${text}</p>`) }
}
