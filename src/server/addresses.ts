import type { IncomingMessage } from 'node:http'
import { AddressRanges, addressOf } from '../access/address-ranges.ts'

/** The owner of an IPv6 address mostly owns its whole network of 64 bits. */
const networkBytes = 8

/**
 * The addresses of requests. X-Forwarded-For is trusted as far as trusted proxies wrote it: the address is the last one
 * that no trusted proxy has. Without trusted proxies it is the connection's own address.
 */
export class Addresses {
  readonly #trusted: AddressRanges

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = new AddressRanges(trustedProxies)
  }

  /** The address of the client; null: a proxy wrote something else. IPv4 addresses are written as such. */
  clientOf(request: IncomingMessage): string | null {
    const own = request.socket.remoteAddress
    if (this.#trusted.isEmpty || !this.trusts(own)) return textOf(own)
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
    const known = forwarded.map((text) => text.trim()).findLast((text) => !this.trusts(text))
    return textOf(known || own)
  }

  /** An IPv4 address, or the network of an IPv6 address. Limits for senders without a token are counted by it. */
  of(request: IncomingMessage): string {
    return networkOf(this.clientOf(request))
  }

  /** Whether the address is that of a trusted proxy. Its connections carry the requests of many senders. */
  trusts(text: string | undefined): boolean {
    return this.#trusted.has(text)
  }
}

const textOf = (text: string | undefined): string | null => addressOf(text)?.toString() ?? null

/** Like `of`, for an address alone. */
export function networkOf(text: string | null | undefined): string {
  const address = addressOf(text)
  if (address === null) return 'unknown'
  if (address.kind() === 'ipv4') return address.toString()
  return `${Buffer.from(address.toByteArray().slice(0, networkBytes)).toString('hex')}::/64`
}
