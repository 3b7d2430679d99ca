import type { ClientState, CreditsClient, Unsubscribe } from '../../../web/client/index.ts'

/** Values that arrive one after another, for a test to wait for. */
export class Arrivals<Value> {
  readonly seen: Value[] = []
  #arrived: (() => void) | null = null
  #taken = 0

  take = (value: Value): void => {
    this.seen.push(value)
    this.#arrived?.()
  }

  /** The next value that was not returned yet. */
  async next(): Promise<Value> {
    for (;;) {
      const value = this.seen[this.#taken]
      if (value !== undefined) {
        this.#taken += 1
        return value
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
  }

  /** The first value that fits; earlier ones are skipped. */
  async until(fits: (value: Value) => boolean): Promise<Value> {
    for (;;) {
      const value = await this.next()
      if (fits(value)) return value
    }
  }
}

/** All states from now on, the present one first. */
export function statesOf(client: CreditsClient): Arrivals<ClientState> & { stop: Unsubscribe } {
  const arrivals = new Arrivals<ClientState>()
  arrivals.take(client.state)
  return Object.assign(arrivals, { stop: client.onState(arrivals.take) })
}

/** Resolves when the client is in that state. */
export async function untilState(client: CreditsClient, wanted: ClientState): Promise<void> {
  const states = statesOf(client)
  await states.until((state) => state === wanted)
  states.stop()
}
