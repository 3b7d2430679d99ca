import type { Duplex } from 'node:stream'
import { CloseCode } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Access } from '../access/open-access.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Caller, Callers } from './callers.ts'
import { Line } from './line.ts'
import { Meter } from './meter.ts'

/** Longer reasons don't fit into a close frame. */
const longestReason = 120
export const mostOperations = 100
const mostMessagesPerSecond = 200
/** A limit is broken: the stock client does not come back by itself. */
const policyViolation = 1008

/** One client's socket: who it is, and what it is being served. */
export class Socket {
  readonly webSocket: WebSocket
  readonly line: Line
  viewer: Viewer | null = null
  /** Whether it has answered since the last ping. */
  alive = true
  /** Queries and mutations under way: their answers are owed before a good-bye. Most sockets never have any. */
  #answering: Set<string> | null = null
  #subscriptions = 0
  readonly #meter = new Meter(mostMessagesPerSecond)
  #caller: Caller | null = null
  #leave: (() => void) | null = null
  #answered: (() => void) | null = null
  #callOff: (() => void) | null = null

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.webSocket = webSocket
    this.line = new Line(webSocket, stream)
    webSocket.on('pong', () => {
      this.alive = true
    })
  }

  /** Whoever it is, is it until the token or key ends; clients then come again with a new one. False: it has too many. */
  admit(viewer: Viewer | null, callers: Callers, access: Pick<Access, 'watch'>): boolean {
    // It may be gone by now, and then nothing would ever call the rest off.
    if (!this.line.open) return false
    this.viewer = viewer
    const { caller, leave } = callers.enter(viewer)
    this.#caller = caller
    this.#leave = leave
    if (!this.#keepsTo(caller.broken())) return false
    if (viewer !== null) {
      this.#callOff = access.watch(viewer, (reason) => this.close(CloseCode.Forbidden, reason))
    }
    return true
  }

  /** Whether a message that came may be looked at. */
  hears(): boolean {
    if (!this.line.open) return false
    if (!this.line.free) void this.line.freed()
    if (!this.#meter.allows()) return this.#keepsTo(`${mostMessagesPerSecond} messages a second on one socket`)
    return this.#caller?.sends() === false ? this.#keepsTo('messages a second on all its sockets') : true
  }

  /** How many subscriptions it runs. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  get #operations(): number {
    return this.#subscriptions + (this.#answering?.size ?? 0)
  }

  /** False: it runs too many already. */
  begin(id: string, subscription: boolean): boolean {
    if (this.#operations >= mostOperations) return this.#keepsTo(`${mostOperations} operations on one socket`)
    if (subscription) this.#subscriptions += 1
    else {
      this.#answering ??= new Set()
      this.#answering.add(id)
    }
    if (this.#caller === null) return true
    this.#caller.operations += 1
    return this.#keepsTo(this.#caller.broken())
  }

  /** Of what has begun, once. */
  end(id: string): void {
    if (!this.line.open) return
    if (!this.#answering?.delete(id)) this.#subscriptions -= 1
    if (this.#caller !== null) this.#caller.operations -= 1
    if (!this.#answering?.size) this.#answered?.()
  }

  /** Resolves when no query or mutation is under way. */
  async answered(): Promise<void> {
    if (!this.#answering?.size || !this.line.open) return
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
    if (this.#caller !== null) this.#caller.operations -= this.#operations
    this.#caller = null
    this.#leave?.()
    this.#answering = null
    this.#subscriptions = 0
    this.#answered?.()
  }

  #keepsTo(broken: string | null): boolean {
    if (broken === null) return true
    this.close(policyViolation, `A caller may have ${broken}: use fewer`)
    return false
  }
}
