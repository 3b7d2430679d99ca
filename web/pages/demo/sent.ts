import type { CreditsClient } from '../../client/index.ts'

/** An operation that was sent, as a developer wants to see it. */
export type Sent = {
  readonly name: string
  readonly document: string
  readonly variables: object
  readonly answer: unknown
  readonly ms: number
}

/** The client, which also tells what it sends. */
export function telling(client: CreditsClient, tell: (sent: Sent) => void): CreditsClient['request'] {
  return async (document, ...rest) => {
    const begun = performance.now()
    const answer = await client.request(document, ...rest)
    const text = String(document).trim()
    const name = /^\w+ (\w+)/.exec(text)?.[1] ?? 'Query'
    tell({ name, document: text, variables: rest[0] ?? {}, answer, ms: Math.round(performance.now() - begun) })
    return answer
  }
}
