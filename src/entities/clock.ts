import { defineEntity, p } from '@mikro-orm/core'

/** The clock of the ledger: how far it is ahead of the database. One row. */
export const ClockEntity = defineEntity({
  name: 'Clock',
  tableName: 'clock',
  properties: {
    one: p.boolean().primary().default(true),
    ahead: p.type('interval').$type<string>().columnType('interval').defaultRaw("'00:00:00'"),
  },
})
