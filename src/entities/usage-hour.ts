import { defineEntity } from '@mikro-orm/core'

/** What was charged in one hour, by rate, member and currency (empty: in credits), up to the team's last checkpoint. */
export const UsageHourEntity = defineEntity({
  name: 'UsageHour',
  tableName: 'usage_hour',
  properties: (p) => ({
    teamId: p.string().primary(),
    hour: p.datetime(3).primary(),
    rate: p.string().primary(),
    memberId: p.string().primary(),
    currency: p.string().primary(),
    credits: p.bigint(),
    count: p.bigint('number'),
    quantity: p.decimal('string'),
    money: p.decimal('string'),
  }),
})
