import type { IncomingMessage } from 'node:http'

export type OriginCheck = (request: IncomingMessage) => boolean

/**
 * Whether a page of the request's origin may talk to the gateway: its own always, others as the operator lists them.
 * What is no browser sends no origin and is let through; who it is, its token says.
 */
export function createOriginCheck(allowed: readonly string[], publicUrl: string | undefined): OriginCheck {
  const listed = new Set(allowed)
  const own = publicUrl === undefined ? null : new URL(publicUrl).origin
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || listed.has(origin) || origin === own) return true
    // Behind a proxy that ends TLS the scheme is not the one we are asked by.
    return host !== undefined && URL.parse(origin)?.host === host
  }
}
