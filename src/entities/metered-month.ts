import { defineEntity, p } from '@mikro-orm/core'

/** A calendar month of metered usage, and how far it is written down what it cost. */
export const MeteredMonthEntity = defineEntity({
  name: 'MeteredMonth',
  tableName: 'metered_month',
  properties: {
    month: p.text().primary(),
    startsAt: p.datetime(3),
    endsAt: p.datetime(3).nullable(),
    closedAt: p.datetime(3).nullable(),
    looked: p.text().default(''),
    found: p.boolean().default(false),
  },
  indexes: [{ name: 'metered_month_unfound', properties: ['month'], where: 'not found' }],
  uniques: [
    {
      name: 'metered_month_running',
      expression:
        'create unique index metered_month_running on metered_month ((ends_at is null)) where ends_at is null',
    },
  ],
})
