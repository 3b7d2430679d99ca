import type Stripe from 'stripe'
import { z } from 'zod'
import type { Includes } from '../api/expand.ts'
import { Failure, invalid } from '../api/failure.ts'
import { pageOf } from '../api/listing.ts'
import {
  currency,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { chargeLater, collect, finalize, methodOf, noMethod } from './collect.ts'
import { changeInvoice, draftOf, draftSeconds, openDraft, withLines } from './invoice.ts'
import { dropItem, editable, pendingItems, sweep } from './invoice-items.ts'
import { refuseMoreInvoices } from './invoice-limits.ts'
import { idOf } from './reference.ts'
import { addPayment, changeBalance, closePayments, credit, defaultPayment, markPaid } from './settle.ts'
import { invoiceVoided } from './standing.ts'

const collectionMethod = oneOf(['charge_automatically', 'send_invoice'])

const settings = {
  auto_advance: flag.optional(),
  automatic_tax: parameters({ enabled: flag }).optional(),
  custom_fields: list(parameters({ name: text(40), value: text(140) })).optional(),
  collection_method: collectionMethod.optional(),
  days_until_due: integer(0).optional(),
  default_payment_method: text().optional(),
  description: text().optional(),
  footer: text().optional(),
  metadata: metadata.optional(),
}

/** Whether the bank asks a customer who pays by card. */
const invoiceOptions = parameters({
  card: parameters({ request_three_d_secure: oneOf(['automatic', 'any', 'challenge']) }).optional(),
})

const createParameters = parameters({
  ...settings,
  currency: currency.optional(),
  customer: text(),
  // None are known here, so that none can be given.
  discounts: z.literal('').optional(),
  payment_settings: parameters({ payment_method_options: invoiceOptions.optional() }).optional(),
  pending_invoice_items_behavior: oneOf(['exclude', 'include']).optional(),
  subscription: text().optional(),
})
const updateParameters = parameters(settings)
const payParameters = parameters({
  forgive: flag.optional(),
  off_session: flag.optional(),
  paid_out_of_band: flag.optional(),
  payment_method: text().optional(),
})
const listParameters = parameters({
  ...paging,
  collection_method: collectionMethod.optional(),
  customer: text().optional(),
  status: oneOf(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
  subscription: text().optional(),
})
const { created: _, ...pages } = paging

export const invoiceRoutes: readonly Route[] = [
  route('POST', '/v1/invoices', createParameters, create),
  route('GET', '/v1/invoices', listParameters, (work, { collection_method, customer, status, subscription, ...page }) =>
    work.list('invoice', '/v1/invoices', page, {
      collection_method,
      customer,
      status,
      'parent.subscription_details.subscription': subscription,
    }),
  ),
  route('GET', '/v1/invoices/:id', parameters({}), (work, _, id) => work.need('invoice', id)),
  route('POST', '/v1/invoices/:id', updateParameters, update),
  route('DELETE', '/v1/invoices/:id', parameters({}), (work, _, id) => {
    const invoice = editable(work, id)
    if (invoice.parent !== null) throw invalid('You can only delete one-off draft invoices.')
    for (const item of work.objects.all('invoiceitem', { invoice: id })) dropItem(work, item)
    work.objects.remove(id)
    work.emit('invoice.deleted', invoice)
    const deleted: Stripe.DeletedInvoice = { id, object: 'invoice', deleted: true }
    return deleted
  }),
  route('GET', '/v1/invoices/:id/lines', parameters(pages), (work, page, id) => {
    const { lines } = work.need('invoice', id)
    return { ...lines, ...pageOf(lines.data, page) }
  }),
  route('POST', '/v1/invoices/:id/finalize', parameters({ auto_advance: flag.optional() }), (work, given, id) => {
    const before = work.need('invoice', id)
    if (before.status !== 'draft') {
      throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
        code: 'invoice_not_editable',
      })
    }
    const open = finalize(work, { ...before, auto_advance: given.auto_advance ?? before.auto_advance })
    const charged = open.auto_advance === true && open.collection_method === 'charge_automatically'
    return open.status === 'open' && charged ? chargeLater(work, open) : open
  }),
  route('POST', '/v1/invoices/:id/pay', payParameters, pay),
  route(
    'POST',
    '/v1/invoices/:id/attach_payment',
    parameters({ payment_intent: text() }),
    (work, { payment_intent }, id) => attachPayment(work, id, payment_intent),
  ),
  route('POST', '/v1/invoices/:id/void', parameters({}), (work, _, id) => voidInvoice(work, opened(work, id))),
  route('POST', '/v1/invoices/:id/mark_uncollectible', parameters({}), (work, _, id) =>
    markUncollectible(work, opened(work, id)),
  ),
]

