import { ask, tokenFor } from './gateway.ts'
import { resultOf } from './operator.ts'

const creating = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) { __typename
  ... on CreatedApiKey { secret key { id prefix space } } ... on Error { message } } }`

export type SpaceKey = {
  readonly __typename: string
  readonly message?: string
  readonly secret: string
  readonly key: { readonly id: string; readonly prefix: string; readonly space: string }
}

/** `team` null: a key of the operator. */
export type SpaceKeyOptions = { team?: string | null; space?: 'PRODUCTION' | 'TEST'; scopes?: string[] }

/** A key that an admin of the team creates with a token of production. */
export async function spaceKey(
  url: string,
  { team = 'acme', space = 'TEST', scopes = ['BILLING'] }: SpaceKeyOptions = {},
): Promise<SpaceKey> {
  const input = { name: 'CI', scopes, space }
  const token = team === null ? await tokenFor() : await tokenFor({ team, role: 'ADMIN' })
  return resultOf<SpaceKey>(await ask(url, creating, { input }, token))
}
