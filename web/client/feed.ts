import type { CreditsClientError } from './errors.ts'
import type { Line } from './line.ts'
import { tell, type Unsubscribe } from './listeners.ts'
import { Operation, type Step } from './operation.ts'

export type FeedListener<Value> = (value: Value) => unknown
export type FeedOptions = {
  /** It has ended and will not go on: the gateway refused it, or the client was closed. Without this, it is thrown away. */
  onError?: (error: CreditsClientError) => void
}

/** The treatment of a new value: deliver it, keep it in silence, or drop it. */
export type Admission = 'tell' | 'keep' | 'drop'

export type FeedSource<Value> = {
  readonly step: Step
  read(data: unknown): Value
  admit(value: Value, shown: Value | null): Admission
  /** Whether who comes later is told the present value. */
  greets(value: Value): boolean
}

/** Long enough for a page to take down one view and put up the next. */
const lingerMs = 1_000

/** One subscription that all its listeners share. It runs while there are any. */
export class Feed<Value> {
  readonly #line: Line
  readonly #source: FeedSource<Value>
  readonly #listeners = new Map<
    object,
    { listener: FeedListener<Value>; onError?: (error: CreditsClientError) => void }
  >()
  #operation: Operation | null = null
  #current: Value | null = null
  #linger: ReturnType<typeof setTimeout> | undefined

  constructor(line: Line, source: FeedSource<Value>) {
    this.#line = line
    this.#source = source
  }

  /** The latest value; null before the first, and when nobody listens any more. */
  get current(): Value | null {
    return this.#current
  }

  /** @throws {CreditsClientError} CLIENT_CLOSED */
  subscribe = (listener: FeedListener<Value>, { onError }: FeedOptions = {}): Unsubscribe => {
    const key = {}
    clearTimeout(this.#linger)
    if (this.#operation === null) this.#start()
    this.#listeners.set(key, { listener, onError })
    const present = this.#current
    if (present !== null && this.#source.greets(present)) {
      queueMicrotask(() => {
        if (this.#listeners.has(key) && this.#current === present) tell(listener, present)
      })
    }
    return () => {
      if (!this.#listeners.delete(key) || this.#listeners.size > 0) return
      this.#linger = setTimeout(() => this.#stop(), lingerMs)
    }
  }

  #start(): void {
    const operation = new Operation(this.#line, {
      step: () => this.#source.step,
      next: (data) => {
        this.#take(this.#source.read(data))
        return 'more'
      },
      over: (error) => this.#over(error),
    })
    operation.start()
    this.#operation = operation
  }

  #stop(): void {
    this.#operation?.stop()
    this.#operation = null
    this.#current = null
  }

  #take(value: Value): void {
    const admission = this.#source.admit(value, this.#current)
    if (admission === 'drop') return
    this.#current = value
    if (admission === 'tell') for (const { listener } of [...this.#listeners.values()]) tell(listener, value)
  }

  #over(error: CreditsClientError | null): void {
    clearTimeout(this.#linger)
    this.#operation = null
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    this.#current = null
    if (error === null) return
    for (const { onError } of listeners) tell(onError ?? unheard, error)
  }
}

export const unheard = (error: CreditsClientError): void =>
  console.error(`The credits client ended a subscription that has no onError. ${error.code}: ${error.message}`)
