import { defineEntity, p } from '@mikro-orm/core'

/** An invoice of which something was given back: a plan's cycle, units, or a bill for metered usage. */
export const ReversedInvoiceEntity = defineEntity({
  name: 'ReversedInvoice',
  tableName: 'reversed_invoice',
  properties: {
    teamId: p.text().primary(),
    invoice: p.text().primary(),
    total: p.bigint(),
    currency: p.text(),
    reversals: p.json<{ id: string; amount: string; effect: string }[]>().default('[]'),
    facts: p.integer().default(0),
    posted: p.integer().default(0),
    askAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'reversed_invoice_ask_at', properties: ['askAt'], where: 'ask_at is not null' }],
})
