import { defineEntity, p } from '@mikro-orm/core'

/** A key of a team, or with the team '' of the operator. Of its secret there is the hash alone. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    teamId: p.text().primary(),
    id: p.integer().primary(),
    name: p.text(),
    prefix: p.text().unique('api_key_prefix_key'),
    hash: p.blob().unique('api_key_hash_key'),
    scopes: p.array(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    rotatedAt: p.datetime(3).nullable(),
    changedAt: p.datetime(3).nullable(),
    allowedAddresses: p.array().nullable(),
  },
})
