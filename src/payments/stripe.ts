import { Stripe } from 'stripe'
import type { StripeAccess } from '../config.ts'

/** How long one try may take. A call is tried again once, under its own idempotency key. */
const requestTimeoutMs = 10_000

/** A request that the key does not allow. `message`: Stripe's own words, which name the missing permission. */
export type Refusal = { readonly status: 401 | 403; readonly request: string; readonly message: string }

/**
 * The SDK, bounded in time: an answer that is late counts as unknown, and is found again later. `refused` is called for
 * each request that the key does not allow. For callers that is an outage, so that nobody else would report it.
 */
export function createStripe(
  { secretKey, apiUrl }: Pick<StripeAccess, 'secretKey' | 'apiUrl'>,
  refused: (refusal: Refusal) => void = () => undefined,
): Stripe {
  const where = apiUrl === undefined ? {} : placeOf(new URL(apiUrl))
  return new Stripe(secretKey, {
    ...where,
    timeout: requestTimeoutMs,
    maxNetworkRetries: 1,
    telemetry: false,
    appInfo: { name: 'credits-gateway' },
    httpClient: reporting(refused),
  })
}

function reporting(refused: (refusal: Refusal) => void) {
  const client = Stripe.createNodeHttpClient()
  const send = client.makeRequest.bind(client)
  client.makeRequest = async (...request) => {
    const response = await send(...request)
    const status = response.getStatusCode()
    if (status !== 401 && status !== 403) return response
    const read = response.toJSON.bind(response)
    response.toJSON = async () => {
      const body = await read()
      const [, , path, method] = request
      refused({ status, request: `${method} ${path.split('?')[0]}`, message: String(body?.error?.message) })
      return body
    }
    return response
  }
  return client
}

function placeOf({ protocol, hostname, port }: URL) {
  const secure = protocol === 'https:'
  return { protocol: secure ? 'https' : 'http', host: hostname, port: port || (secure ? '443' : '80') } as const
}
