import ipaddr from 'ipaddr.js'

/** Whether only this machine reaches the host: a loopback address, `localhost`, or a name below it. Source: RFC 6761, 6.3. */
export function isLoopback(host: string): boolean {
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() === 'loopback'
  return /^([^.]+\.)*localhost$/i.test(host)
}
