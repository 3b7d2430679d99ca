import { defineEntity, p } from '@mikro-orm/core'

/** An address of a team, or with the team '' of the operator, that events are sent to. Its secrets are sealed. */
export const WebhookEndpointEntity = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    teamId: p.text(),
    url: p.text(),
    types: p.array(),
    selection: p.text().nullable(),
    secret: p.blob(),
    previousSecret: p.blob().nullable(),
    previousUntil: p.datetime(3).nullable(),
    publicKey: p.text(),
    createdAt: p.datetime(3),
    disabledAt: p.datetime(3).nullable(),
    deletedAt: p.datetime(3).nullable(),
    lastDeliveryAt: p.datetime(3).nullable(),
    lastFailure: p.text().nullable(),
  },
  indexes: [{ name: 'webhook_endpoint_team', properties: ['teamId', 'id'] }],
})
