import { defineEntity, p } from '@mikro-orm/core'

/** What a team keeps stored at a rate by the day, and what of the running day has accrued. */
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
