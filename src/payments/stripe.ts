import { Stripe } from 'stripe'
import type { StripeAccess } from '../config.ts'

/** How long one try may take. A call is tried again once, under its own idempotency key. */
const requestTimeoutMs = 10_000

/** The SDK, bounded in time: an answer that is late counts as unknown, and is found again later. */
export function createStripe({ secretKey, apiUrl }: Pick<StripeAccess, 'secretKey' | 'apiUrl'>): Stripe {
  const where = apiUrl === undefined ? {} : placeOf(new URL(apiUrl))
  return new Stripe(secretKey, {
    ...where,
    timeout: requestTimeoutMs,
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'credits-gateway' },
  })
}

function placeOf({ protocol, hostname, port }: URL) {
  const secure = protocol === 'https:'
  return { protocol: secure ? 'https' : 'http', host: hostname, port: port || (secure ? '443' : '80') } as const
}
