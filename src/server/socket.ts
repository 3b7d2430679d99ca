import type { Duplex } from 'node:stream'
import { CloseCode } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Access } from '../access/open-access.ts'
import type { Viewer } from '../access/viewer.ts'
import { senderOf } from '../resolvers/sender.ts'
import type { Budgets } from './budgets.ts'
import type { Caller, Callers } from './callers.ts'
import { policyViolation } from './close-codes.ts'
import type { Connections } from './connections.ts'
import { Line } from './line.ts'
import { Meter } from './meter.ts'
import type { Asker } from './operations.ts'

const mostOperations = 100
const mostMessagesPerSecond = 200

/**
 * An operation of a client, until it is answered or ended: the watcher of a subscription that has begun; what cancels
 * anything else when the client leaves.
 */
export type Operation = { watcher: { leave(): void } | null; leaving: AbortController | null }

/** How the upgrade of a socket was authorized, and which page sent it. */
export type Credentials = { readonly authorization?: string | undefined; readonly origin?: string | undefined }

export type Admitting = {
  readonly callers: Callers
  readonly budgets: Pick<Budgets, 'payerOf'>
  readonly access: Pick<Access, 'watch'>
  readonly connections: Pick<Connections, 'identify'>
}

/**
 * One client's socket: who it is, and what it is being served. There may be tens of thousands of them, so each holds little:
 * the operations it runs, and nothing of how they were asked for.
 */
export class Socket extends WebSocket {
  readonly #meter = new Meter(mostMessagesPerSecond)
  #line: Line | null = null
  #greeting: NodeJS.Timeout | null = null
  greeted = false
  /** Who asks, once that is known. */
  asker: Asker | null = null
  readonly operations = new Map<string, Operation>()
  /** Also those that the client waits for no more. */
  #running = 0
  #answering = 0
  #caller: Caller | null = null
  #connection: Duplex | null = null
  #address = ''
  #upgrade: Credentials = {}
  #callOff: (() => void) | null = null
  #answered: (() => void) | null = null

  /** To be called first, with the connection it was made on, where that comes from, and what its upgrade said. */
  opened(stream: Duplex, address: string, upgrade: Credentials): void {
    this.#line = new Line(this, stream)
    this.#connection = stream
    this.#address = address
    this.#upgrade = upgrade
  }

  /** What its greeting says of who it is, else what its upgrade said; kept no longer. */
  credentials(greeting: unknown): Credentials {
    const upgrade = this.#upgrade
    this.#upgrade = {}
    return typeof greeting === 'string' ? { ...upgrade, authorization: greeting } : upgrade
  }

  /** Where the connection comes from. */
  get address(): string {
    return this.#address
  }

  get line(): Line {
    if (this.#line === null) throw new Error('The socket has no connection')
    return this.#line
  }

  /**
   * Whoever it is, is it until the token or key ends; clients then come again with a new one. False: it has too many, or has
   * gone while its token was read, and then nothing would ever call the rest off.
   */
  admit(viewer: Viewer | null, { callers, budgets, access, connections }: Admitting): boolean {
    if (!this.line.open) return false
    const caller = callers.enter(viewer)
    this.#caller = caller
    if (!this.#keepsTo(caller.broken())) return false
    const sender = senderOf(this.line.address)
    this.asker = { viewer, sender, caller, payer: budgets.payerOf(viewer, () => this.#address) }
    if (viewer !== null) {
      if (this.#connection !== null) connections.identify(this.#connection)
      this.#callOff = access.watch(viewer, (reason) => this.line.close(CloseCode.Forbidden, reason))
    }
    return true
  }

  /** The timer is called off by the greeting, or by the end. */
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

  /** Whether a message that came may be looked at. */
  hears(): boolean {
    if (!this.line.open) return false
    if (!this.#meter.allows()) return this.#keepsTo(`${mostMessagesPerSecond} messages a second on one socket`)
    return this.#caller === null || this.#keepsTo(this.#caller.hears())
  }

  /** How many subscriptions it runs. */
  get subscriptions(): number {
    let count = 0
    for (const { watcher } of this.operations.values()) if (watcher !== null) count += 1
    return count
  }

  /** To be released once. Null: it runs too many already. */
  begin(id: string): Operation | null {
    if (this.#running >= mostOperations) {
      this.#keepsTo(`${mostOperations} operations on one socket`)
      return null
    }
    const operation: Operation = { watcher: null, leaving: null }
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
   * Whether it was the client's until now. What is watched is left, and released. Readings end, fields that have not begun are not
   * executed, and a field of a mutation that has begun is finished unheard.
   */
  end(id: string, operation: Operation): boolean {
    if (this.operations.get(id) !== operation) return false
    this.operations.delete(id)
    operation.leaving?.abort()
    if (operation.watcher !== null) {
      operation.watcher.leave()
      this.release()
    }
    return true
  }

  /** Runs a query or mutation and sends its answer, which is owed before a good-bye. */
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
  closed(callers: Callers): void {
    this.#calm()
    this.#callOff?.()
    for (const [id, operation] of this.operations) this.end(id, operation)
    if (this.#caller !== null) callers.leave(this.#caller)
    this.#answered?.()
  }

  #keepsTo(broken: string | null): boolean {
    if (broken === null) return true
    this.line.close(policyViolation, `A caller may have ${broken}: use fewer`)
    return false
  }
}
