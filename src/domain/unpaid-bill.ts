import type { Blocker } from './errors.ts'
import type { Instant } from './identity.ts'
import { isAtLeast, type Role } from './role.ts'

/** A metered bill that was sent and is not paid, as payments last told the ledger. */
export type UnpaidBill = {
  /** `2026-11` */
  readonly month: string
  readonly currency: string
  /** From this instant on, the bill is overdue. It never changes. */
  readonly overdueAt: Instant
  /** The page on which it is paid; null: Stripe has none. */
  readonly url: string | null
  /** How many attempts to collect it have failed. */
  readonly failures: number
  /** Whether the team was told that it is overdue. */
  readonly isAnnounced: boolean
}

/** When the next of the bills becomes overdue that the team was not told of; null: none does. */
export function nextOverdue(bills: readonly UnpaidBill[]): Instant | null {
  const next = Math.min(...bills.flatMap(({ isAnnounced, overdueAt }) => (isAnnounced ? [] : [overdueAt])))
  return Number.isFinite(next) ? next : null
}

/** Why usage in money is refused at this instant; null: no bill is overdue. Only admins are told where to pay. */
export function overdueBlocker(bills: readonly UnpaidBill[], role: Role, at: Instant): Blocker | null {
  const overdue = bills.find(({ overdueAt }) => overdueAt <= at)
  if (overdue === undefined) return null
  const { month, url } = overdue
  const remedy = isAtLeast(role, 'ADMIN')
    ? `pay it${url === null ? '' : ` at ${url}`} to go on`
    : 'ask an admin of your team to pay it'
  const message = `What is billed by the month is paused, because the bill for ${month} is overdue: ${remedy}`
  return { code: 'METERED_BILL_OVERDUE', message }
}

const paying = 'An admin finds its page among the bills of the team.'

export const openedInWords = ({ month }: Pick<UnpaidBill, 'month'>): string =>
  `The bill for usage in ${month} is ready. ${paying}`

export const failedInWords = ({ month }: Pick<UnpaidBill, 'month'>): string =>
  `The bill for usage in ${month} could not be collected. Pay it, or save another payment method. ${paying}`

export const overdueInWords = ({ month }: Pick<UnpaidBill, 'month'>): string =>
  `The bill for usage in ${month} is overdue. What is billed by the month is paused until it is paid. ${paying}`
