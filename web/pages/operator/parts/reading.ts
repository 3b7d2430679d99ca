import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { CreditsClientError } from '../../../client/index.ts'

type Read<Value> = (signal: AbortSignal) => Promise<Value>

/** A value that a part reads from the gateway. The newest `load` counts; the value stays while it is read again. */
export class Reading<Value> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #read: Read<Value>
  #current: AbortController | null = null
  value: Value | null = null
  error: CreditsClientError | null = null

  constructor(host: ReactiveControllerHost, read: Read<Value>) {
    this.#host = host
    this.#read = read
    host.addController(this)
  }

  get isLoading(): boolean {
    return this.#current !== null
  }

  /** Forgets the value: the next one is about something else. */
  clear(): void {
    this.value = null
    this.error = null
  }

  async load(): Promise<void> {
    this.#current?.abort()
    const current = new AbortController()
    this.#current = current
    this.#host.requestUpdate()
    try {
      const value = await this.#read(current.signal)
      if (this.#current !== current) return
      this.value = value
      this.error = null
    } catch (thrown) {
      if (this.#current !== current) return
      this.error = errorOf(thrown)
    }
    this.#current = null
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#current?.abort()
    this.#current = null
  }
}

export const errorOf = (thrown: unknown): CreditsClientError =>
  thrown instanceof CreditsClientError
    ? thrown
    : new CreditsClientError('PROTOCOL', thrown instanceof Error ? thrown.message : String(thrown))

/** Checks a field that is null only with an error, which `request` throws. */
export function present<Value>(value: Value | null): Value {
  if (value === null) throw new CreditsClientError('NOT_FOUND', 'The gateway has nothing of this name')
  return value
}
