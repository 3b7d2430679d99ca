import type { Instant } from '../domain/identity.ts'
import type { Purchase } from './purchase.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Stripe forgets keys after 24 hours; with room for clocks that disagree. Source: docs/payments.md. */
export const keyLastsMs = 20 * hour

/** How long a payment may wait for the customer before it is called off. */
export const customerMayTakeMs = day

const first = [5, 10, 15, 30].map((seconds) => seconds * second)
/** By then a day and a half has passed. */
const mostInvoiceTries = 48
const promptInvoiceTries = 12

/**
 * When a purchase is looked after next; null: it needs nobody. What is not posted is posted soon; what is pending is asked
 * after soon, then slower, within an hour at least every 4 minutes; what is paid gets its invoice, or after many tries none.
 * Source: facts W10.
 */
export function nextAskAt(purchase: Purchase, now: Instant): Instant | null {
  const { state, cause, askedAt, asks, createdAt, facts, posted, invoiceUrl } = purchase
  if (posted < facts) return now + soonMs
  if (state === 'PENDING') {
    if (askedAt === null) return cause === 'RECHARGE' ? now : createdAt + customerMayTakeMs
    return now + pause(asks, now - askedAt)
  }
  if (state === 'FAILED' || state === 'CANCELED' || invoiceUrl !== null) return null
  if (asks >= mostInvoiceTries) return null
  return now + (asks === 0 ? 0 : pause(asks, asks < promptInvoiceTries ? 0 : hour))
}

const soonMs = 5 * second

const pause = (asks: number, since: number): number =>
  first[asks] ?? (since < hour ? Math.min(asks - 2, 4) * minute : hour)
