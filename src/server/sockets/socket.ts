import type { Duplex } from 'node:stream'
import { CloseCode } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Viewer } from '../../access/viewer.ts'
import { senderOf } from '../../resolvers/request/sender.ts'
import { networkOf } from '../addresses.ts'
import type { LimitedCaller, LimitedCallers } from '../limits/caller-limits.ts'
import type { Connections } from '../limits/connections.ts'
import { RateLimiter } from '../limits/rate-limiter.ts'
import type { ServedSpace } from '../spaces.ts'
import { policyViolation } from './close-codes.ts'
import type { Asker } from './socket-operations.ts'
import { SocketWriter } from './socket-writer.ts'

const maxSocketOperations = 100
const maxMessagesPerSecond = 200

/**
 * An operation of a client, until it is answered or ended. `watcher`: of a subscription that has begun. `leaving`:
 * cancels any other operation when the client leaves.
 */
export type SocketOperation = { watcher: { leave(): void } | null; leaving: AbortController | null }

/** How the upgrade of a socket was authorized, and which page sent it. */
export type Credentials = { readonly authorization?: string | undefined; readonly origin?: string | undefined }

/** `space`: of the viewer. */
type AskerInSpace = Asker & { readonly space: ServedSpace }

export type Admitting = {
  /** The space of the credential. */
  readonly space: ServedSpace
  readonly connections: Pick<Connections, 'identify'>
}

/**
 * One client's socket: its sender, and its running operations. There may be tens of thousands of sockets, so each keeps
 * little: the operations, and nothing of their requests.
 */
export class Socket extends WebSocket {
  readonly #meter = new RateLimiter(maxMessagesPerSecond)
  #line: SocketWriter | null = null
  #greeting: NodeJS.Timeout | null = null
  greeted = false
  /** Whether its credential is one of the test space. */
  ofTests = false
  /** The sender, once it is known. */
  asker: AskerInSpace | null = null
  readonly operations = new Map<string, SocketOperation>()
  /** Includes operations that the client no longer waits for. */
  #running = 0
  #answering = 0
  #caller: LimitedCaller | null = null
  #callers: LimitedCallers | null = null
  #connection: Duplex | null = null
  #clientAddress: string | null = null
  #upgrade: Credentials = {}
  #callOff: (() => void) | null = null
  #answered: (() => void) | null = null

  /**
   * Must be called first. `clientAddress`: the client's address; null: it isn't known. `upgrade`: the credentials of the
   * upgrade request.
   */
  opened(stream: Duplex, clientAddress: string | null, upgrade: Credentials): void {
    this.#line = new SocketWriter(this, stream)
    this.#connection = stream
    this.#clientAddress = clientAddress
    this.#upgrade = upgrade
  }

  /** The credentials in the greeting, else those of the upgrade request. They are not kept after this call. */
  credentials(greeting: unknown): Credentials {
    const upgrade = this.#upgrade
    this.#upgrade = {}
    return typeof greeting === 'string' ? { ...upgrade, authorization: greeting } : upgrade
  }

  /** The client's address; null: it isn't known. */
  get clientAddress(): string | null {
    return this.#clientAddress
  }

  get line(): SocketWriter {
    if (this.#line === null) throw new Error('The socket has no connection')
    return this.#line
  }

  /**
   * Sets the sender, which stays the same until its token or key ends; clients then reconnect with a new one. False:
   * the caller has too many sockets, or the socket closed while its token was read. Nothing is watched for a closed
   * socket, because nothing would end that watch.
   */
  admit(viewer: Viewer | null, { space, connections }: Admitting): boolean {
    if (!this.line.open) return false
    const { callers, budgets, access } = space
    const caller = callers.enter(viewer)
    this.#caller = caller
    this.#callers = callers
    if (!this.#keepsTo(caller.broken())) return false
    const sender = senderOf(this.#clientAddress)
    const payer = budgets.payerOf(viewer, () => networkOf(this.#clientAddress))
    this.asker = { viewer, space, sender, caller, payer }
    if (viewer !== null) {
      if (this.#connection !== null) connections.identify(this.#connection)
      this.#callOff = access.watch(viewer, (reason) => this.line.close(CloseCode.Forbidden, reason))
    }
    return true
  }

  /** The greeting or the end of the socket clears the timer. */
  expectGreeting(late: NodeJS.Timeout): void {
    this.#greeting = late
  }

  greet(): void {
    this.greeted = true
    this.#calm()
  }

  #calm(): void {
    if (this.#greeting !== null) clearTimeout(this.#greeting)
    this.#greeting = null
  }

  /** Whether a message that arrived may be read. */
  hears(): boolean {
    if (!this.line.open) return false
    if (!this.#meter.allows()) return this.#keepsTo(`${maxMessagesPerSecond} messages a second on one socket`)
    return this.#caller === null || this.#keepsTo(this.#caller.hears())
  }

  /** How many subscriptions are running. */
  get subscriptions(): number {
    let count = 0
    for (const { watcher } of this.operations.values()) if (watcher !== null) count += 1
    return count
  }

  /** The operation, which must be released once. Null: too many are running already. */
  begin(id: string): SocketOperation | null {
    if (this.#running >= maxSocketOperations) {
      this.#keepsTo(`${maxSocketOperations} operations on one socket`)
      return null
    }
    const operation: SocketOperation = { watcher: null, leaving: null }
    this.operations.set(id, operation)
    this.#running += 1
    if (this.#caller === null) return operation
    this.#caller.operations += 1
    if (this.#keepsTo(this.#caller.broken())) return operation
    this.release()
    return null
  }

  release(): void {
    this.#running -= 1
    if (this.#caller !== null) this.#caller.operations -= 1
  }

  /**
   * Whether the operation was the client's until now. A watched stream is left and released. Queries end. Fields of a
   * mutation that have not begun are not executed; a field that has begun is finished, and its result is ignored.
   */
  end(id: string, operation: SocketOperation): boolean {
    if (this.operations.get(id) !== operation) return false
    this.operations.delete(id)
    operation.leaving?.abort()
    if (operation.watcher !== null) {
      operation.watcher.leave()
      this.release()
    }
    return true
  }

  /** Runs a query or mutation and sends its answer. The gateway waits for these answers before it closes the socket. */
  async answering(run: () => Promise<void>): Promise<void> {
    this.#answering += 1
    try {
      await run()
    } finally {
      this.#answering -= 1
      if (this.#answering === 0) this.#answered?.()
    }
  }

  /** Resolves when every query and mutation is answered. */
  async answered(): Promise<void> {
    if (this.#answering === 0 || !this.line.open) return
    await new Promise<void>((resolve) => {
      this.#answered = resolve
    })
  }

  /** The connection is gone. */
  closed(): void {
    this.#calm()
    this.#callOff?.()
    for (const [id, operation] of this.operations) this.end(id, operation)
    if (this.#caller !== null) this.#callers?.leave(this.#caller)
    this.#answered?.()
  }

  #keepsTo(broken: string | null): boolean {
    if (broken === null) return true
    this.line.close(policyViolation, `A caller may have ${broken}: use fewer`)
    return false
  }
}
