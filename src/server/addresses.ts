import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The owner of an IPv6 address mostly owns its whole network of 64 bits. */
const networkBytes = 8

/**
 * The addresses of requests. X-Forwarded-For is trusted as far as trusted proxies wrote it: the address is the last one
 * that no trusted proxy has. Without trusted proxies it is the connection's own address.
 */
export class Addresses {
  readonly #trusted: readonly [Address, number][]

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = trustedProxies.map(rangeOf)
  }

  /** An IPv4 address, or the network of an IPv6 address. Limits for senders without a token are counted by it. */
  of(request: IncomingMessage): string {
    const own = request.socket.remoteAddress
    if (this.#trusted.length === 0 || !this.trusts(own)) return networkOf(own)
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
    const known = forwarded.map((text) => text.trim()).findLast((text) => !this.trusts(text))
    return networkOf(known || own)
  }

  /** Whether the address is that of a trusted proxy. Its connections carry the requests of many senders. */
  trusts(text: string | undefined): boolean {
    const address = parsed(text)
    return address !== null && this.#trusted.some((range) => address.kind() === range[0].kind() && address.match(range))
  }
}

/** Like `of`, for a connection before its first request. */
export function networkOf(text: string | undefined): string {
  const address = parsed(text)
  if (address === null) return 'unknown'
  if (address.kind() === 'ipv4') return address.toString()
  return `${Buffer.from(address.toByteArray().slice(0, networkBytes)).toString('hex')}::/64`
}

/** An IPv4 address that is written as an IPv6 one is the same address. */
const parsed = (text: string | undefined): Address | null =>
  text !== undefined && ipaddr.isValid(text) ? ipaddr.process(text) : null

function rangeOf(text: string): [Address, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
