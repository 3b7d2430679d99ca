import type { AccountEvent, CreditsClientError } from '../../client/index.ts'
import { onEvent, type TeamScope } from './scope.ts'
import { Cell, type Store } from './store.ts'

/** The state of a part of the page. While it is read again, the value stays. */
export type Reading<Value> =
  | { readonly phase: 'loading'; readonly value: null; readonly error: null }
  | { readonly phase: 'ready'; readonly value: Value; readonly error: CreditsClientError | null }
  | { readonly phase: 'failed' | 'forbidden'; readonly value: null; readonly error: CreditsClientError }

export type ReadingOptions<Value> = {
  readonly scope: TeamScope
  readonly read: (signal: AbortSignal) => Promise<Value>
  /** Which events make it read again. Absent: none. */
  readonly follows?: (event: AccountEvent) => boolean
  /** Whether the value is about to change without an event, so that it is read again a few times. */
  readonly isUnsettled?: (value: Value) => boolean
}

/** So often at most it is read again because of events. */
const minIntervalMs = 1_000
const unsettledMs = 2_000
const maxUnsettledReads = 20

/** A value of the API that is read when somebody looks, and again after events. The latest request wins. */
export class LiveReading<Value> implements Store<Reading<Value>> {
  readonly #options: ReadingOptions<Value>
  readonly #cell: Cell<Reading<Value>>
  #running: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #readAt = 0
  #unsettledReads = 0

  constructor(options: ReadingOptions<Value>) {
    this.#options = options
    this.#cell = new Cell<Reading<Value>>({ phase: 'loading', value: null, error: null }, () => this.#start())
  }

  subscribe = (changed: () => void) => this.#cell.subscribe(changed)
  getSnapshot = () => this.#cell.getSnapshot()

  /** Puts a value in place that a mutation answered with. */
  set(value: Value): void {
    this.#cell.set({ phase: 'ready', value, error: null })
  }

  /** For a retry by hand: shows that it loads. */
  retry = (): Promise<void> => {
    if (this.getSnapshot().value === null) this.#cell.set({ phase: 'loading', value: null, error: null })
    return this.read()
  }

  read = async (): Promise<void> => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.#readAt = Date.now()
    try {
      const value = await this.#options.read(running.signal)
      if (this.#running !== running) return
      this.set(value)
      this.#readUntilSettled(value)
    } catch (thrown) {
      if (this.#running === running && !running.signal.aborted) this.#fail(thrown as CreditsClientError)
    }
  }

  #fail(error: CreditsClientError): void {
    const { value } = this.getSnapshot()
    if (error.code === 'FORBIDDEN') this.#cell.set({ phase: 'forbidden', value: null, error })
    else if (value !== null) this.#cell.set({ phase: 'ready', value, error })
    else this.#cell.set({ phase: 'failed', value: null, error })
  }

  #readUntilSettled(value: Value): void {
    const { isUnsettled = () => false } = this.#options
    if (!isUnsettled(value)) this.#unsettledReads = 0
    else if (this.#unsettledReads < maxUnsettledReads) {
      this.#unsettledReads += 1
      this.#timer = setTimeout(() => this.read(), unsettledMs)
    }
  }

  #start(): () => void {
    const { scope, follows } = this.#options
    const stop = follows
      ? onEvent(scope, (event) => {
          if (event === null || follows(event)) this.#soon()
        })
      : () => undefined
    this.read()
    return () => {
      stop()
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#running?.abort()
    }
  }

  #soon(): void {
    const waitMs = Math.max(0, this.#readAt + minIntervalMs - Date.now())
    this.#timer ??= setTimeout(() => this.read(), waitMs)
  }
}
