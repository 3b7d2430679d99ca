import { defineEntity, p } from '@mikro-orm/core'

/** The space that the database is of. One row, or none before the first gateway opened it. */
export const SpaceEntity = defineEntity({
  name: 'Space',
  tableName: 'space',
  properties: {
    one: p.boolean().primary().default(true),
    name: p.text(),
  },
})
