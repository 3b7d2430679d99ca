import { type Client, createClient } from 'graphql-ws'
import { type Caller, tokenFor } from './gateway.ts'

export type Result<Data> = {
  data?: Data | null
  errors?: readonly { message: string; extensions?: { code?: string } }[]
}

/** The stock client of graphql-ws; it does not come back by itself unless told to. */
export function connect(
  url: string,
  caller: Caller = {},
  options: Partial<Parameters<typeof createClient>[0]> = {},
): Client {
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await tokenFor(caller)}` }),
    retryAttempts: 0,
    ...options,
  })
}

/** Watches one subscription: each `next` is what came next, in order. */
export class Watch<Data> {
  readonly seen: Data[] = []
  readonly #results: AsyncIterator<Result<Data>>

  constructor(client: Client, query: string, variables: Record<string, unknown> = {}) {
    this.#results = client.iterate<Data>({ query, variables }) as AsyncIterator<Result<Data>>
  }

  async next(): Promise<Data> {
    const { value, done } = await this.#results.next()
    if (done) throw new Error('The subscription has ended')
    if (value.errors || value.data == null) throw new Error(JSON.stringify(value.errors))
    this.seen.push(value.data)
    return value.data
  }

  /** The first that fits; what comes before is passed over. */
  async until(fits: (data: Data) => boolean): Promise<Data> {
    for (;;) {
      const data = await this.next()
      if (fits(data)) return data
    }
  }

  async end(): Promise<void> {
    await this.#results.return?.()
  }
}