const paymentList = parameters({
  ...paging,
  invoice: text().optional(),
  payment: parameters({ type: oneOf(['payment_intent']), payment_intent: text() }).optional(),
  status: oneOf(['canceled', 'open', 'paid']).optional(),
})

export const invoicePaymentRoutes: readonly Route[] = [
  route('GET', '/v1/invoice_payments', paymentList, (work, { invoice, payment, status, ...page }) =>
    work.list('invoice_payment', '/v1/invoice_payments', page, {
      invoice,
      status,
      'payment.payment_intent': payment?.payment_intent,
    }),
  ),
  route('GET', '/v1/invoice_payments/:id', parameters({}), (work, _, id) => work.need('invoice_payment', id)),
]

/** The fields of an invoice that are shown only with `expand`. */
export const invoiceIncludes: Includes = {
  invoice: {
    payments: ({ objects }, id) => ({
      object: 'list',
      data: objects.all('invoice_payment', { invoice: id }).reverse(),
      has_more: false,
      url: `/v1/invoice_payments?invoice=${id}`,
    }),
    confirmation_secret({ objects }, id) {
      const [payment] = objects.all('invoice_payment', { invoice: id, is_default: true })
      const intent = objects.get('payment_intent', idOf(payment?.payment.payment_intent) ?? '')
      return { client_secret: intent?.client_secret ?? '', type: 'payment_intent' }
    },
  },
}

function create(work: Work, given: ReturnType<typeof createParameters.parse>): Stripe.Invoice {
  const customer = work.need('customer', given.customer, 'customer')
  const subscription =
    given.subscription === undefined ? null : work.need('subscription', given.subscription, 'subscription')
  const collection_method = given.collection_method ?? 'charge_automatically'
  refuseDueDate(collection_method, given.days_until_due)
  const unit = given.currency ?? subscription?.currency ?? customer.currency ?? 'usd'
  const items =
    (given.pending_invoice_items_behavior ?? (subscription === null ? 'exclude' : 'include')) === 'include'
      ? pendingItems(work, customer.id, unit, subscription?.id ?? null)
      : []
  if (given.default_payment_method !== undefined) {
    work.need('payment_method', given.default_payment_method, 'default_payment_method')
  }
  if (subscription !== null) refuseMoreInvoices(work, subscription.id)
  const id = work.id('invoice')
  const threeDSecure = given.payment_settings?.payment_method_options?.card?.request_three_d_secure
  return openDraft(
    work,
    draftOf(work, id, {
      threeDSecure,
      customer: customer.id,
      currency: unit,
      billing_reason: 'manual',
      subscription,
      period: { start: work.now, end: work.now },
      auto_advance: given.auto_advance ?? false,
      collection_method,
      days_until_due: given.days_until_due ?? null,
      lines: sweep(work, items, id),
      automaticTax: given.automatic_tax?.enabled,
      custom_fields: given.custom_fields,
      default_payment_method: given.default_payment_method,
      description: given.description,
      footer: given.footer,
      metadata: mergeMetadata({}, given.metadata),
    }),
  )
}

function update(work: Work, given: z.output<typeof updateParameters>, id: string): Stripe.Invoice {
  const before = work.need('invoice', id)
  const { metadata: added, days_until_due, auto_advance, automatic_tax, ...fields } = given
  if (before.status !== 'draft' && Object.keys(fields).length > 0) editable(work, id)
  const method = fields.collection_method ?? before.collection_method
  if (fields.collection_method !== undefined) refuseDueDate(method, days_until_due)
  const advancing = auto_advance ?? before.auto_advance ?? false
  const begins = advancing && before.auto_advance !== true
  const draft = before.status === 'draft'
  const at = work.now + draftSeconds
  if (begins) work.at(at, draft ? 'invoice.finalize' : 'invoice.retry', id)
  const after: Stripe.Invoice = {
    ...before,
    ...fields,
    automatic_tax: { ...before.automatic_tax, ...automatic_tax },
    metadata: mergeMetadata(before.metadata ?? {}, added),
    auto_advance: advancing,
    due_date: days_until_due === undefined ? before.due_date : work.now + days_until_due * 86_400,
    automatically_finalizes_at: advancing ? (begins && draft ? at : before.automatically_finalizes_at) : null,
    next_payment_attempt: advancing ? (begins ? at : before.next_payment_attempt) : null,
  }
  return changeInvoice(work, before, automatic_tax === undefined ? after : withLines(work, after, after.lines.data))
}

