import { type CreditsClient, createCreditsClient } from '../../client/index.ts'
import { SignedDocument, type SignedQuery } from './contract.ts'

/** Whose token the pages use, in this tab alone. */
const tokenKey = 'credits.token'

export type Session = { readonly client: CreditsClient; readonly token: string; readonly viewer: SignedQuery['viewer'] }

/** The visitor of the demo: a member of the demo team, or its operator. */
export type DemoVisitor = { readonly member: string; readonly role: 'viewer' | 'member' | 'admin' | 'platform' }

/** The gateway's answer about its demo, with a token for the visitor. */
export type DemoSession = { readonly token: string; readonly devClock: boolean; readonly testCards: boolean }

/** A session of the demo; null where this gateway signs nobody in: in production, or with an identity provider. */
export async function demoSession({ member, role }: DemoVisitor): Promise<DemoSession | null> {
  const response = await fetch(`/demo/session?${new URLSearchParams({ member, role })}`, { method: 'POST' })
  return response.ok ? ((await response.json()) as DemoSession) : null
}

export const keptToken = (): string | null => sessionStorage.getItem(tokenKey)

export function signOut(): void {
  sessionStorage.removeItem(tokenKey)
}

/**
 * A session with a token, which this tab keeps.
 *
 * @throws {CreditsClientError} where the gateway refuses the token; then it is not kept.
 */
export async function signIn(token: string): Promise<Session> {
  const client = createCreditsClient({ url: '/graphql', token })
  try {
    const { viewer } = await client.request(SignedDocument)
    sessionStorage.setItem(tokenKey, token)
    return { client, token, viewer }
  } catch (error) {
    client.close()
    if (keptToken() === token) signOut()
    throw error
  }
}
