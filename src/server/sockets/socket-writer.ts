import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { tryAgainLater } from './close-codes.ts'
import { textFrame } from './text-frame.ts'

const freeWithinMs = 10_000
const maxWaitingCharacters = 16 * 1024 * 1024
/** The longest reason, in bytes, that fits into a close frame. */
const maxReasonBytes = 123

/**
 * The outgoing side of a socket. While the client has not read what was sent, answers wait and no further message of
 * the client is read, so that it can't request more than it reads. After 10 seconds of that, or with more than 16 MB
 * waiting, the socket is closed with 1013.
 */
export class SocketWriter {
  readonly #webSocket: WebSocket
  readonly #stream: Duplex
  #freed: Promise<boolean> | null = null
  /** The characters of all answers that wait. */
  #waiting = 0
  #closedWith: number | null = null
  /** Whether the client has answered, or read what was sent, since the last ping. */
  alive = true

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket
    this.#stream = stream
  }

  get open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN
  }

  /** The code with which the gateway closed the socket; null: the gateway has not closed it. */
  get closedWith(): number | null {
    return this.#closedWith
  }

  /** Whether a message that is sent now leaves at once. */
  get free(): boolean {
    return this.open && !this.#stream.writableNeedDrain
  }

  /** Sends one message of three parts. `body` is the same for many sockets. */
  send(head: string, body: string, tail: string): void {
    if (!this.open) return
    this.#stream.write(textFrame(head, body, tail))
    if (!this.free) void this.freed()
  }

  pong(data: Buffer): void {
    if (!this.open) return
    this.#webSocket.pong(data)
    if (!this.free) void this.freed()
  }

  /** Sends the text when the line is free. Many answers may wait: the first of them can fill the line again. */
  async answer(text: string): Promise<void> {
    if (this.free) return this.send('', text, '')
    this.#waiting += text.length
    if (this.#waiting > maxWaitingCharacters)
      this.close(tryAgainLater, 'You ask for more than you read: ask for less at once')
    while ((await this.freed()) && !this.free);
    this.#waiting -= text.length
    this.send('', text, '')
  }

  close(code: number, reason: string): void {
    if (!this.open) return
    this.#closedWith = code
    const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes))
    this.#webSocket.close(code, reason.slice(0, read))
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
    const timer = setTimeout(() => this.close(tryAgainLater, reason), freeWithinMs)
    await this.#drainedOrClosed()
    clearTimeout(timer)
    this.#webSocket.resume()
    // The client's messages meanwhile are read in the next turns, and come first: they may end a subscription.
    await turn()
    await turn()
    this.#freed = null
    return this.open
  }

  #drainedOrClosed(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.alive = true
        this.#stream.off('drain', done)
        this.#webSocket.off('close', done)
        resolve()
      }
      this.#stream.once('drain', done)
      this.#webSocket.once('close', done)
    })
  }
}
