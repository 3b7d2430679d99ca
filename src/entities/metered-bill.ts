import { defineEntity } from '@mikro-orm/core'

/** What a team owes for a month of metered usage, and its invoice. */
export const MeteredBillEntity = defineEntity({
  name: 'MeteredBill',
  tableName: 'metered_bill',
  properties: (p) => ({
    teamId: p.string().primary(),
    month: p.string().primary(),
    currency: p.string().primary(),
    amount: p.decimal('string'),
    lines: p.json<{ rate: string; name: string; counted: string | null; quantity: string; amount: string }[]>(),
    state: p.string(),
    createdAt: p.datetime(3),
    customer: p.string().nullable(),
    collection: p.string().nullable(),
    paymentMethod: p.string().nullable(),
    askedAt: p.datetime(3).nullable(),
    invoice: p.string().nullable(),
    invoiceUrl: p.string().nullable(),
    asks: p.integer(),
    askAt: p.datetime(3).nullable(),
  }),
})
