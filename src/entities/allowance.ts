import { defineEntity, p } from '@mikro-orm/core'
import type { StoredTotal } from './json/stored.ts'

/** An allowance of a plan or a contract, and the last period that it has deposited. */
export const AllowanceEntity = defineEntity({
  name: 'Allowance',
  tableName: 'allowance',
  properties: {
    teamId: p.text().primary(),
    id: p.text().primary(),
    kind: p.text().default('INCLUDED'),
    planId: p.text().nullable(),
    reference: p.text().nullable(),
    cadence: p.text(),
    anchor: p.datetime(3),
    timeZone: p.text(),
    credits: p.bigint(),
    perSeat: p.boolean(),
    rollover: p.text().default('none'),
    firstPeriod: p.integer().default(0),
    nextPeriod: p.integer(),
    nextAt: p.datetime(3),
    endsAt: p.datetime(3).nullable(),
    ended: p.boolean().default(false),
    creditLine: p.bigint().nullable(),
    total: p.json<StoredTotal>().nullable(),
  },
})
