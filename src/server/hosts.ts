import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { isLoopback } from '../loopback.ts'
import { discardBody } from './discard.ts'
import { json } from './json.ts'

export type HostCheck = (request: IncomingMessage) => boolean

const hostAndPort = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+?)\.?)(?::\d+)?$/i

/**
 * Whether a request names a host that the gateway is known by: HOST, PUBLIC_URL's, ALLOWED_HOSTS, a name of this machine, or any
 * IP address. A page can have its own name resolve to the gateway's address and would then count as the gateway's own (DNS
 * rebinding): its requests name the page's host. A client that names none is no browser.
 */
export function createHostCheck({
  host,
  publicUrl,
  allowedHosts,
}: Pick<Config, 'host' | 'publicUrl' | 'allowedHosts'>): HostCheck {
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).hostname]
  const known = new Set([host.toLowerCase(), ...own, ...allowedHosts])
  return ({ headers }) => {
    if (headers.host === undefined) return true
    const [, address, name = address] = hostAndPort.exec(headers.host) ?? []
    if (name === undefined) return false
    return isIP(name) !== 0 || isLoopback(name) || known.has(name.toLowerCase())
  }
}

export const hostAdvice =
  'The gateway is not known by this host name: its operator sets PUBLIC_URL to it, or adds it to ALLOWED_HOSTS'

export function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  discardBody(request)
  json(response, 421, { errors: [{ message: hostAdvice, extensions: { code: 'HOST_NOT_ALLOWED' } }] })
}
