import { defineEntity, type InferEntity } from '@mikro-orm/core'

/** What a plan deposits into a team, and through which period it has. */
export const AllowanceEntity = defineEntity({
  name: 'Allowance',
  tableName: 'allowance',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.string().primary(),
    planId: p.string(),
    cadence: p.string(),
    anchor: p.datetime(3),
    timeZone: p.string(),
    credits: p.bigint(),
    perSeat: p.boolean(),
    nextPeriod: p.integer(),
    nextAt: p.datetime(3),
    ended: p.boolean(),
  }),
})
export type AllowanceRow = InferEntity<typeof AllowanceEntity>
