import { Stripe } from 'stripe'
import { PaymentsUnavailable } from './payments.ts'

const { errors } = Stripe

/** What an error of Stripe means for the call that it answers. */
export type Fault =
  /** The bank said no. */
  | { readonly kind: 'declined'; readonly error: InstanceType<typeof errors.StripeCardError> }
  /** It may or may not have been carried out. */
  | { readonly kind: 'unknown' }
  /** Another call with the same key is still being carried out. */
  | { readonly kind: 'in-progress' }
  /** It was not carried out, and may be later. */
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  /** The key was used with other parameters: what it did has to be looked up. */
  | { readonly kind: 'other-parameters' }
  /** It can't be carried out as it is. */
  | { readonly kind: 'refused'; readonly code: string | null; readonly param: string | null; readonly message: string }

const retryAfterSeconds = 30

/** Throws what is no error of Stripe. */
export function faultOf(error: unknown): Fault {
  if (error instanceof errors.StripeCardError) return { kind: 'declined', error }
  // Stripe names it either way.
  if (error instanceof errors.StripeError && error.statusCode === 409) return { kind: 'in-progress' }
  if (error instanceof errors.StripeIdempotencyError) return { kind: 'other-parameters' }
  if (error instanceof errors.StripeRateLimitError) return { kind: 'unavailable', retryAfterSeconds }
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { kind: 'unavailable', retryAfterSeconds }
  }
  if (error instanceof errors.StripeInvalidRequestError) {
    return { kind: 'refused', code: error.code ?? null, param: error.param ?? null, message: error.message }
  }
  if (error instanceof errors.StripeError) return { kind: 'unknown' }
  throw error
}

/** Whether Stripe knows nothing of that name. */
export const isMissing = (error: unknown): boolean =>
  error instanceof errors.StripeInvalidRequestError && error.code === 'resource_missing'

/** Runs a call that charges nothing: whatever keeps Stripe from answering, the same may be tried again. */
export async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const fault = faultOf(error)
    if (fault.kind === 'refused' || fault.kind === 'declined') throw error
    throw new PaymentsUnavailable(retryAfterSeconds, error)
  }
}

/** Runs a call for what it tells; null: Stripe does not answer now, so it tells nothing. */
export async function told<T>(call: () => Promise<T>, log: (error: unknown) => void): Promise<T | null> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof PaymentsUnavailable) throw error
    const fault = faultOf(error)
    if (fault.kind === 'refused' || fault.kind === 'declined') throw error
    log(error)
    return null
  }
}
