import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { TeamId } from '../domain/identity.ts'

/** A team's callers have asked for Stripe, or for its pages, too often: again after `retryAfterSeconds`. */
export class PaymentsOverasked extends Error {
  override readonly name = 'PaymentsOverasked'
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number, what = 'asked for payments too often') {
    super(`The team has ${what}: try again in ${retryAfterSeconds} seconds`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** So many requests of a team's callers may ask Stripe within so many seconds. Each gateway counts for itself. */
export const paymentsBudget = { points: 60, duration: 60 }

/** @throws {PaymentsOverasked} where the team's budget is used up. */
export function createBudget(): (teamId: TeamId) => Promise<void> {
  const limiter = new RateLimiterMemory(paymentsBudget)
  return async (teamId) => {
    try {
      await limiter.consume(teamId)
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      throw new PaymentsOverasked(Math.ceil(error.msBeforeNext / 1000))
    }
  }
}
