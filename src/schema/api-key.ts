import {
  createApiKey,
  operatorApiKeys,
  revokeApiKey,
  rotateApiKey,
  setAllowedAddresses,
  spaceOf,
  usualOverlapSeconds,
} from '../resolvers/api-keys.ts'
import { builder } from './builder.ts'
import { commandCost, costOfRows, pillTokenCost } from './costs.ts'
import { ScopeEnum, SpaceEnum } from './enums.ts'
import * as refs from './refs.ts'
import { resultUnion } from './result-union.ts'

refs.ApiKeyType.implement({
  interfaces: [refs.NodeType],
  fields: (t) => ({
    name: t.string({ resolve: ({ key }) => key.name }),
    prefix: t.string({ resolve: ({ key }) => key.prefix }),
    space: t.field({ type: SpaceEnum, resolve: ({ key }) => spaceOf(key) }),
    scopes: t.field({ type: [ScopeEnum], resolve: ({ key }) => key.scopes }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ key }) => key.createdAt }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ key }) => key.lastUsedAt,
    }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ key }) => key.expiresAt }),
    revokedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ key }) => key.revokedAt }),
    rotatedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ key }) => key.rotatedAt }),
    previousSecretUntil: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ key }) => key.previousSecretUntil,
    }),
    allowedAddresses: t.stringList({ nullable: true, resolve: ({ key }) => key.allowedAddresses }),
  }),
})

refs.CreatedApiKeyType.implement({
  fields: (t) => ({ key: t.expose('key', { type: refs.ApiKeyType }), secret: t.exposeString('secret') }),
})

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    scopes: t.field({ type: [ScopeEnum], required: true }),
    expiresAt: t.field({ type: 'DateTime' }),
    allowedAddresses: t.stringList(),
    teamId: t.id(),
    space: t.field({ type: SpaceEnum }),
  }),
})

const CreateApiKeyResult = resultUnion('CreateApiKeyResult')

const RevokeApiKeyResult = resultUnion('RevokeApiKeyResult')

const RotateApiKeyResult = resultUnion('RotateApiKeyResult')

const SetAllowedAddressesResult = resultUnion('SetAllowedAddressesResult')

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyResult,
    description: 'ADMIN (own team) or PLATFORM. The secret is shown once.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
    complexity: commandCost,
    resolve: createApiKey,
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyResult,
    args: { id: t.arg.id({ required: true }) },
    complexity: commandCost,
    resolve: revokeApiKey,
  }),
  rotateApiKey: t.field({
    type: RotateApiKeyResult,
    args: { id: t.arg.id({ required: true }), overlapSeconds: t.arg.int({ defaultValue: usualOverlapSeconds }) },
    // Each rotation leaves an audit record, and every gateway reads the key again.
    complexity: pillTokenCost,
    resolve: rotateApiKey,
  }),
  setAllowedAddresses: t.field({
    type: SetAllowedAddressesResult,
    args: { id: t.arg.id({ required: true }), addresses: t.arg.stringList() },
    complexity: pillTokenCost,
    resolve: setAllowedAddresses,
  }),
}))

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [refs.ApiKeyType],
    nullable: true,
    description:
      "PLATFORM: the operator's own keys, which have the scope PLATFORM, the newest first. Every live key is listed, and at least the newest 100 of those that have ended.",
    args: { space: t.arg({ type: SpaceEnum }) },
    complexity: costOfRows,
    resolve: operatorApiKeys,
  }),
)
