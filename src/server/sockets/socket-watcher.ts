import type { Watcher } from '../../live/watcher.ts'
import type { Operation, Socket } from './socket.ts'

/** Ends an operation whose stream can't go on. */
export type Refuse = (socket: Socket, id: string, operation: Operation, error: unknown) => void

/** A subscription of a socket: the same text as for all others, behind the id that its client gave it. */
export class SocketWatcher implements Watcher {
  readonly #socket: Socket
  readonly #id: string
  readonly #operation: Operation
  readonly #refuse: Refuse
  #leave: (() => void) | null = null

  constructor(socket: Socket, id: string, operation: Operation, refuse: Refuse) {
    this.#socket = socket
    this.#id = id
    this.#operation = operation
    this.#refuse = refuse
  }

  watch(join: (watcher: Watcher) => () => void): void {
    this.#leave = join(this)
  }

  leave(): void {
    this.#leave?.()
  }

  get free(): boolean {
    return this.#socket.line.free
  }

  send(text: string): void {
    this.#socket.line.send(`{"id":${JSON.stringify(this.#id)},"type":"next","payload":`, text, '}')
  }

  freed(): Promise<boolean> {
    return this.#socket.line.freed()
  }

  fail(error: unknown): void {
    this.#refuse(this.#socket, this.#id, this.#operation, error)
  }
}
