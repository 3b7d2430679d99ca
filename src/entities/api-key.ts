import { defineEntity } from '@mikro-orm/core'

/** A key of a team, or with the team '' of the operator. Of its secret there is the hash alone. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: (p) => ({
    teamId: p.string().primary(),
    id: p.integer().primary(),
    name: p.string(),
    prefix: p.string(),
    hash: p.blob(),
    scopes: p.array(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    lastUsedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  }),
})
