import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { integer, list, mergeMetadata, metadata, oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Listing, Work } from '../api/work.ts'
import { createRefund } from '../refunds/create.ts'
import { changeInvoice } from './invoice.ts'
import { idOf } from './reference.ts'
import { changeBalance, markPaid } from './settle.ts'

const createParameters = parameters({
  invoice: text(),
  amount: integer(1),
  credit_amount: integer(0).optional(),
  memo: text().optional(),
  metadata: metadata.optional(),
  out_of_band_amount: integer(0).optional(),
  reason: oneOf(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
  refund_amount: integer(0).optional(),
  refunds: list(parameters({ amount_refunded: integer(1), refund: text() })).optional(),
})
const listParameters = parameters({ ...paging, customer: text().optional(), invoice: text().optional() })

type NewNote = ReturnType<typeof createParameters.parse>

export const creditNoteRoutes: readonly Route[] = [
  route('POST', '/v1/credit_notes', createParameters, create),
  route('GET', '/v1/credit_notes', listParameters, (work, { customer, invoice, ...page }) =>
    work.list('credit_note', '/v1/credit_notes', page, { customer, invoice }),
  ),
  route('GET', '/v1/credit_notes/:id', parameters({}), (work, _, id) => work.need('credit_note', id)),
  route('POST', '/v1/credit_notes/:id/void', parameters({}), (work, _, id) => voidNote(work, id)),
]

/**
 * Lowers an open invoice, or gives back a part of a paid one: by a new refund, by refunds that were made, as credit for the
 * next invoice, or outside of Stripe. The parts of a paid invoice must add up to the amount.
 */
function create(work: Work, given: NewNote): Stripe.CreditNote {
  const invoice = work.need('invoice', given.invoice, 'invoice')
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalid(`You can only credit open or paid invoices: this one is ${invoice.status}.`, { param: 'invoice' })
  }
  const isPaid = invoice.status === 'paid'
  const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount
  const most = isPaid ? invoice.total - credited : invoice.amount_remaining
  if (given.amount > most) {
    throw invalid(`The credit note's amount (${given.amount}) is greater than what is left to credit (${most}).`, {
      param: 'amount',
    })
  }
  const refunds = isPaid ? giveBack(work, invoice, given) : []
  const note = noteOf(work, invoice, given, refunds)
  work.objects.put('credit_note', note)
  work.emit('credit_note.created', note)
  lower(work, invoice, given.amount)
  return note
}

function giveBack(work: Work, invoice: Stripe.Invoice, given: NewNote): Stripe.CreditNote.Refund[] {
  const { amount, credit_amount = 0, out_of_band_amount = 0, refund_amount = 0, refunds = [] } = given
  const refunded = refunds.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0)
  if (credit_amount + out_of_band_amount + refund_amount + refunded !== amount) {
    throw invalid('The sum of the credit, refund and out of band amounts must equal the credit note amount.')
  }
  if (credit_amount > 0) changeBalance(work, idOf(invoice.customer) ?? '', -credit_amount)
  const known = refunds.map(({ amount_refunded, refund }) =>
    partOf(amount_refunded, work.need('refund', refund, 'refunds').id),
  )
  if (refund_amount === 0) return known
  return [...known, partOf(refund_amount, createRefund(work, chargeOf(work, invoice), { amount: refund_amount }).id)]
}

const partOf = (amount_refunded: number, refund: string): Stripe.CreditNote.Refund => ({
  amount_refunded,
  payment_record_refund: null,
  refund,
  type: 'refund',
})

function chargeOf(work: Work, { id }: Stripe.Invoice): Stripe.Charge {
  const [payment] = work.objects.all('invoice_payment', { invoice: id, status: 'paid' })
  const intent = work.objects.get('payment_intent', idOf(payment?.payment.payment_intent) ?? '')
  const charge = work.objects.get('charge', idOf(intent?.latest_charge) ?? '')
  if (charge === undefined) throw invalid('There is no payment to refund.', { param: 'refund_amount' })
  return charge
}

function lower(work: Work, before: Stripe.Invoice, amount: number): void {
  if (before.status === 'paid') {
    const post_payment_credit_notes_amount = before.post_payment_credit_notes_amount + amount
    changeInvoice(work, before, { ...before, post_payment_credit_notes_amount })
    return
  }
  const after: Stripe.Invoice = {
    ...before,
    amount_due: before.amount_due - amount,
    amount_remaining: before.amount_remaining - amount,
    pre_payment_credit_notes_amount: before.pre_payment_credit_notes_amount + amount,
  }
  if (after.amount_remaining === 0) markPaid(work, before, after)
  else changeInvoice(work, before, after)
}

/** Takes the note back: the invoice is as high as before. Only a note of an open invoice can be void. */
function voidNote(work: Work, id: string): Stripe.CreditNote {
  const before = work.need('credit_note', id)
  const invoice = work.need('invoice', idOf(before.invoice) ?? '')
  if (before.status === 'void' || invoice.status !== 'open') {
    throw invalid('You can only void issued credit notes of open invoices.')
  }
  const { amount } = before
  changeInvoice(work, invoice, {
    ...invoice,
    amount_due: invoice.amount_due + amount,
    amount_remaining: invoice.amount_remaining + amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - amount,
  })
  const note: Stripe.CreditNote = { ...before, status: 'void', voided_at: work.now }
  work.objects.put('credit_note', note)
  work.emit('credit_note.voided', note)
  return note
}

function noteOf(
  work: Work,
  invoice: Stripe.Invoice,
  given: NewNote,
  refunds: Stripe.CreditNote.Refund[],
): Stripe.CreditNote {
  const id = work.id('credit_note')
  const { amount } = given
  const count = work.objects.all('credit_note', { invoice: invoice.id }).length + 1
  const isPaid = invoice.status === 'paid'
  const url = `/v1/credit_notes/${id}/lines`
  const lines: Listing<Stripe.CreditNoteLineItem> = { object: 'list', data: [], has_more: false, url }
  return {
    id,
    object: 'credit_note',
    amount,
    amount_shipping: 0,
    created: work.now,
    currency: invoice.currency,
    customer: idOf(invoice.customer) ?? '',
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: work.now,
    invoice: invoice.id,
    lines,
    livemode: false,
    memo: given.memo ?? null,
    metadata: mergeMetadata({}, given.metadata),
    number: `${invoice.number}-CN-${String(count).padStart(2, '0')}`,
    out_of_band_amount: given.out_of_band_amount ?? null,
    pdf: `${work.url}/invoice/${invoice.id}/pdf`,
    post_payment_amount: isPaid ? amount : 0,
    pre_payment_amount: isPaid ? 0 : amount,
    pretax_credit_amounts: [],
    reason: given.reason ?? null,
    refunds,
    shipping_cost: null,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: isPaid ? 'post_payment' : 'pre_payment',
    voided_at: null,
  }
}
