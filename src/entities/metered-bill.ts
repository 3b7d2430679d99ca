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
    carried: p.decimal('string').default('0'),
    carriedTo: p.text().nullable(),
    failures: p.integer().default(0),
    overdueAt: p.datetime(3).nullable(),
    facts: p.integer().default(0),
    told: p.integer().default(0),
  },
  indexes: [{ name: 'metered_bill_ask_at', properties: ['askAt'], where: 'ask_at is not null' }],
  uniques: [
    {
      name: 'metered_bill_carried',
      expression:
        "create unique index metered_bill_carried on metered_bill (team_id, currency) where state = 'CARRIED' and carried_to is null",
    },
  ],
})
