import type { Credits } from './amounts/credits.ts'
import type { Instant, Revision } from './identity.ts'

export const noticeTypes = [
  'BALANCE_LOW',
  'BALANCE_EXHAUSTED',
  'BALANCE_RECOVERED',
  'BALANCE_BELOW_LEVEL',
  'RECHARGE_SUCCEEDED',
  'RECHARGE_FAILED',
  'RECHARGE_CAPPED',
  'RECHARGE_ACTION_REQUIRED',
  'PAYMENT_UNDER_WAY',
  'PAYMENT_DUPLICATE_REFUNDED',
  'PLAN_CHANGED',
  'METERED_BILL_OPENED',
  'METERED_BILL_PAYMENT_FAILED',
  'METERED_BILL_OVERDUE',
  'WEBHOOK_DISABLED',
] as const
export type NoticeType = (typeof noticeTypes)[number]

/**
 * An event of a team that is not a movement of credits. Its place in the team's own order is (revision, number), after
 * the posting at that revision, whose number is 0.
 */
export type AccountNotice = {
  readonly revision: Revision
  readonly number: number
  readonly type: NoticeType
  readonly at: Instant
  readonly amount: Credits | null
  /** Why, for people; null: the type says it all. */
  readonly reason: string | null
}
