import { defineEntity, p } from '@mikro-orm/core'

/** A transaction that changes access holds this row to the end of its transaction, so that revocations become visible in the order of their numbers. */
export const AccessTurnEntity = defineEntity({
  name: 'AccessTurn',
  tableName: 'access_turn',
  properties: {
    one: p.boolean().primary().default(true),
    number: p.bigint('number').defaultRaw('0'),
  },
})
