import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { maxUrlLength } from './endpoint.ts'

/**
 * Addresses of cloud metadata and control services inside public ranges. The other ones (169.254.169.254,
 * 100.100.100.200, fd00:ec2::254) are in ranges that are refused as a whole.
 */
export const metadataAddresses: readonly string[] = ['168.63.129.16/32']

/** Why nothing may be sent to this address; null: it may be. The address of a name is checked where it is connected to. */
export function urlRefusal(text: string, allowPrivate: boolean): string | null {
  if (text.length > maxUrlLength) return `it has ${text.length} characters: give at most ${maxUrlLength}`
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'no web address: give one such as https://example.com/hooks'
  if (url.protocol === 'http:' && !allowPrivate) return 'events are sent by https alone: give an https address'
  if (url.username !== '' || url.password !== '') return 'it carries a password: leave it out, and check signatures'
  if (url.hash !== '') return 'the part behind # is not sent: leave it out'
  if (allowPrivate || isPublicHost(url.hostname)) return null
  return 'not a public address: give one that the internet reaches'
}

/** Whether a host may be public: `localhost` and literal addresses of other ranges are not. */
function isPublicHost(host: string): boolean {
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal) === 0) return !/(^|\.)localhost\.?$/i.test(host)
  const address = ipaddr.parse(literal)
  return address.range() === 'unicast' && !metadataAddresses.some((cidr) => isIn(address, cidr))
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, cidr: string): boolean {
  const range = ipaddr.parseCIDR(cidr)
  return address.kind() === range[0].kind() && address.match(range)
}
