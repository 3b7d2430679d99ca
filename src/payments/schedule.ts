import type { Instant } from '../domain/identity.ts'
import type { Purchase } from './purchase.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * How long an idempotency key is used. Stripe forgets keys after 24 hours; the rest is for clocks that disagree.
 * Source: docs/payments.md.
 */
export const keyLastsMs = 20 * hour

/** When to try again what Stripe has not answered, in seconds. */
export const soonSeconds = 5

/** How long a payment may wait for the customer before it is canceled. */
export const customerMayTakeMs = day

const first = [5, 10, 15, 30].map((seconds) => seconds * second)
/** These tries take a day and a half. */
const maxInvoiceTries = 48
const promptInvoiceTries = 12

/**
 * When a purchase is processed next; null: never. Facts that are not posted are posted soon. A pending payment is
 * checked soon, then more slowly, but at least every 4 minutes within the first hour. A paid purchase gets its invoice,
 * or none after many tries; one that cost nothing has none. Source: facts W10.
 */
export function nextAskAt(purchase: Purchase, now: Instant): Instant | null {
  const { state, cause, askedAt, asks, createdAt, facts, posted, intent, invoiceUrl } = purchase
  if (posted < facts) return now + soonMs
  if (state === 'PENDING') {
    if (askedAt === null) return cause === 'RECHARGE' ? now : createdAt + customerMayTakeMs
    return now + pause(asks, now - askedAt)
  }
  if (state === 'FAILED' || state === 'CANCELED' || invoiceUrl !== null) return null
  if (asks >= maxInvoiceTries || (intent === null && asks > 0)) return null
  return now + (asks === 0 ? 0 : pause(asks, asks < promptInvoiceTries ? 0 : hour))
}

const soonMs = 5 * second

const pause = (asks: number, since: number): number =>
  first[asks] ?? (since < hour ? Math.min(asks - 2, 4) * minute : hour)
