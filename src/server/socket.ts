import type { IncomingMessage } from 'node:http'
import { CloseCode } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Access } from '../access/open-access.ts'
import type { Viewer } from '../access/viewer.ts'

/** Longer reasons don't fit into a close frame. */
const longestReason = 120

/** One client's socket: who it is, and what it is being served. */
export class Socket {
  readonly webSocket: WebSocket
  readonly request: IncomingMessage
  viewer: Viewer | null = null
  /** Whether it has answered since the last ping. */
  alive = true
  /** Queries and mutations under way: their answers are owed before a good-bye. */
  readonly #answering = new Set<string>()
  readonly subscriptions = new Set<string>()
  #answered: (() => void) | null = null
  #callOff: (() => void) | null = null

  constructor(webSocket: WebSocket, request: IncomingMessage) {
    this.webSocket = webSocket
    this.request = request
    webSocket.on('pong', () => {
      this.alive = true
    })
  }

  /** Whoever it is, is it until the token or key ends; clients then come again with a new one. */
  admit(viewer: Viewer | null, access: Pick<Access, 'watch'>): void {
    this.viewer = viewer
    if (viewer === null || this.webSocket.readyState === this.webSocket.CLOSED) return
    this.#callOff = access.watch(viewer, (reason) => this.close(CloseCode.Forbidden, reason))
  }

  begin(id: string, subscription: boolean): void {
    ;(subscription ? this.subscriptions : this.#answering).add(id)
  }

  end(id: string): void {
    this.subscriptions.delete(id)
    this.#answering.delete(id)
    if (this.#answering.size === 0) this.#answered?.()
  }

  /** Resolves when no query or mutation is under way. */
  async answered(): Promise<void> {
    if (this.#answering.size === 0 || this.webSocket.readyState !== this.webSocket.OPEN) return
    await new Promise<void>((resolve) => {
      this.#answered = resolve
    })
  }

  close(code: number, reason: string): void {
    this.webSocket.close(code, reason.slice(0, longestReason))
  }

  /** The connection is gone. */
  closed(): void {
    this.#callOff?.()
    this.subscriptions.clear()
    this.#answering.clear()
    this.#answered?.()
  }
}
