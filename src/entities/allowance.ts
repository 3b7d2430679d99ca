import { defineEntity } from '@mikro-orm/core'
import type { StoredTotal } from '../domain/stored.ts'

/** What a plan or a contract deposits into a team, and through which period it has. */
export const AllowanceEntity = defineEntity({
  name: 'Allowance',
  tableName: 'allowance',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.string().primary(),
    kind: p.string(),
    planId: p.string().nullable(),
    reference: p.string().nullable(),
    cadence: p.string(),
    anchor: p.datetime(3),
    timeZone: p.string(),
    credits: p.bigint(),
    perSeat: p.boolean(),
    rollover: p.string(),
    firstPeriod: p.integer(),
    nextPeriod: p.integer(),
    nextAt: p.datetime(3),
    endsAt: p.datetime(3).nullable(),
    ended: p.boolean(),
    total: p.json<StoredTotal>().nullable(),
  }),
})
