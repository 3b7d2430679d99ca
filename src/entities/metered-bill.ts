import { defineEntity, p } from '@mikro-orm/core'

/** The money that a team owes for a month of metered usage, and its invoice. */
export const MeteredBillEntity = defineEntity({
  name: 'MeteredBill',
  tableName: 'metered_bill',
  properties: {
    teamId: p.text().primary(),
    month: p.text().primary(),
    currency: p.text().primary(),
    amount: p.decimal('string'),
    lines: p.json<{ rate: string; name: string; counted: string | null; quantity: string; amount: string }[]>(),
    state: p.text(),
    createdAt: p.datetime(3),
    customer: p.text().nullable(),
    collection: p.text().nullable(),
    paymentMethod: p.text().nullable(),
    askedAt: p.datetime(3).nullable(),
    invoice: p.text().nullable().unique('metered_bill_invoice_key'),
    invoiceUrl: p.text().nullable(),
    asks: p.integer().default(0),
    askAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'metered_bill_ask_at', properties: ['askAt'], where: 'ask_at is not null' }],
})
