import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address; an IPv4 address that is written as an IPv6 one is the same address. Null: the text is none. */
export const addressOf = (text: string | null | undefined): Address | null =>
  text != null && ipaddr.isValid(text) ? ipaddr.process(text) : null

/** Addresses and ranges of addresses (CIDR), each a text that `ipaddr.js` accepts. */
export class AddressRanges {
  readonly #ranges: readonly [Address, number][]

  constructor(texts: readonly string[]) {
    this.#ranges = texts.map(rangeOf)
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  has(text: string | null | undefined): boolean {
    const address = addressOf(text)
    return address !== null && this.#ranges.some((range) => address.kind() === range[0].kind() && address.match(range))
  }
}

function rangeOf(text: string): [Address, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

const mappedBits = 96

/**
 * The one way to write an address or a range: `10.0.0.0/8` for `10.1.2.3/8`, `192.0.2.1` for `::ffff:192.0.2.1`. Null:
 * the text is neither, or a range that is wider than the IPv4 addresses inside IPv6.
 */
export function canonicalRange(text: string): string | null {
  const [address = '', length, ...more] = text.split('/')
  if (more.length > 0 || isIP(address) === 0 || address.includes('%')) return null
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return null
  const given = ipaddr.parse(address)
  const isMapped = given.kind() === 'ipv6' && (given as ipaddr.IPv6).isIPv4MappedAddress()
  const most = given.kind() === 'ipv4' ? 32 : 128
  const bits = (length === undefined ? most : Number(length)) - (isMapped ? mappedBits : 0)
  const plain = ipaddr.process(address)
  const longest = plain.kind() === 'ipv4' ? 32 : 128
  if (bits < 0 || bits > longest) return null
  if (bits === longest) return plain.toString()
  const kind = plain.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${kind.networkAddressFromCIDR(`${plain}/${bits}`)}/${bits}`
}
