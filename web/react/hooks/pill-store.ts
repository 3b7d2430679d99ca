'use client'
import {
  createPill,
  idlePill,
  type PillController,
  type PillOptions,
  type PillState,
} from '@credits-gateway/elements/controllers'

/** A pill that connects when it is first subscribed to, and closes after the last one: a server and a first render open nothing. */
export class PillStore {
  readonly #listeners = new Set<() => void>()
  readonly #options: PillOptions
  readonly #idle: PillState
  #pill: PillController | null = null

  constructor(options: PillOptions) {
    this.#options = options
    this.#idle = idlePill(options.initial ?? null, options.rate ?? null)
  }

  readonly getSnapshot = (): PillState => this.#pill?.getSnapshot() ?? this.#idle
  readonly getServerSnapshot = (): PillState => this.#idle

  readonly subscribe = (changed: () => void): (() => void) => {
    const listener = () => changed()
    this.#listeners.add(listener)
    if (this.#pill === null) this.#connect()
    return () => {
      this.#listeners.delete(listener)
      // Strict mode subscribes again at once.
      queueMicrotask(() => this.#listeners.size > 0 || this.#disconnect())
    }
  }

  /** The source of tokens has another one. */
  renew(): void {
    this.#pill?.renew(this.#options.token)
  }

  readonly dismiss = (noticeId: string): void => this.#pill?.dismiss(noticeId)

  #connect(): void {
    this.#pill = createPill(this.#options)
    this.#pill.subscribe(() => {
      for (const listener of [...this.#listeners]) listener()
    })
  }

  #disconnect(): void {
    this.#pill?.close()
    this.#pill = null
  }
}
