import type { Credits } from './amounts/credits.ts'
import type { Instant, PurchaseId } from './identity.ts'
import type { Loss } from './loss.ts'
import type { Mandate } from './mandate.ts'
import { calendarDay, monthOf } from './period.ts'

export const rechargeStates = ['OFF', 'ARMED', 'CHARGING', 'CAPPED', 'PAUSED', 'ACTION_REQUIRED'] as const
export type RechargeState = (typeof rechargeStates)[number]

/**
 * A team's auto-recharge: its settings, and the running episode. An episode begins when the balance falls below the
 * threshold. It ends when the balance is back at the threshold, or when the episode can't continue.
 */
export type Recharge = {
  /**
   * CHARGING: a purchase is being paid, or waits for its next attempt. CAPPED: a limit is reached, until the month or
   * the day is over.
   */
  readonly state: RechargeState
  readonly threshold: Credits
  /** The package to buy; null: the amount that brings the balance to `targetBalance`. */
  readonly packageId: string | null
  /** Null: a package is bought. */
  readonly targetBalance: Credits | null
  /** The most that a month of the catalog's time zone may cost, in nano-units of `currency`; null: no limit. */
  readonly monthlyCap: bigint | null
  /** The most recharges in a day of the catalog's time zone; null: no limit. A failed one does not count. */
  readonly maxPerDay: number | null
  /** The currency of `monthlyCap` and `spent`: the catalog's when the recharge was configured. */
  readonly currency: string
  /** The calendar month that `spent` belongs to, such as `2026-11`. */
  readonly month: string
  /** The money charged in that month or about to be, in nano-units; a failed charge is given back. */
  readonly spent: bigint
  /**
   * The part of `spent` that no cap could prevent: payments that succeeded after they had been given up, and what was
   * above a cap when it was lowered. The rest is at most the cap.
   */
  readonly uncapped: bigint
  /** The day that `boughtToday` belongs to, such as `2026-11-30`; '': a state from before days were counted. */
  readonly day: string
  /** The recharges of that day, paid or about to be. */
  readonly boughtToday: number
  /** The limit that made it CAPPED; null in other states. */
  readonly cappedBy: 'MONTH' | 'DAY' | null
  /** The purchase that is being paid; null: none is. */
  readonly attempt: PurchaseId | null
  /** The month whose `spent` includes the attempt's price; null: none does. */
  readonly attemptMonth: string | null
  /** The day whose `boughtToday` includes the attempt; null: none does. */
  readonly attemptDay: string | null
  /** Declines in a row within the episode. */
  readonly failures: number
  /** When the next attempt begins; null: none is waiting. */
  readonly retryAt: Instant | null
  /** The last failure that has not been resolved since. */
  readonly lastFailure: string | null
  /** Why a payment of the team was lost, which PAUSED it; null: none was since it was set, or another reason did. */
  readonly loss: Loss | null
  /** The page on which the customer confirms the payment, while that is needed. */
  readonly actionUrl: string | null
  /** The consent to the present settings; null: they are from before consents were kept. */
  readonly mandate: Mandate | null
}

/** The state while a purchase is being paid. */
export const underWay = ({ actionUrl }: Pick<Recharge, 'actionUrl'>): RechargeState =>
  actionUrl === null ? 'CHARGING' : 'ACTION_REQUIRED'

/** No purchase is being paid, and none waits. */
export const idle = {
  attempt: null,
  attemptMonth: null,
  attemptDay: null,
  cappedBy: null,
  failures: 0,
  retryAt: null,
  actionUrl: null,
} as const

/** The counts of a day and a month that have just begun. */
export function nothingCounted(at: Instant, timeZone: string) {
  const day = calendarDay(at, timeZone).date
  return { day, boughtToday: 0, month: monthOf(day), spent: 0n, uncapped: 0n } as const
}

/**
 * The recharge at `at`: once its month is over, nothing is spent in the next one, and the old cap no longer applies; so
 * with its day. Days never run backwards, whatever happens to the time zone.
 */
export function rechargeAt(recharge: Recharge, at: Instant, timeZone: string): Recharge {
  const { day, month, spent, uncapped } = nothingCounted(at, timeZone)
  if (day <= recharge.day) return recharge
  const today = { ...recharge, day, boughtToday: 0 }
  const isCapped = recharge.state === 'CAPPED'
  if (month > recharge.month) return { ...(isCapped ? armed(today) : today), month, spent, uncapped }
  return isCapped && recharge.cappedBy === 'DAY' ? armed(today) : today
}

const armed = (recharge: Recharge): Recharge => ({ ...recharge, state: 'ARMED', cappedBy: null })
