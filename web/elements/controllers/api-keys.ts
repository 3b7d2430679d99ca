import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  type KeyFragment,
  RevokeApiKeyDocument,
  type Scope,
} from '../billing/contract.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { LiveReading, type Reading } from './reading.ts'
import { type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type ApiKey = KeyFragment
export type NewKey = { readonly name: string; readonly scope: Scope; readonly expiresAt: string | null }

export type ApiKeysController = Store<Reading<readonly ApiKey[]>> & {
  readonly retry: () => Promise<void>
  /** The secret is in this answer alone. */
  readonly create: (key: NewKey) => Promise<Outcome<{ readonly secret: string }>>
  readonly revoke: (id: string) => Promise<Outcome<unknown>>
}

/** A team's API keys, for its admins. */
export function createApiKeys(scope: TeamScope): ApiKeysController {
  const { client, teamId } = scope
  const reading = new LiveReading<readonly ApiKey[]>({
    scope,
    read: async (signal) => teamOf(await client.request(ApiKeysDocument, { teamId }, { signal })).apiKeys ?? [],
  })
  const keys = () => reading.getSnapshot().value ?? []
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    create: async ({ name, scope: wanted, expiresAt }) => {
      const outcome = await outcomeOf('CreatedApiKey', async () => {
        const input = { name, scopes: [wanted], expiresAt, teamId }
        return (await client.request(CreateApiKeyDocument, { input })).createApiKey
      })
      if (outcome.ok) reading.set([outcome.value.key, ...keys()])
      return outcome
    },
    revoke: async (id) => {
      const outcome = await outcomeOf(
        'ApiKey',
        async () => (await client.request(RevokeApiKeyDocument, { id })).revokeApiKey,
      )
      if (outcome.ok) reading.set(keys().map((key) => (key.id === id ? outcome.value : key)))
      return outcome
    },
  }
}
