import { defineEntity, p } from '@mikro-orm/core'

/** Under which name Stripe knows a team. Each asking takes the next number; an answer counts unless a later one was told to the ledger. */
export const CustomerEntity = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    teamId: p.text().primary(),
    id: p.text().unique('customer_id_key'),
    createdAt: p.datetime(3),
    asks: p.bigint('number').defaultRaw('0'),
    told: p.bigint('number').defaultRaw('0'),
    followAfterCutOver: p.boolean().default(false),
  },
  indexes: [{ name: 'customer_follow_after_cut_over', properties: ['teamId'], where: 'follow_after_cut_over' }],
})
