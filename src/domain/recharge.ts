import type { Credits } from './credits.ts'
import type { Instant, PurchaseId } from './identity.ts'

export const rechargeStates = ['OFF', 'ARMED', 'CHARGING', 'CAPPED', 'PAUSED', 'ACTION_REQUIRED'] as const
export type RechargeState = (typeof rechargeStates)[number]

/**
 * A team's auto-recharge: what it is set to, and the episode that runs. An episode begins with one downward crossing of
 * the threshold and ends when the balance is back at it, or when it can't go on.
 */
export type Recharge = {
  readonly state: RechargeState
  readonly threshold: Credits
  readonly packageId: string
  /** The most that a month of the catalog's time zone may cost, in nano-units of its currency; null: no limit. */
  readonly monthlyCap: bigint | null
  /** The calendar month that `spent` is of, such as `2026-11`. */
  readonly month: string
  /** Charged in that month or about to be, in nano-units; what fails is given back. */
  readonly spent: bigint
  /** The purchase that is being paid; null: none is. */
  readonly attempt: PurchaseId | null
  /** Declines in a row within the episode. */
  readonly failures: number
  /** When the next attempt begins; null: none is waiting. */
  readonly retryAt: Instant | null
  readonly lastFailure: string | null
  /** Where the customer confirms the payment, while it needs that. */
  readonly actionUrl: string | null
}
