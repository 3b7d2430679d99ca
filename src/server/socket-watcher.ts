import type { Watcher } from '../live/watcher.ts'
import type { Line } from './line.ts'

/** A subscription of a socket: the same text as for all others, behind the id that its client gave it. */
export class SocketWatcher implements Watcher {
  readonly #line: Line
  readonly #id: string
  readonly #failed: (error: unknown) => void
  #leave: (() => void) | null = null

  /** `failed` hears once that the stream can't go on. */
  constructor(line: Line, id: string, failed: (error: unknown) => void) {
    this.#line = line
    this.#id = JSON.stringify(id)
    this.#failed = failed
  }

  watch(join: (watcher: Watcher) => () => void): void {
    this.#leave = join(this)
  }

  leave(): void {
    this.#leave?.()
  }

  get free(): boolean {
    return this.#line.free
  }

  send(text: string): void {
    this.#line.send(`{"id":${this.#id},"type":"next","payload":${text}}`)
  }

  freed(): Promise<boolean> {
    return this.#line.freed()
  }

  fail(error: unknown): void {
    this.#failed(error)
  }
}
