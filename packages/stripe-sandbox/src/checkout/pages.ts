import type Stripe from 'stripe'
import { attempt } from '../api/attempt.ts'
import { Failure, invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { idOf } from '../billing/reference.ts'
import type { FormFields } from '../http/form.ts'
import { document, type Html, html, type PageAnswer, type PageRoute, page } from '../http/pages.ts'
import { makeCard, makeOther } from '../payment-methods/make.ts'
import { testCards } from '../payment-methods/test-cards.ts'
import { shownMoney } from '../payments/shown-money.ts'
import { countryOf } from '../tax/location.ts'
import { enterCode } from './discount.ts'
import { completeFree, isFree, type Payer, payCheckout } from './pay.ts'
import { planOf } from './plan.ts'
import { successAddress } from './session.ts'

/** The value of the form's `card` for a method that is no card. */
const others = [
  { value: 'link', types: ['link'], effect: 'Link: succeeds, and is saved as Link' },
  { value: 'klarna', types: ['klarna'], effect: 'Klarna: succeeds' },
  {
    value: 'bank',
    types: ['us_bank_account', 'sepa_debit'],
    effect: 'A bank account: is paid, or fails, days later',
  },
] as const

/** The type of the payment method that the choice stands for in this session; undefined: it is not on offer. */
function otherType(choice: string | null, { payment_method_types: offered }: Stripe.Checkout.Session) {
  return others.find(({ value }) => value === choice)?.types.find((type) => offered.includes(type))
}

/** The hosted page on which the customer pays; it needs no script. */
export const checkoutPages: readonly PageRoute[] = [
  page('GET', '/checkout/:id', (work, _, id) => {
    const session = work.objects.get('checkout.session', id)
    return session?.status === 'open' ? { html: form(work, session) } : over(session)
  }),
  page('POST', '/checkout/:id', (work, given, id) => {
    const session = work.objects.get('checkout.session', id)
    if (session?.status !== 'open') return over(session)
    const code = textOf(given, 'promotion_code')
    const lowered = code === null ? session : attempt(work, () => enterCode(work, session, code))
    if (lowered instanceof Failure) return { status: lowered.status, html: form(work, session, lowered.message) }
    if (textOf(given, 'apply') !== null) return { location: `${work.url}/checkout/${id}` }
    const payer = payerOf(given, lowered)
    const paid = attempt(work, () => {
      if (!isFree(lowered)) return payCheckout(work, lowered, methodOf(work, lowered, given, payer), payer)
      completeFree(work, lowered, payer)
      return null
    })
    if (paid instanceof Failure) return { status: paid.status, html: form(work, lowered, paid.message) }
    return { location: paid?.next_action?.redirect_to_url?.url ?? successAddress(lowered) }
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
  const does = saves ? 'Save' : isFree(session) ? 'Complete order' : `Pay ${total}`
  const saved = typeof customer === 'string' ? work.objects.get('customer', customer) : undefined
  const lines = planOf(work, id).lines.map(
    (line) =>
      html`<tr><td>${line.quantity ?? 1} × ${line.description ?? ''}</td><td>${shownMoney(line.amount_total, line.currency)}</td></tr>`,
  )
  const methods = others
    .filter(({ value }) => otherType(value, session) !== undefined)
    .map(({ value, effect }) => html`<option value="${value}">${effect}</option>`)
  const cards = testCards.map((card) => html`<option value="${card.number}">${card.number}: ${card.effect}</option>`)
  return document(
    saves ? 'Save a card' : does,
    html`${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
<table>${lines}</table>
<form method="post" action="/checkout/${id}">
<label for="email">Email</label>
<input id="email" name="email" type="email" required value="${saved?.email ?? customer_email ?? 'customer@example.com'}">
${isFree(session) ? html`` : methodFields([...cards, ...methods])}
${billingFields(work, session)}
<button>${does}</button>
</form>
${codeForm(work, session)}
${cancel_url === null ? '' : html`<p><a href="${cancel_url}">Back</a></p>`}`,
  )
}

const methodFields = (choices: readonly Html[]): Html => html`<label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242">
<label for="card">… or a test card</label>
<select id="card" name="card">
<option value="">the number above</option>
${choices}
</select>`

/** The form for a promotion code, where the session takes one, and what the code takes off. */
function codeForm(work: Work, session: Stripe.Checkout.Session): Html {
  if (session.allow_promotion_codes !== true) return html``
  const [used] = session.discounts ?? []
  const code = work.objects.get('promotion_code', idOf(used?.promotion_code) ?? '')?.code ?? ''
  const off = shownMoney(session.total_details?.amount_discount ?? 0, session.currency ?? 'usd')
  return html`<form method="post" action="/checkout/${session.id}">
<input type="hidden" name="apply" value="code">
<label for="promotion_code">Promotion code</label>
<input id="promotion_code" name="promotion_code" autocomplete="off" value="${code}">
${used === undefined ? html`` : html`<p class="note">${code}: ${off} off</p>`}
<button>Apply</button>
</form>`
}

/** The fields for an address and a tax id, where the session collects them. */
function billingFields(work: Work, session: Stripe.Checkout.Session): Html {
  const { automatic_tax, billing_address_collection, tax_id_collection } = session
  const country = countryOf(work, idOf(session.customer)) ?? ''
  const asksAddress = automatic_tax.enabled || billing_address_collection === 'required'
  return html`${
    asksAddress
      ? html`<label for="country">Country, in two letters</label>
<input id="country" name="country" required maxlength="2" value="${country}">`
      : ''
  }${
    tax_id_collection?.enabled === true
      ? html`<label for="tax_id">VAT number</label>
<input id="tax_id" name="tax_id">`
      : ''
  }`
}

const textOf = (form: FormFields, name: string): string | null => {
  const value = form[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function payerOf(form: FormFields, { customer_email }: Stripe.Checkout.Session): Payer {
  return {
    email: textOf(form, 'email') ?? customer_email,
    name: textOf(form, 'name'),
    country: textOf(form, 'country')?.toUpperCase() ?? null,
    taxId: textOf(form, 'tax_id'),
  }
}

function methodOf(work: Work, session: Stripe.Checkout.Session, form: FormFields, payer: Payer): Stripe.PaymentMethod {
  const chosen = textOf(form, 'card')
  const other = otherType(chosen, session)
  if (other !== undefined) return makeOther(work, other, { email: payer.email, name: payer.name })
  const isCard = others.every(({ value }) => value !== chosen)
  if (!isCard || !session.payment_method_types.includes('card')) {
    throw invalid('This payment method is not offered for this checkout.')
  }
  const year = new Date(work.now * 1000).getUTCFullYear() + 4
  return makeCard(
    work,
    chosen ?? textOf(form, 'number') ?? '',
    { month: 12, year },
    { email: payer.email, name: payer.name },
  )
}

function over(session: Stripe.Checkout.Session | undefined): PageAnswer {
  if (session?.status === 'complete') {
    return { status: 410, html: document('Checkout', html`<p>This checkout is complete.</p>`) }
  }
  const text =
    session === undefined ? 'There is no such checkout.' : 'This checkout has expired: go back and start again.'
  return { status: session === undefined ? 404 : 410, html: document('Checkout', html`<p>${text}</p>`) }
}
