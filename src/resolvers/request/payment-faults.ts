import { RequestFault, tryAgain } from '../../access/faults.ts'
import type { TeamId } from '../../domain/identity.ts'
import { PaymentUnavailable } from '../../domain/payment-errors.ts'
import { PaymentsOverasked } from '../../payments/budget.ts'
import { StripeUnavailable } from '../../payments/payments.ts'
import type { Services } from './context.ts'
import { served } from './submit.ts'

/** @throws {RequestFault} RATE_LIMITED where the team's callers have asked for payments too often. */
export async function countRequest({ payments }: Pick<Services, 'payments'>, teamId: TeamId): Promise<void> {
  try {
    await payments.countRequest(teamId)
  } catch (error) {
    throw rateLimited(error)
  }
}

/** RATE_LIMITED for too many requests; any other error as it is. */
function rateLimited(error: unknown): unknown {
  if (!(error instanceof PaymentsOverasked)) return error
  const { message, retryAfterSeconds } = error
  return new RequestFault('RATE_LIMITED', message, { retryAfterSeconds, http: tryAgain(429, retryAfterSeconds) })
}

/**
 * Asks the payments; that they are out of reach is a result.
 *
 * @throws {RequestFault} RATE_LIMITED where the team has opened too many pages.
 */
export async function paid<T>(ask: () => Promise<T>): Promise<T | PaymentUnavailable> {
  try {
    return await served(ask)
  } catch (error) {
    if (!(error instanceof StripeUnavailable)) throw rateLimited(error)
    return new PaymentUnavailable({ retryAfterSeconds: error.retryAfterSeconds })
  }
}

/**
 * Like the function above, for results without PaymentUnavailable: it is a fault, with `extensions.retryAfterSeconds`.
 */
export async function servedByPayments<T>(ask: () => Promise<T>): Promise<T> {
  const answer = await paid(ask)
  if (!(answer instanceof PaymentUnavailable)) return answer
  const { retryAfterSeconds } = answer
  const message = `Payments are out of reach: try again in ${retryAfterSeconds} seconds.`
  throw new RequestFault('PAYMENTS_UNAVAILABLE', message, { retryAfterSeconds })
}
