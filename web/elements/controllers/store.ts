import { tell } from '../../client/listeners.ts'

/** The source that a view follows: the shape of React's `useSyncExternalStore`. A snapshot is the same object as long as nothing changed. */
export type Store<Snapshot> = {
  /** A controller reads and listens while somebody subscribes. */
  readonly subscribe: (changed: () => void) => () => void
  readonly getSnapshot: () => Snapshot
}

/** A store whose snapshot its owner sets. `start` runs for the first subscriber; what it returns runs after the last one. */
export class Cell<Snapshot extends object> implements Store<Snapshot> {
  readonly #listeners = new Set<() => void>()
  readonly #start: () => () => void
  #snapshot: Snapshot
  #stop: (() => void) | null = null

  constructor(first: Snapshot, start: () => () => void = () => () => undefined) {
    this.#snapshot = first
    this.#start = start
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    const listener = () => changed()
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#stop = this.#start()
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = null
    }
  }

  readonly getSnapshot = (): Snapshot => this.#snapshot

  set(changes: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes }
    for (const listener of [...this.#listeners]) tell(listener)
  }
}
