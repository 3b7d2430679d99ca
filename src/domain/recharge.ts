import type { Credits } from './credits.ts'
import type { Instant, PurchaseId } from './identity.ts'
import { calendarDay } from './period.ts'

export const rechargeStates = ['OFF', 'ARMED', 'CHARGING', 'CAPPED', 'PAUSED', 'ACTION_REQUIRED'] as const
export type RechargeState = (typeof rechargeStates)[number]

/**
 * A team's auto-recharge: what it is set to, and the episode that runs. An episode begins with one downward crossing of
 * the threshold and ends when the balance is back at it, or when it can't go on.
 */
export type Recharge = {
  /** CHARGING: a purchase is being paid, or waits for its next attempt. CAPPED: until the month is over. */
  readonly state: RechargeState
  readonly threshold: Credits
  readonly packageId: string
  /** The most that a month of the catalog's time zone may cost, in nano-units of `currency`; null: no limit. */
  readonly monthlyCap: bigint | null
  /** Of `monthlyCap` and `spent`: the catalog's when it was set. */
  readonly currency: string
  /** The calendar month that `spent` is of, such as `2026-11`. */
  readonly month: string
  /** Charged in that month or about to be, in nano-units; what fails is given back. */
  readonly spent: bigint
  /**
   * Of `spent`, what no cap could hold back: payments that went through after they had been given up, and what was above
   * a cap when it was lowered. The rest is at most the cap.
   */
  readonly uncapped: bigint
  /** The purchase that is being paid; null: none is. */
  readonly attempt: PurchaseId | null
  /** The month whose `spent` the attempt's price was counted in; null: it is counted nowhere. */
  readonly attemptMonth: string | null
  /** Declines in a row within the episode. */
  readonly failures: number
  /** When the next attempt begins; null: none is waiting. */
  readonly retryAt: Instant | null
  /** What went wrong last, and hasn't been put right since. */
  readonly lastFailure: string | null
  /** Where the customer confirms the payment, while it needs that. */
  readonly actionUrl: string | null
}

/** No purchase is being paid, and none waits. */
export const idle = { attempt: null, attemptMonth: null, failures: 0, retryAt: null, actionUrl: null } as const

/** The calendar month of an instant, `2026-11`. */
export const monthOf = (at: Instant, timeZone: string): string => calendarDay(at, timeZone).date.slice(0, 7)

/**
 * The recharge as it stands at `at`: once its month is over, nothing is spent in the next one, and the cap of the month
 * before holds nothing back. Months never run backwards, whatever becomes of the time zone.
 */
export function rechargeAt(recharge: Recharge, at: Instant, timeZone: string): Recharge {
  const month = monthOf(at, timeZone)
  if (month <= recharge.month) return recharge
  const state = recharge.state === 'CAPPED' ? 'ARMED' : recharge.state
  return { ...recharge, state, month, spent: 0n, uncapped: 0n }
}
