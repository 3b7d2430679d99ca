import { RequestFault } from '../access/faults.ts'
import { PaymentUnavailable } from '../domain/payment-errors.ts'
import { PaymentsUnavailable } from '../payments/payments.ts'
import { served } from './asking.ts'

/** Asks the payments; that they are out of reach is a result. */
export async function paid<T>(ask: () => Promise<T>): Promise<T | PaymentUnavailable> {
  try {
    return await served(ask)
  } catch (error) {
    if (!(error instanceof PaymentsUnavailable)) throw error
    return new PaymentUnavailable({ retryAfterSeconds: error.retryAfterSeconds })
  }
}

/** The same where the result has no PaymentUnavailable: it is a fault, with `extensions.retryAfterSeconds`. */
export async function servedByPayments<T>(ask: () => Promise<T>): Promise<T> {
  const answer = await paid(ask)
  if (!(answer instanceof PaymentUnavailable)) return answer
  const { retryAfterSeconds } = answer
  const message = `Payments are out of reach: try again in ${retryAfterSeconds} seconds.`
  throw new RequestFault('PAYMENTS_UNAVAILABLE', message, { retryAfterSeconds })
}
