import type { Client } from 'graphql-ws'
import { ask } from './gateway.ts'
import { resultOf } from './operator.ts'
import { connect } from './watching.ts'

export type Key = { readonly id: string; readonly secret: string }

/** A key of the team that may spend. */
export async function newKey(url: string, team: string): Promise<Key> {
  const text = `mutation ($team: ID!) { result: createApiKey(input: { name: "Partner", scopes: [SPEND], teamId: $team }) {
    ... on CreatedApiKey { secret key { id } } } }`
  const { secret, key } = resultOf<{ secret: string; key: { id: string } }>(await ask(url, text, { team }))
  return { id: key.id, secret }
}

export async function revokeKey(url: string, { id }: Key): Promise<void> {
  const text = 'mutation ($id: ID!) { result: revokeApiKey(id: $id) { __typename } }'
  const { __typename } = resultOf<{ __typename: string }>(await ask(url, text, { id }))
  if (__typename !== 'ApiKey') throw new Error(`The key was not revoked: ${__typename}`)
}

/** Revokes tokens. Returns the instant from which new ones are accepted. */
export async function revokeTokens(
  url: string,
  input: { memberId?: string; teamId?: string },
  token?: string,
): Promise<number> {
  const text =
    'mutation ($input: RevokeTokensInput!) { result: revokeTokens(input: $input) { ... on RevokedTokens { issuedBefore } } }'
  const { issuedBefore } = resultOf<{ issuedBefore: string }>(await ask(url, text, { input }, token))
  return Date.parse(issuedBefore)
}

/** The status of a request with the credential; the request needs nothing from the database. */
export async function status(url: string, credential: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
    body: JSON.stringify({ query: '{ viewer { role } }' }),
  })
  await response.text()
  return response.status
}

export type Closed = { readonly code: number; readonly reason: string }

/** A client that connects with a credential, and its first close. */
export function connectBy(url: string, credential: string): { client: Client; closed: Promise<Closed> } {
  let onClosed: (closed: Closed) => void = () => undefined
  const closed = new Promise<Closed>((resolve) => {
    onClosed = resolve
  })
  const on = { closed: (event: unknown) => onClosed(event as Closed) }
  return { client: connect(url, {}, { connectionParams: { authorization: `Bearer ${credential}` }, on }), closed }
}
