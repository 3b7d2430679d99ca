import { expect, test } from 'vitest'
import { standingOf } from '../../../web/elements/controllers/bills.ts'

const money = { amount: '4.8', currency: 'EUR' }
const bill = { month: '2030-03', carried: money, carriedTo: null, total: money, invoiceUrl: 'https://pay.example' }
const overdueAt = '2030-04-15T00:00:00.000Z'
const [before, after] = [Date.parse('2030-04-14T00:00:00Z'), Date.parse(overdueAt)]

test.each([
  ['OPEN', before, true, false],
  ['OVERDUE', after, true, true],
  ['UNCOLLECTIBLE', before, false, false],
  ['UNCOLLECTIBLE', after, true, true],
  ['PAID', after, false, false],
  ['VOID', after, false, false],
  ['CARRIED', after, false, false],
] as const)('a bill that is %s at %d is unpaid: %s, and overdue: %s', (state, now, isUnpaid, isOverdue) => {
  expect(standingOf({ ...bill, state, overdueAt }, now)).toEqual({ isUnpaid, isOverdue })
})
