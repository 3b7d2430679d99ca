import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { maxUrlLength } from './endpoint.ts'

/**
 * Addresses of cloud metadata and control services in the public range. The other ones (169.254.169.254,
 * 100.100.100.200, fd00:ec2::254) are in ranges that are refused as a whole.
 */
const metadataAddresses: ReadonlySet<string> = new Set(['168.63.129.16'])

/** Whether an address is one of the internet: not private, loopback, link-local, mapped, reserved or of cloud metadata. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast' && !metadataAddresses.has(address)

/** Why nothing may be sent to this address; null: it may be. The address of a name is checked where it is connected to. */
export function urlRefusal(text: string, allowPrivate: boolean): string | null {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'no web address: give one such as https://example.com/hooks'
  const { length } = url.href
  if (length > maxUrlLength) return `it has ${length} characters as it is sent: give at most ${maxUrlLength}`
  if (url.protocol === 'http:' && !allowPrivate) return 'events are sent by https alone: give an https address'
  if (url.username !== '' || url.password !== '') return 'it carries a password: leave it out, and check signatures'
  if (url.hash !== '') return 'the part behind # is not sent: leave it out'
  if (allowPrivate || isPublicHost(url.hostname)) return null
  return 'not a public address: give one that the internet reaches'
}

/** Whether a host may be public: `localhost` and literal addresses of other ranges are not. */
function isPublicHost(host: string): boolean {
  const literal = host.replace(/^\[|\]$/g, '')
  return isIP(literal) === 0 ? !/(^|\.)localhost\.?$/i.test(host) : isPublicAddress(literal)
}
