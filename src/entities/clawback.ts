import { defineEntity, p } from '@mikro-orm/core'

/** How much of a paid grant is taken back from a revision on, and whether it is frozen. Never updated, never deleted. */
export const ClawbackEntity = defineEntity({
  name: 'Clawback',
  tableName: 'clawback',
  properties: {
    teamId: p.text().primary(),
    grantId: p.bigint('number').primary(),
    revision: p.bigint('number').primary(),
    total: p.bigint(),
    frozen: p.boolean(),
    effectiveAt: p.datetime(3),
  },
})
