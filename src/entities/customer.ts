import { defineEntity } from '@mikro-orm/core'

/** Under which name Stripe knows a team. */
export const CustomerEntity = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: (p) => ({ teamId: p.string().primary(), id: p.string(), createdAt: p.datetime(3) }),
})
