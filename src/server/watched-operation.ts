import type { Watcher } from '../live/watcher.ts'
import type { Line } from './line.ts'
import type { Subscription } from './subscriptions.ts'

const over: IteratorResult<never> = { done: true, value: undefined }

/**
 * A subscription on a socket. Its results go to the line as they are; to graphql-ws, which would serialise each for each
 * socket, it is an iterator that yields nothing and ends when it is over.
 */
export class WatchedOperation implements Watcher, AsyncIterableIterator<never> {
  readonly #line: Line
  readonly #head: string
  readonly #leave: () => void
  #end: ((error: unknown) => void) | null = null
  #over: { readonly error: unknown } | null = null

  constructor(line: Line, id: string, subscription: Subscription) {
    this.#line = line
    this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`
    this.#leave = subscription.join(this)
  }

  get free(): boolean {
    return this.#line.free
  }

  send(text: string): void {
    this.#line.send(`${this.#head}${text}}`)
  }

  freed(): Promise<boolean> {
    return this.#line.freed()
  }

  fail(error: unknown): void {
    this.#over ??= { error }
    this.#end?.(error)
  }

  async next(): Promise<IteratorResult<never>> {
    const error = this.#over?.error ?? (this.#over ? null : await this.#ended())
    if (error !== null) throw error
    return over
  }

  async return(): Promise<IteratorResult<never>> {
    this.#leave()
    this.fail(null)
    return over
  }

  #ended(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#end = resolve
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
