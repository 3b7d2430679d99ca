import { defineEntity, p } from '@mikro-orm/core'

/** The amount that a team stores at a daily rate, and the part of the running day that has accrued. */
export const StoredAmountEntity = defineEntity({
  name: 'StoredAmount',
  tableName: 'stored_amount',
  properties: {
    teamId: p.text().primary(),
    rate: p.text().primary(),
    amount: p.bigint(),
    changedAt: p.datetime(3),
    accrued: p.decimal('string'),
    dayEndsAt: p.datetime(3),
  },
})
