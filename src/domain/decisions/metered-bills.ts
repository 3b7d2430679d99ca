import type { Instant } from '../identity.ts'
import { failedInWords, openedInWords, overdueInWords, type UnpaidBill } from '../unpaid-bill.ts'
import type { FollowBills } from './command.ts'
import type { Draft } from './draft.ts'

/** The unpaid bills of the team are these now. The team is told of a new one, and of attempts to collect that failed. */
export function follow(draft: Draft, { unpaid }: FollowBills, at: Instant): void {
  const before = draft.setting('unpaidBills')
  const bills = unpaid.map((bill): UnpaidBill => {
    const known = before.find(({ month, currency }) => month === bill.month && currency === bill.currency)
    if (known === undefined) draft.notice('METERED_BILL_OPENED', at, { reason: openedInWords(bill) })
    const failures = Math.max(bill.failures, known?.failures ?? 0)
    if (failures > (known?.failures ?? 0)) {
      draft.notice('METERED_BILL_PAYMENT_FAILED', at, { reason: failedInWords(bill) })
    }
    return { ...bill, failures, isAnnounced: known?.isAnnounced ?? false }
  })
  if (!isSame(before, bills)) draft.set({ unpaidBills: bills })
  announceOverdue(draft, at)
}

const isSame = (one: readonly UnpaidBill[], other: readonly UnpaidBill[]): boolean =>
  one.length === other.length && one.every((bill, index) => keyOf(bill) === keyOf(other[index]))

const keyOf = (bill: UnpaidBill | undefined) =>
  bill && [bill.month, bill.currency, bill.overdueAt, bill.url, bill.failures, bill.isAnnounced].join(' ')

/** Tells the team of each bill that has become overdue by this instant, once. */
export function announceOverdue(draft: Draft, at: Instant): void {
  const bills = draft.setting('unpaidBills')
  const news = bills.filter(({ overdueAt, isAnnounced }) => overdueAt <= at && !isAnnounced)
  if (news.length === 0) return
  draft.passTime(at)
  for (const bill of news) draft.notice('METERED_BILL_OVERDUE', at, { reason: overdueInWords(bill) })
  draft.set({ unpaidBills: bills.map((bill) => (news.includes(bill) ? { ...bill, isAnnounced: true } : bill)) })
}
