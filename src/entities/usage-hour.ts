import { defineEntity, p } from '@mikro-orm/core'

/** The charges of one hour, by rate, member and currency (empty: in credits), up to the team's last checkpoint. */
export const UsageHourEntity = defineEntity({
  name: 'UsageHour',
  tableName: 'usage_hour',
  properties: {
    teamId: p.text().primary(),
    hour: p.datetime(3).primary(),
    rate: p.text().primary(),
    memberId: p.text().primary().default(''),
    currency: p.text().primary().default(''),
    credits: p.bigint(),
    count: p.bigint('number'),
    quantity: p.decimal('string'),
    money: p.decimal('string'),
  },
  indexes: [{ name: 'usage_hour_member', properties: ['teamId', 'memberId', 'hour'] }],
})
