import { defineEntity, p } from '@mikro-orm/core'

/** One task that a single process does for all; a holder that falls silent loses it by the clock of the database. */
export const LeaseEntity = defineEntity({
  name: 'Lease',
  tableName: 'lease',
  properties: {
    name: p.text().primary(),
    holder: p.uuid().nullable(),
    until: p.datetime(6).defaultRaw("'-infinity'"),
  },
})
