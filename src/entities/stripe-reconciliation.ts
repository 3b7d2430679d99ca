import { defineEntity, p } from '@mikro-orm/core'

/** When payments were last compared with purchases, and the differences. One row. */
export const StripeReconciliationEntity = defineEntity({
  name: 'StripeReconciliation',
  tableName: 'stripe_reconciliation',
  properties: {
    one: p.boolean().primary().default(true),
    askedAt: p.datetime(3).defaultRaw('ledger_now()'),
    doneAt: p.datetime(3).nullable(),
    differences: p.json<object[]>().default('[]'),
  },
})
