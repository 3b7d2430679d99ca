import { LaneFull } from '../concurrency/lane.ts'
import { isLedgerOutage } from '../ledger/retry-lost-connection.ts'
import { isStripeOutage } from './stripe-faults.ts'

/** Whether work with payments failed for a reason that passes by itself: the same work may succeed later. */
export const isOutage = (error: unknown): boolean =>
  isStripeOutage(error) || isLedgerOutage(error) || error instanceof LaneFull

/** The level of the log for failed work that is retried: anything but an outage needs a person. */
export const levelOf = (error: unknown): 'warn' | 'error' => (isOutage(error) ? 'warn' : 'error')
