import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { type AddOnChange, type AddOnTerms, markOf } from './add-on-change.ts'
import { subscriptionOf } from './add-on-requests.ts'
import { undecideChange } from './add-on-rows.ts'
import { StripeUnavailable } from './payments.ts'
import { soonSeconds } from './schedule.ts'
import { reached } from './stripe-faults.ts'
import { itemsOf } from './sublists.ts'

/** The time after which no request of an earlier release is still being carried out. */
const settledMs = 600_000

/**
 * Resolves if an earlier release has charged the change. That release raised the item and had it paid in one request,
 * which marked the item. The request is never sent again: ten minutes later, what Stripe does not show did not happen,
 * and the same key may retry.
 */
export async function awaitFormerCharge(
  database: Database,
  stripe: Stripe,
  change: AddOnChange,
  terms: AddOnTerms,
): Promise<void> {
  const subscription = await subscriptionOf(stripe, terms)
  const items = await reached(() => itemsOf(stripe, subscription))
  if (items.some(({ price, metadata }) => price.id === terms.price && metadata.change === markOf(change))) return
  const age = (await readClock(database)) - (change.claimedAt ?? 0)
  if (age >= settledMs) await undecideChange(database.pool, change)
  throw new StripeUnavailable(soonSeconds)
}
