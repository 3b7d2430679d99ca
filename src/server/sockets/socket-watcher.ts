import type { Watcher } from '../../live/watcher.ts'
import type { Socket, SocketOperation } from './socket.ts'

/** Ends an operation whose stream can't go on. */
export type RefuseOperation = (socket: Socket, id: string, operation: SocketOperation, error: unknown) => void

/** A subscription of a socket: the same text as for all others, behind the id that its client gave it. */
export class SocketWatcher implements Watcher {
  readonly #socket: Socket
  readonly #id: string
  readonly #operation: SocketOperation
  readonly #refuse: RefuseOperation
  #leave: (() => void) | null = null

  constructor(socket: Socket, id: string, operation: SocketOperation, refuse: RefuseOperation) {
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
