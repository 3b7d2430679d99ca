import type Stripe from 'stripe'
import { newId } from '../api/ids.ts'
import { mergeMetadata } from '../api/parameters.ts'
import type { Intent, Work } from '../api/work.ts'
import { changeInvoice, draftOf, openDraft, withLines } from '../billing/invoice.ts'
import { addItem } from '../billing/invoice-items.ts'
import { idOf } from '../billing/reference.ts'
import { addPayment, credit } from '../billing/settle.ts'
import { planOf } from './plan.ts'

/** The session with the invoice of its payment, where it makes one. The customer's balance stays as it is. */
export function invoicedWith(work: Work, session: Stripe.Checkout.Session, intent: Intent): Stripe.Checkout.Session {
  const { invoice_creation: creation, invoice: known } = session
  const customer = idOf(session.customer)
  if (creation?.enabled !== true || known !== null || customer === null) return session
  if (intent.object !== 'payment_intent' || intent.status !== 'succeeded') return session
  const { description, metadata } = creation.invoice_data
  const currency = session.currency ?? 'usd'
  const { id } = openDraft(
    work,
    draftOf(work, work.id('invoice'), {
      customer,
      currency,
      billing_reason: 'manual',
      subscription: null,
      period: { start: work.now, end: work.now },
      auto_advance: false,
      collection_method: 'charge_automatically',
      days_until_due: null,
      lines: [],
      automaticTax: session.automatic_tax.enabled,
      description,
      metadata: mergeMetadata({}, metadata ?? undefined),
    }),
  )
  const plan = planOf(work, session.id)
  for (const [place, line] of plan.lines.entries()) {
    addItem(work, {
      amount: line.amount_subtotal,
      currency,
      customer,
      description: line.description,
      invoice: id,
      metadata: {},
      period: { start: work.now, end: work.now },
      price: line.price,
      quantity: line.quantity ?? 1,
      subscription: null,
      taxBehavior: plan.taxBehaviors?.[place] ?? 'exclusive',
      subscriptionItem: null,
    })
  }
  lower(work, id, plan.lines)
  pay(work, work.need('invoice', id), intent)
  return { ...session, invoice: id }
}

/** The invoice's lines have the discounts of the session's. */
function lower(work: Work, id: string, lines: readonly Stripe.LineItem[]): void {
  if (lines.every(({ amount_discount: off }) => off === 0)) return
  const discount = newId('di')
  const draft = work.need('invoice', id)
  const lowered = draft.lines.data.map((line, place) => ({
    ...line,
    discount_amounts: [{ amount: lines[place]?.amount_discount ?? 0, discount }],
  }))
  changeInvoice(work, draft, { ...withLines(work, draft, lowered), discounts: [discount] })
}

function pay(work: Work, draft: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  const page = `${work.url}/invoice/${draft.id}`
  const open: Stripe.Invoice = {
    ...draft,
    status: 'open',
    number: `CHECKOUT-${draft.id.slice(-8)}`,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    effective_at: work.now,
    ending_balance: draft.starting_balance,
    amount_due: draft.total,
    amount_remaining: draft.total,
    status_transitions: { ...draft.status_transitions, finalized_at: work.now },
  }
  work.objects.put('invoice', open)
  work.emit('invoice.finalized', open)
  credit(work, open, addPayment(work, open, intent, true), intent)
}