function pay(work: Work, given: ReturnType<typeof payParameters.parse>, id: string): Stripe.Invoice {
  const before = work.need('invoice', id)
  if (before.status === 'paid') throw invalid('Invoice is already paid')
  if (before.status === 'void') throw invalid('Invoice can no longer be paid')
  const open = before.status === 'draft' ? finalize(work, before) : before
  if (open.status === 'paid') return open
  if (given.paid_out_of_band === true) {
    return markPaid(work, open, {
      ...open,
      amount_paid: open.amount_due,
      amount_paid_off_stripe: open.amount_remaining,
    })
  }
  if ((given.payment_method ?? methodOf(work, open)) === null) throw noMethod()
  const failure = collect(work, id, {
    method: given.payment_method,
    offSession: given.off_session ?? true,
    automatic: false,
  })
  if (failure !== undefined) throw failure
  const after = work.need('invoice', id)
  const intent = after.status === 'open' ? defaultPayment(work, id)?.intent : undefined
  if (intent?.status === 'requires_action') {
    throw new Failure(
      402,
      {
        type: 'card_error',
        code: 'invoice_payment_intent_requires_action',
        message: 'Payment for this invoice requires additional user action before it can be completed successfully.',
        payment_intent: intent,
      },
      'done',
    )
  }
  return after
}

function attachPayment(work: Work, id: string, payment_intent: string): Stripe.Invoice {
  const invoice = work.need('invoice', id)
  if (invoice.status !== 'open') {
    throw invalid(`You can only attach payments to open invoices: this one is ${invoice.status}.`)
  }
  const intent = work.need('payment_intent', payment_intent, 'payment_intent')
  const refuse = (message: string) => invalid(message, { param: 'payment_intent' })
  if (intent.currency !== invoice.currency) throw refuse('The PaymentIntent has another currency than the invoice.')
  if (intent.customer !== invoice.customer) throw refuse('The PaymentIntent has another customer than the invoice.')
  if (intent.status === 'canceled') throw refuse('The PaymentIntent is canceled.')
  const [taken] = work.objects.all('invoice_payment', { 'payment.payment_intent': intent.id })
  if (taken !== undefined) throw refuse(`The PaymentIntent is attached to the invoice ${idOf(taken.invoice)} already.`)
  const payment = addPayment(work, invoice, intent, false)
  return intent.status === 'succeeded' ? credit(work, invoice, payment, intent) : invoice
}

/** The invoice is void: nobody owes it, and the part that the customer's balance paid is given back. */
export function voidInvoice(work: Work, invoice: Stripe.Invoice): Stripe.Invoice {
  const gone: Stripe.Invoice = {
    ...invoice,
    status: 'void',
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, voided_at: work.now },
  }
  changeInvoice(work, invoice, gone)
  work.emit('invoice.voided', gone)
  closePayments(work, gone.id)
  changeBalance(work, idOf(gone.customer) ?? '', gone.starting_balance - (gone.ending_balance ?? gone.starting_balance))
  invoiceVoided(work, gone)
  return gone
}

/** The money is no longer expected, but can still be paid. */
export function markUncollectible(work: Work, invoice: Stripe.Invoice): Stripe.Invoice {
  const gone: Stripe.Invoice = {
    ...invoice,
    status: 'uncollectible',
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: work.now },
  }
  changeInvoice(work, invoice, gone)
  work.emit('invoice.marked_uncollectible', gone)
  return gone
}

function opened(work: Work, id: string): Stripe.Invoice {
  const invoice = work.need('invoice', id)
  if (invoice.status === 'open' || invoice.status === 'uncollectible') return invoice
  throw invalid(`You can only pass in open or uncollectible invoices. This invoice is ${invoice.status}.`)
}

function refuseDueDate(method: Stripe.Invoice.CollectionMethod, days: number | undefined): void {
  if (method === 'send_invoice' && days === undefined) {
    throw invalid('If invoice is to be sent, you must specify `days_until_due` or `due_date`.', {
      param: 'days_until_due',
    })
  }
  if (method === 'charge_automatically' && days !== undefined) {
    throw invalid('You can only specify `days_until_due` when `collection_method` is `send_invoice`.', {
      param: 'days_until_due',
    })
  }
}
