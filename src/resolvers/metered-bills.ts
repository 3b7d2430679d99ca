import { requireRole } from '../access/viewer.ts'
import type { Money } from '../domain/amounts/money.ts'
import type { Instant } from '../domain/identity.ts'
import { type ListedBill, readBills } from '../payments/metered-bill-rows.ts'
import type { GatewayContext } from './request/context.ts'
import { readSnapshot } from './request/reading.ts'
import type { TeamView } from './request/results.ts'

export const meteredBillStates = [
  'DUE',
  'CARRIED',
  'OPEN',
  'OVERDUE',
  'PAID',
  'VOID',
  'UNCOLLECTIBLE',
  'REFUNDED',
] as const

/** `at`: the instant at which the bill is seen. */
export type MeteredBillView = { readonly bill: ListedBill; readonly at: Instant }

/** The newest bills of the team for metered usage: they lead to invoices, so only admins see them. */
export async function teamMeteredBills(
  { account: { teamId }, at }: TeamView,
  _: unknown,
  context: GatewayContext,
): Promise<MeteredBillView[]> {
  requireRole(context.viewer, 'ADMIN')
  const bills = await readSnapshot(context, (client) => readBills(client, teamId))
  return bills.map((bill) => ({ bill, at }))
}

/** Whether an open bill is overdue follows from the instant alone. */
export function billState({ bill: { state, overdueAt }, at }: MeteredBillView): (typeof meteredBillStates)[number] {
  if (state === 'NOTHING') return 'PAID'
  return state === 'OPEN' && overdueAt !== null && overdueAt <= at ? 'OVERDUE' : state
}

export const billAmount = ({ bill: { amount, currency } }: MeteredBillView): Money => ({ amount, currency })

export const billCarried = ({ bill: { carried, currency } }: MeteredBillView): Money => ({ amount: carried, currency })

export const billTotal = ({ bill: { amount, carried, currency } }: MeteredBillView): Money => ({
  amount: amount + carried,
  currency,
})
