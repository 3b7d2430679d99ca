import { defineEntity, p } from '@mikro-orm/core'

/**
 * Through when Stripe's list of events was read, by Stripe's clock, and the last time that it was read, by ours: what
 * Stripe has not delivered, and the whole list. One row.
 */
export const StripeCatchUpEntity = defineEntity({
  name: 'StripeCatchUp',
  tableName: 'stripe_catch_up',
  properties: {
    one: p.boolean().primary().default(true),
    through: p.datetime(3).nullable(),
    askedAt: p.datetime(3).defaultRaw("'-infinity'"),
    wholeThrough: p.datetime(3).nullable(),
    wholeAskedAt: p.datetime(3).defaultRaw("'-infinity'"),
  },
})
