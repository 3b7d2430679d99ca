/** Requests to one endpoint, as at Stripe. */
export const maxRequestsPerSecond = 25

/** Requests to all endpoints together, for each that one endpoint may have. */
const inAll = 4

export type RateLimits = {
  /** Whether the request to the endpoint is within the limits, at that millisecond of a clock that never goes back. */
  allows(endpoint: string, atMs: number): boolean
}

/**
 * At most 25 requests a second to one endpoint, and 100 in all, or as many times that as `perEndpoint` is more. Each named operation is an endpoint of its own, whatever
 * the id in its path. Source: docs.stripe.com/rate-limits.
 */
export function openRateLimits(perEndpoint: number): RateLimits {
  const endpoints = new Map<string, Bucket>()
  const all = new Bucket(perEndpoint * inAll)
  return {
    allows(endpoint, atMs) {
      const own = endpoints.get(endpoint) ?? new Bucket(perEndpoint)
      endpoints.set(endpoint, own)
      return own.take(atMs) && all.take(atMs)
    },
  }
}

/** Holds a second's requests, and fills up steadily. */
class Bucket {
  readonly #perSecond: number
  #left: number
  #atMs = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#left = perSecond
  }

  take(atMs: number): boolean {
    const refilled = this.#left + ((atMs - this.#atMs) * this.#perSecond) / 1000
    this.#left = Math.min(this.#perSecond, refilled)
    this.#atMs = atMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
