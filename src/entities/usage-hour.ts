import { defineEntity, type InferEntity } from '@mikro-orm/core'

/** Charged credits of one hour, by rate and member, up to the team's last checkpoint. */
export const UsageHourEntity = defineEntity({
  name: 'UsageHour',
  tableName: 'usage_hour',
  properties: (p) => ({
    teamId: p.string().primary(),
    hour: p.datetime(3).primary(),
    rate: p.string().primary(),
    memberId: p.string().primary(),
    credits: p.bigint(),
    count: p.bigint('number'),
  }),
})
export type UsageHourRow = InferEntity<typeof UsageHourEntity>
