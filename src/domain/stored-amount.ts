import type { Decimal } from './decimal.ts'
import type { Instant } from './identity.ts'

/** What a team keeps stored at a rate that counts by the day. The day ends at midnight in the catalog's time zone. */
export type StoredAmount = {
  readonly rate: string
  /** In micro-units (of a GB). */
  readonly amount: Decimal
  readonly changedAt: Instant
  /** Micro-units × milliseconds of the running day, up to `changedAt`. */
  readonly accrued: bigint
  readonly dayEndsAt: Instant
}

/** When what has accrued is charged next; null: nothing is stored and nothing has accrued. */
export const nextAccrual = ({ amount, accrued, dayEndsAt }: StoredAmount): Instant | null =>
  amount > 0n || accrued > 0n ? dayEndsAt : null
