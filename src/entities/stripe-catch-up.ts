import { defineEntity, p } from '@mikro-orm/core'

/** The end of what was read of Stripe's list of events, by Stripe's clock, and the last time that it was read, by ours. One row. */
export const StripeCatchUpEntity = defineEntity({
  name: 'StripeCatchUp',
  tableName: 'stripe_catch_up',
  properties: {
    one: p.boolean().primary().default(true),
    through: p.datetime(3).nullable(),
    askedAt: p.datetime(3).defaultRaw("'-infinity'"),
  },
})
