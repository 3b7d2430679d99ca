import type Stripe from 'stripe'
import type { z } from 'zod'
import { Failure, invalid } from '../api/failure.ts'
import { currency, flag, integer, list, oneOf, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { blank } from '../customers/customers.ts'
import { beginningLines, previewBill, previewOf } from './bill.ts'
import { billOfChange, refuseChange, repriced } from './change.ts'
import { begin, firstBill } from './create.ts'
import { upcomingInvoice } from './cycle.ts'
import { inPeriod, intervalAt, itemChange } from './items.ts'
import { idOf } from './reference.ts'
import { ended, lastPeriodEnd, nextCycle } from './subscription.ts'

const moment = integer(0)

const previewParameters = parameters({
  automatic_tax: parameters({ enabled: flag }).optional(),
  currency: currency.optional(),
  customer: text().optional(),
  preview_mode: oneOf(['next', 'recurring']).optional(),
  subscription: text().optional(),
  subscription_details: parameters({
    billing_cycle_anchor: parameters({ type: oneOf(['now', 'unchanged']) }).optional(),
    billing_mode: parameters({ type: oneOf(['classic', 'flexible']) }).optional(),
    items: list(itemChange).optional(),
    proration_behavior: oneOf(['always_invoice', 'create_prorations', 'none']).optional(),
    proration_date: moment.optional(),
    trial_end: oneOf(['now']).or(moment).optional(),
  }).optional(),
})

type Given = z.output<typeof previewParameters>

/** It has to come before the routes of one invoice, whose id could be this word. */
export const previewRoutes: readonly Route[] = [
  route('POST', '/v1/invoices/create_preview', previewParameters, (work, given) =>
    undone(work, (quiet) =>
      given.subscription === undefined ? previewNew(quiet, given) : previewChange(quiet, given, given.subscription),
    ),
  ),
]

/** The result of what bills, whose effects are undone: it tells nobody and sets no alarm. */
function undone<T>(work: Work, run: (quiet: Work) => T): T {
  const results: T[] = []
  const quiet: Work = { ...work, isRequest: false, emit: () => undefined, at: () => undefined }
  try {
    work.database.attempt(() => {
      results.push(run(quiet))
      throw undoing
    })
  } catch (error) {
    if (error !== undoing) throw error
  }
  const [result] = results
  if (result === undefined) throw new Error('The preview has no result')
  return result
}

const undoing = new Error('A preview changes nothing')

/** The invoice that the change makes at once, or else the next one after it. */
function previewChange(
  work: Work,
  { customer, automatic_tax: tax, preview_mode: mode, subscription_details: details = {} }: Given,
  id: string,
): Stripe.Invoice {
  const { billing_mode, ...given } = details
  const before = work.need('subscription', id, 'subscription')
  if (customer !== undefined && customer !== idOf(before.customer)) {
    throw invalid('The subscription does not belong to the customer.', { param: 'subscription' })
  }
  if (billing_mode !== undefined) {
    throw invalid('The billing mode of a subscription can only be set when it is created.', {
      param: 'subscription_details[billing_mode]',
    })
  }
  if (given.proration_date !== undefined && given.proration_behavior === 'none') {
    throw invalid('You cannot set `proration_date` when `proration_behavior` is `none`.', {
      param: 'subscription_details[proration_date]',
    })
  }
  if (ended(before)) throw nothingUpcoming(before)
  refuseChange(before, given)
  const settings = { ...before, automatic_tax: { ...before.automatic_tax, ...tax } }
  const isChange = (given.items ?? given.trial_end ?? given.billing_cycle_anchor) !== undefined
  const { after, restarts, isInvoiced } = isChange
    ? repriced(work, before, settings, given)
    : { after: settings, restarts: false, isInvoiced: false }
  if (mode === 'recurring') return recurring(work, after)
  const preview = isInvoiced
    ? previewBill(work, after, billOfChange(work, before, { after, restarts }))
    : upcomingInvoice(work, after)
  if (preview.lines.data.length === 0) throw nothingUpcoming(before)
  return isChange && given.proration_behavior !== 'none'
    ? proratedAt(preview, given.proration_date ?? work.now)
    : preview
}

/** The first invoice of a subscription that begins now. Without a customer it is that of a new one. */
function previewNew(work: Work, given: Given): Stripe.Invoice {
  const { currency: wanted, automatic_tax, preview_mode: mode, subscription_details: details = {} } = given
  const { items = [], billing_mode, trial_end } = details
  if (items.length === 0) {
    throw invalid('You must pass one of: subscription, subscription_details[items].', {
      code: 'parameter_missing',
      param: 'subscription_details[items]',
    })
  }
  const nobody = given.customer === undefined ? blank(work) : null
  if (nobody !== null) work.objects.put('customer', nobody)
  const customer = given.customer ?? nobody?.id ?? ''
  const fresh = begin(work, { customer, items: items.map(newItemOf), automatic_tax, billing_mode, trial_end })
  if (wanted !== undefined && wanted !== fresh.currency) {
    throw invalid(
      `The price specified only supports \`${fresh.currency}\`. This doesn't match the expected currency: \`${wanted}\`.`,
      { param: 'currency' },
    )
  }
  const preview = mode === 'recurring' ? recurring(work, fresh) : previewBill(work, fresh, firstBill(work, fresh))
  return { ...preview, parent: null, customer: nobody === null ? customer : null }
}

function newItemOf({ id, deleted, clear_usage: _, ...item }: z.output<typeof itemChange>) {
  if (id === undefined && deleted === undefined) return item
  throw invalid('There is no subscription whose items could be changed.', {
    param: 'subscription_details[items][0][id]',
  })
}

/** The cost of a whole period, without what waits and without the customer's balance. */
function recurring(work: Work, subscription: Stripe.Subscription): Stripe.Invoice {
  const { billing_cycle_anchor: anchor, items } = subscription
  const next = items.data.map((item) => inPeriod(item, intervalAt(item, anchor, item.current_period_end)))
  const preview = previewOf(work, subscription, {
    reason: 'upcoming',
    period: { start: nextCycle(subscription), end: lastPeriodEnd(subscription) },
    lines: beginningLines(work, next, false),
    advances: false,
  })
  return { ...preview, starting_balance: 0, amount_due: preview.total, amount_remaining: preview.total }
}

const proratedAt = (preview: Stripe.Invoice, at: number): Stripe.Invoice => {
  const { parent } = preview
  const details = parent?.subscription_details
  if (parent == null || details == null) return preview
  return { ...preview, parent: { ...parent, subscription_details: { ...details, subscription_proration_date: at } } }
}

const nothingUpcoming = ({ customer }: Stripe.Subscription) =>
  new Failure(404, {
    type: 'invalid_request_error',
    code: 'invoice_upcoming_none',
    message: `No upcoming invoices for customer: ${idOf(customer)}`,
  })
