import type { Stripe } from 'stripe'
import type { Catalog } from '../catalog/catalog.ts'
import type { Instant } from '../domain/identity.ts'
import type { PlanSubscription } from './plan-subscription.ts'
import { linesOf } from './sublists.ts'

/** How many invoices of a subscription are read, the latest first. */
const maxInvoices = 100

/**
 * The end of the last period that is paid for or on trial; without one, the begin of the running period. A period is
 * paid when the invoice that bills it is paid, or when its price is 0. Other items on the invoices (seats, units) say
 * nothing of the period. Null: no invoice bills the running period, so that nobody knows whether it is paid. Stripe
 * may make the invoice a moment later.
 *
 * Where the catalog deposits renewals when they are due, a running subscription counts as paid: it is past due once a
 * payment has failed. `subscription.latest_invoice` is expanded.
 */
export async function paidThroughOf(
  stripe: Pick<Stripe, 'invoices'>,
  { subscription, planItem }: PlanSubscription,
  renewals: Catalog['renewals'],
): Promise<Instant | null> {
  const { status, latest_invoice: latest, id } = subscription
  const { current_period_start: start, current_period_end: end, price } = planItem
  const isRunning = status === 'active'
  if (status === 'trialing' || (isRunning && (renewals === 'when-due' || isFree(price)))) return end * 1000
  if (typeof latest === 'object' && latest !== null && (await endsBilledBy(stripe, latest)).includes(end)) {
    if (latest.status === 'paid') return end * 1000
    if (isRunning) return start * 1000
  }
  const paid: number[] = []
  let isBilled = false
  let left = maxInvoices
  for await (const invoice of stripe.invoices.list({ subscription: id, limit: maxInvoices })) {
    const ends = await endsBilledBy(stripe, invoice)
    if (ends.includes(end)) isBilled = true
    if (invoice.status === 'paid') {
      if (ends.includes(end)) return end * 1000
      paid.push(...ends.filter((until) => until <= start))
    }
    left -= 1
    if (left === 0) break
  }
  if (isRunning) return isBilled ? start * 1000 : null
  return (paid.length === 0 ? start : Math.max(...paid)) * 1000
}

/** A price in tiers has no amount of its own, and is not free. */
const isFree = ({ unit_amount_decimal: amount }: Stripe.Price): boolean => amount !== null && Number(amount) === 0

/** The ends of the periods that the invoice bills as a whole. */
async function endsBilledBy(stripe: Pick<Stripe, 'invoices'>, invoice: Stripe.Invoice): Promise<number[]> {
  const isWhole = ({ parent }: Stripe.InvoiceLineItem) => {
    const details = parent?.subscription_item_details
    return details != null && !(details.proration && invoice.billing_reason === 'subscription_update')
  }
  return (await linesOf(stripe, invoice)).filter(isWhole).map(({ period }) => period.end)
}
