import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import type { Period } from './calendar.ts'
import { draftOf, dueOf, type InvoicePlan, openDraft } from './invoice.ts'
import { pendingItems, sweep } from './invoice-items.ts'
import { refuseMoreInvoices } from './invoice-limits.ts'
import { itemisedLine, itemLine } from './lines.ts'
import { idOf } from './reference.ts'

export type Bill = {
  readonly reason: Stripe.Invoice.BillingReason
  /** The period in which the invoice's items were created. */
  readonly period: Period
  /** The subscription's own lines. */
  readonly lines: readonly Stripe.InvoiceLineItem[]
  /** Whether it is finalized and collected by itself. */
  readonly advances: boolean
}

/** A new draft for the subscription with its lines and all that waits for it, told of; the subscription is not changed. */
export function draftBill(work: Work, subscription: Stripe.Subscription, bill: Bill): Stripe.Invoice {
  const customer = idOf(subscription.customer) ?? ''
  refuseMoreInvoices(work, subscription.id)
  const id = work.id('invoice')
  const waiting = pendingItems(work, customer, subscription.currency, subscription.id)
  const lines = [...sweep(work, waiting, id), ...bill.lines]
  return openDraft(work, draftOf(work, id, planOf(subscription, { ...bill, lines })))
}

/** The bill that the same call would draft, as a preview shows it: nothing is stored. */
export function previewBill(work: Work, subscription: Stripe.Subscription, bill: Bill): Stripe.Invoice {
  const customer = idOf(subscription.customer) ?? ''
  const waiting = pendingItems(work, customer, subscription.currency, subscription.id)
  const lines = [...waiting.map((item) => itemisedLine(work, item)), ...bill.lines]
  return previewOf(work, subscription, { ...bill, lines })
}

/** A preview with these lines alone. */
export function previewOf(work: Work, subscription: Stripe.Subscription, bill: Bill): Stripe.Invoice {
  const plan = planOf(subscription, { ...bill, reason: 'upcoming', advances: false })
  const preview = draftOf(work, `upcoming_${work.id('invoice')}`, plan)
  const due = dueOf(preview.total + preview.starting_balance, preview.currency)
  return { ...preview, amount_due: due, amount_remaining: due }
}

const planOf = (subscription: Stripe.Subscription, bill: Bill): InvoicePlan => ({
  customer: idOf(subscription.customer) ?? '',
  currency: subscription.currency,
  billing_reason: bill.reason,
  subscription,
  period: bill.period,
  auto_advance: bill.advances,
  collection_method: subscription.collection_method,
  days_until_due: subscription.days_until_due,
  lines: bill.lines,
})

/** The lines of items whose period begins, the latest item first, as Stripe sorts them. */
export function beginningLines(
  work: Work,
  items: readonly Stripe.SubscriptionItem[],
  free: boolean,
): Stripe.InvoiceLineItem[] {
  return items.toReversed().map((item) => {
    const period = { start: item.current_period_start, end: item.current_period_end }
    return itemLine(work, item, period, free ? null : (item.quantity ?? 1))
  })
}
