import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { draftBill } from './bill.ts'
import { collectNow } from './collect.ts'
import { dropItem } from './invoice-items.ts'
import { voidInvoice } from './invoices.ts'
import { creditUnused } from './proration.ts'
import { idOf } from './reference.ts'
import { endSubscription, noDetails } from './standing.ts'
import { ended } from './subscription.ts'

export type Cancellation = {
  readonly cancellation_details?: { comment?: string | null; feedback?: string | null }
  readonly invoice_now?: boolean
  readonly prorate?: boolean
}

/** Ends the subscription now. Prorations that wait are dropped unless it is invoiced or prorated. */
export function cancelSubscription(work: Work, id: string, given: Cancellation): Stripe.Subscription {
  const before = work.need('subscription', id)
  if (ended(before)) {
    throw invalid(`A canceled subscription can only update its cancellation_details and metadata.`, {
      code: 'invalid_canceled_subscription_fields',
    })
  }
  const { invoice_now = false, prorate = false } = given
  if (prorate && before.status !== 'trialing') {
    for (const item of before.items.data) creditUnused(work, before, item, work.now)
  }
  if (!prorate && !invoice_now) dropProrations(work, before)
  const details = { ...(before.cancellation_details ?? noDetails), ...given.cancellation_details }
  const canceled = endSubscription(work, { ...before, cancellation_details: details }, 'cancellation_requested')
  const first =
    before.status === 'incomplete' ? work.objects.get('invoice', idOf(before.latest_invoice) ?? '') : undefined
  if (first?.status === 'open') voidInvoice(work, first)
  if (invoice_now) {
    const period = { start: work.now, end: work.now }
    const draft = draftBill(work, canceled, { reason: 'subscription_update', period, lines: [], advances: true })
    collectNow(work, draft, { charge: true, offSession: true })
  }
  return work.need('subscription', id)
}

/** Ends all of a customer's subscriptions, as the customer is deleted. */
export function cancelAllOf(work: Work, customer: string): void {
  for (const subscription of work.objects.all('subscription', { customer })) {
    if (!ended(subscription)) cancelSubscription(work, subscription.id, {})
  }
}

function dropProrations(work: Work, { id, customer }: Stripe.Subscription): void {
  for (const item of work.objects.all('invoiceitem', { customer: idOf(customer), invoice: null, proration: true })) {
    if (item.parent?.subscription_details?.subscription === id) dropItem(work, item)
  }
}
