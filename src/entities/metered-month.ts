import { defineEntity } from '@mikro-orm/core'

/** A calendar month of metered usage, and how far it is written down what it cost. */
export const MeteredMonthEntity = defineEntity({
  name: 'MeteredMonth',
  tableName: 'metered_month',
  properties: (p) => ({
    month: p.string().primary(),
    startsAt: p.datetime(3),
    endsAt: p.datetime(3).nullable(),
    closedAt: p.datetime(3).nullable(),
    looked: p.string(),
    found: p.boolean(),
  }),
})
