import { defineEntity, p } from '@mikro-orm/core'

/** A secret of an API key before its present one: its hash, and until when it is accepted. */
export const ApiKeyPreviousSecretEntity = defineEntity({
  name: 'ApiKeyPreviousSecret',
  tableName: 'api_key_previous_secret',
  indexes: [{ name: 'api_key_previous_secret_key', properties: ['teamId', 'keyId'] }],
  properties: {
    hash: p.blob().primary(),
    teamId: p.text(),
    keyId: p.integer(),
    until: p.datetime(3),
  },
})
