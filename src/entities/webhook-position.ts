import { defineEntity, p } from '@mikro-orm/core'

/** How far an endpoint has received a team's sequence, and the failed attempts at the event behind it. */
export const WebhookPositionEntity = defineEntity({
  name: 'WebhookPosition',
  tableName: 'webhook_position',
  properties: {
    endpointId: p.bigint('number').primary(),
    teamId: p.text().primary(),
    revision: p.bigint('number'),
    number: p.integer(),
    attempts: p.integer().default(0),
    failingSince: p.datetime(3).nullable(),
    retryAt: p.datetime(3).nullable(),
    delivery: p.bigint('number').nullable(),
  },
})
