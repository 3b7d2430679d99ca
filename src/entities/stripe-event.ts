import { defineEntity, p } from '@mikro-orm/core'

/** An event of Stripe that had an effect here; `object` is what it is about. */
export const StripeEventEntity = defineEntity({
  name: 'StripeEvent',
  tableName: 'stripe_event',
  properties: {
    id: p.text().primary(),
    type: p.text(),
    object: p.text(),
    createdAt: p.datetime(3),
    receivedAt: p.datetime(3),
  },
})
