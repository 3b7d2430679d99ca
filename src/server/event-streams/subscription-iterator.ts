import type { ExecutionResult } from 'graphql'
import type { Watcher } from '../../live/watcher.ts'
import type { MaskError } from '../operations/masking.ts'
import type { Subscription } from '../operations/shared-subscriptions.ts'

/** A result whose text is known already; Yoga asks `stringify` for it. */
type Rendered = ExecutionResult & { readonly stringify: () => string }

/** A subscription whose results are pulled one by one, as an event stream over HTTP does. Its failure is masked. */
export function iterateSubscription(subscription: Subscription, mask: MaskError): AsyncIterableIterator<Rendered> {
  const watcher = new PullingWatcher()
  const leave = subscription.join(watcher)
  return {
    async next() {
      try {
        return await watcher.next()
      } catch (error) {
        leave()
        throw mask(error)
      }
    },
    async return() {
      leave()
      watcher.end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

type Pull = { resolve(result: IteratorResult<Rendered>): void; reject(error: unknown): void }

class PullingWatcher implements Watcher {
  /** At most what came before the first pull. */
  readonly #unread: string[] = []
  readonly #waiting: ((free: boolean) => void)[] = []
  #pull: Pull | null = null
  #over: { readonly error: unknown } | null = null

  get free(): boolean {
    return this.#pull !== null
  }

  send(text: string): void {
    if (this.#pull === null) this.#unread.push(text)
    else this.#pull.resolve({ done: false, value: rendered(text) })
    this.#pull = null
  }

  async freed(): Promise<boolean> {
    if (this.free) return true
    if (this.#over !== null) return false
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  fail(error: unknown): void {
    this.#over = { error }
    this.#pull?.reject(error)
    this.#done()
  }

  end(): void {
    this.#over ??= { error: null }
    this.#pull?.resolve({ done: true, value: undefined })
    this.#done()
  }

  async next(): Promise<IteratorResult<Rendered>> {
    const unread = this.#unread.shift()
    if (unread !== undefined) return { done: false, value: rendered(unread) }
    if (this.#over !== null) {
      const { error } = this.#over
      this.#over = { error: null }
      if (error !== null) throw error
      return { done: true, value: undefined }
    }
    return new Promise((resolve, reject) => {
      this.#pull = { resolve, reject }
      for (const waiting of this.#waiting.splice(0)) waiting(true)
    })
  }

  #done(): void {
    this.#pull = null
    for (const waiting of this.#waiting.splice(0)) waiting(false)
  }
}

const rendered = (text: string): Rendered => ({ stringify: () => text })
