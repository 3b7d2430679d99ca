import { type CreditsClient, createCreditsClient } from '../../client/index.ts'

type Access = { readonly endpoint: string; readonly token: string; readonly teamId: string | undefined }
type Shared = { readonly client: CreditsClient; users: number }

const clients = new Map<string, Shared>()

/** A client that all elements with the same access share; it is closed when the last one releases it. */
export function clientFor({ endpoint, token, teamId }: Access): { client: CreditsClient; release: () => void } {
  const key = JSON.stringify([endpoint, token, teamId])
  const url = new URL('/graphql', endpoint).href
  const shared = clients.get(key) ?? { client: createCreditsClient({ url, token, teamId }), users: 0 }
  clients.set(key, shared)
  shared.users += 1
  let released = false
  return {
    client: shared.client,
    release() {
      if (released) return
      released = true
      shared.users -= 1
      if (shared.users > 0) return
      clients.delete(key)
      shared.client.close()
    },
  }
}
