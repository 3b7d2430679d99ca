import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from './json.ts'

const anHour = '3600'
const exposed = 'WWW-Authenticate, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset'

/** Lets the page read the answer, also a refusal: the page's developer then sees why. */
export function allowOrigin({ headers, method }: IncomingMessage, response: ServerResponse): void {
  if (headers.origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', headers.origin)
  response.setHeader('Vary', 'Origin')
  response.setHeader('Access-Control-Expose-Headers', exposed)
  if (method !== 'OPTIONS') return
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST')
  response.setHeader('Access-Control-Allow-Headers', headers['access-control-request-headers'] ?? '*')
  response.setHeader('Access-Control-Max-Age', anHour)
}

export function refuseOrigin(response: ServerResponse): void {
  const message = 'Pages of this origin may not use this gateway: its operator adds the origin to ALLOWED_ORIGINS'
  json(response, 403, { errors: [{ message, extensions: { code: 'ORIGIN_NOT_ALLOWED' } }] })
}
