import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { isLoopback } from '../loopback.ts'

export type OriginCheck = (request: IncomingMessage) => boolean

/**
 * Whether a page of the request's origin may use the gateway: the gateway's own pages always, others if the operator
 * lists them, and outside production those that this machine serves. A client that is no browser sends no origin and is
 * accepted; its token identifies it.
 */
export function createOriginCheck({
  allowedOrigins,
  publicUrl,
  environment,
}: Pick<Config, 'allowedOrigins' | 'publicUrl' | 'environment'>): OriginCheck {
  const listed = new Set(allowedOrigins)
  const own = publicUrl === undefined ? null : new URL(publicUrl).origin
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || listed.has(origin) || origin === own) return true
    const page = URL.parse(origin)
    if (page === null) return false
    if (environment !== 'production' && isLoopback(page.hostname)) return true
    // Behind a proxy that ends TLS the scheme is not the one we are asked by.
    return page.host === host
  }
}
