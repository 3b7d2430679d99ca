import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { tryAgainLater } from './close-codes.ts'
import { textFrame } from './text-frame.ts'

const freeWithinMs = 10_000
const mostWaitingCharacters = 16 * 1024 * 1024
/** As much fits into a close frame. */
const longestReasonBytes = 123

/**
 * What a socket is sent. While its client leaves unread what it was sent, answers wait and nothing more is heard from it, so
 * that it can't ask for more than it reads; where that lasts for 10 seconds, or more than 16 MB wait, it is closed with 1013.
 */
export class Line {
  readonly #webSocket: WebSocket
  readonly #stream: Duplex
  #freed: Promise<boolean> | null = null
  /** Of answers that wait, in characters. */
  #waiting = 0
  #closedWith: number | null = null
  /** Whether the client has answered, or taken what it was sent, since the last ping. */
  alive = true

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket
    this.#stream = stream
  }

  get open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN
  }

  /** The client's network address, while it is connected. */
  get address(): string | undefined {
    return this.#stream instanceof Socket ? this.#stream.remoteAddress : undefined
  }

  /** The code with which it was closed from here; null: it wasn't. */
  get closedWith(): number | null {
    return this.#closedWith
  }

  /** Whether what is sent now goes out at once. */
  get free(): boolean {
    return this.open && !this.#stream.writableNeedDrain
  }

  /** `body` is the same for many sockets, one after another. */
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

  /** Sends it when the line is free. Many may wait: the first of them can fill the line again. */
  async answer(text: string): Promise<void> {
    if (this.free) return this.send('', text, '')
    this.#waiting += text.length
    if (this.#waiting > mostWaitingCharacters)
      this.close(tryAgainLater, 'You ask for more than you read: ask for less at once')
    while ((await this.freed()) && !this.free);
    this.#waiting -= text.length
    this.send('', text, '')
  }

  close(code: number, reason: string): void {
    if (!this.open) return
    this.#closedWith = code
    const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(longestReasonBytes))
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
    // What it has said meanwhile is read in the next round, and comes first: perhaps it wants no more.
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
