import { defineEntity } from '@mikro-orm/core'

/** An event of Stripe that had an effect here; `object` is what it is about. */
export const StripeEventEntity = defineEntity({
  name: 'StripeEvent',
  tableName: 'stripe_event',
  properties: (p) => ({
    id: p.string().primary(),
    type: p.string(),
    object: p.string(),
    createdAt: p.datetime(3),
    receivedAt: p.datetime(3),
  }),
})
