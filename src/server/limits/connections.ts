import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Addresses, networkOf } from '../addresses.ts'

/** Open connections of nobody, of all addresses together, for each connection that one address may have. */
const maxAddresses = 10

/**
 * Connections whose client has not said who it is: before the first token, and those that never send one. Each address has a
 * bounded number, and so have all together. One more closes the oldest: an honest client is nobody for some milliseconds, and
 * so an attack closes its own connections first. A trusted proxy bounds those of its clients itself.
 */
export class Connections {
  readonly #addresses: Addresses
  readonly #maxOfAddress: number
  /** The connections in the order in which they were opened. */
  readonly #all = new Set<Duplex>()
  readonly #ofAddress = new Map<string, Set<Duplex>>()
  readonly #addressOf = new WeakMap<Duplex, string>()

  /** `maxOfAddress` 0: not limited. */
  constructor(addresses: Addresses, maxOfAddress: number) {
    this.#addresses = addresses
    this.#maxOfAddress = maxOfAddress === 0 ? Infinity : maxOfAddress
  }

  get anonymous(): number {
    return this.#all.size
  }

  /** `maxSilentMs`: until the first byte. From then on Node itself waits for the headers. */
  listenTo(server: Server, maxSilentMs: number): void {
    server.on('connection', (socket: Socket) => {
      if (this.#addresses.trusts(socket.remoteAddress)) return
      this.#add(socket, networkOf(socket.remoteAddress))
      const timer = setTimeout(() => {
        if (socket.bytesRead === 0) socket.destroy()
      }, maxSilentMs)
      socket.once('close', () => clearTimeout(timer))
    })
  }

  /** The client has said who it is: its own limits count from now on. */
  identify(connection: Duplex): void {
    const address = this.#addressOf.get(connection)
    if (address === undefined || !this.#all.delete(connection)) return
    const others = this.#ofAddress.get(address)
    others?.delete(connection)
    if (others?.size === 0) this.#ofAddress.delete(address)
  }

  #add(socket: Socket, address: string): void {
    const own = this.#ofAddress.get(address) ?? new Set()
    this.#ofAddress.set(address, own.add(socket))
    this.#all.add(socket)
    this.#addressOf.set(socket, address)
    socket.once('close', () => this.identify(socket))
    if (own.size > this.#maxOfAddress) this.#closeOldest(own)
    else if (this.#all.size > this.#maxOfAddress * maxAddresses) this.#closeOldest(this.#all)
  }

  #closeOldest(connections: Iterable<Duplex>): void {
    for (const oldest of connections) {
      this.identify(oldest)
      oldest.destroy()
      return
    }
  }
}
