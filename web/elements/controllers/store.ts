import { tell, type Unsubscribe } from '../../client/listeners.ts'

/** A value that any framework can follow: `useSyncExternalStore`, a ref, a Svelte store. Each change is another object. */
export class Store<State extends object> {
  readonly #listeners = new Set<() => void>()
  #state: State

  constructor(state: State) {
    this.#state = state
  }

  readonly getSnapshot = (): State => this.#state

  /** Hears of each change from now on. */
  readonly subscribe = (changed: () => void): Unsubscribe => {
    const listener = () => changed()
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of [...this.#listeners]) tell(listener)
  }
}
