import { defineEntity, p } from '@mikro-orm/core'

/** One event sent to one endpoint, with its latest attempt. Kept for 30 days. */
export const WebhookDeliveryEntity = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_delivery',
  properties: {
    number: p.bigint('number').primary().generated('identity'),
    endpointId: p.bigint('number'),
    teamId: p.text(),
    revision: p.bigint('number').nullable(),
    place: p.integer().nullable(),
    type: p.text(),
    attempts: p.integer(),
    delivered: p.boolean(),
    status: p.integer().nullable(),
    latencyMs: p.integer().nullable(),
    answer: p.text().nullable(),
    failure: p.text().nullable(),
    at: p.datetime(3),
    nextAttemptAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'webhook_delivery_endpoint', properties: ['endpointId', 'number'] }],
})
