import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

const freeWithinMs = 10_000
const tryAgainLater = 1013

/**
 * What a socket is sent. While its client leaves unread what it was sent, answers wait and nothing more is heard from it, so
 * that it can't ask for more than it reads; where that lasts for 10 seconds, it is closed with 1013.
 */
export class Line {
  readonly #webSocket: WebSocket
  readonly #stream: Duplex
  #freed: Promise<boolean> | null = null

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket
    this.#stream = stream
  }

  get open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN
  }

  /** Whether what is sent now goes out at once. */
  get free(): boolean {
    return this.open && !this.#stream.writableNeedDrain
  }

  send(text: string): void {
    if (this.open) this.#webSocket.send(text)
  }

  /** Sends it when the line is free. */
  async answer(text: string): Promise<void> {
    if (await this.freed()) this.send(text)
  }

  /** Resolves to true when the line is free, to false when the socket closes. */
  async freed(): Promise<boolean> {
    if (this.free) return true
    if (!this.open) return false
    this.#freed ??= this.#drained()
    return this.#freed
  }

  async #drained(): Promise<boolean> {
    this.#webSocket.pause()
    const reason = 'You read too slowly: connect again, and ask for less at once'
    const timer = setTimeout(() => this.#webSocket.close(tryAgainLater, reason), freeWithinMs)
    await new Promise<void>((resolve) => {
      this.#stream.once('drain', resolve)
      this.#webSocket.once('close', () => resolve())
    })
    clearTimeout(timer)
    this.#freed = null
    this.#webSocket.resume()
    return this.open
  }
}
