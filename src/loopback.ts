import ipaddr from 'ipaddr.js'

/**
 * Whether only this machine reaches the host: a loopback address, in brackets or not, `localhost`, or a name below it.
 * Source: RFC 6761, 6.3.
 */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(address)) return ipaddr.process(address).range() === 'loopback'
  return /^([^.]+\.)*localhost$/i.test(host)
}
