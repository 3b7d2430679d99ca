import { Stripe } from 'stripe'
import { StripeUnavailable } from './payments.ts'

const { errors } = Stripe

/** The meaning of a Stripe error for the call that failed. */
export type StripeFault =
  /** The bank declined. */
  | { readonly kind: 'declined'; readonly error: InstanceType<typeof errors.StripeCardError> }
  /** The call may or may not have been carried out. */
  | { readonly kind: 'unknown' }
  /** Another call with the same key is still being carried out. */
  | { readonly kind: 'in-progress' }
  /** The call was not carried out, and may be later. */
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  /** The key was used with other parameters: the earlier call's effect has to be looked up. */
  | { readonly kind: 'other-parameters' }
  /** The call can't be carried out as it is. */
  | { readonly kind: 'refused'; readonly code: string | null; readonly param: string | null; readonly message: string }

const retryAfterSeconds = 30

/** Throws any error that is not Stripe's. */
export function faultOf(error: unknown): StripeFault {
  if (error instanceof errors.StripeCardError) return { kind: 'declined', error }
  // The class of this error varies, its status does not.
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

/** Whether Stripe has answered no: the same call can't succeed later. */
export const isRefusal = ({ kind }: StripeFault): boolean => kind === 'refused' || kind === 'declined'

/** The decline code of a payment that Stripe refused for a reason that no payment method changes. */
export const paymentRefused = 'payment_refused'

/** Stripe's code for a tax that it can't compute, because it knows no address: the decline code of such a payment. */
export const noTaxLocation = 'customer_tax_location_invalid'

/** The way on where Stripe can't compute a tax. */
export const unknownAddress =
  "The team's address is not known, so that its tax can't be computed: an admin sets it with setBillingDetails"

/** A payment that has no tax yet. Nothing was charged. */
export const withoutAddress = {
  outcome: 'FAILED' as const,
  declineCode: noTaxLocation,
  failure: `${unknownAddress}, or pays by Checkout, which asks for it.`,
}

/** The customer's balance at Stripe would change the sum of the next invoice. Nothing was charged. */
export const otherBalance = {
  outcome: 'FAILED' as const,
  declineCode: paymentRefused,
  failure:
    "The customer's balance at Stripe would change the sum of this payment: the operator has to settle it there, or " +
    'pay by Checkout.',
}

export type Refused = Extract<StripeFault, { readonly kind: 'refused' }>

/** The codes that begin like those of a payment method and are about the request or the account. */
const notOfMethods = new Set([
  'payment_method_configuration_failures',
  'payment_method_invalid_parameter',
  'payment_method_types_no_longer_supported',
])

/** Whether Stripe refused the payment method, such as one that was removed. */
export const isMethodRefusal = ({ code, param }: Refused): boolean =>
  param === 'payment_method' || (code?.startsWith('payment_method_') === true && !notOfMethods.has(code))

/** A payment that Stripe refused for another reason than its method. Only the operator can change that. */
export const refusedPayment = ({ code, param }: Refused) => ({
  outcome: 'FAILED' as const,
  declineCode: paymentRefused,
  failure:
    `Stripe refused this payment (${code ?? param ?? 'invalid request'}). The reason is not about the payment method: ` +
    'the operator has to correct it, and finds it in the log.',
})

/** Whether Stripe can't be reached, or gives no final answer now: the same call may succeed later. */
export const isStripeOutage = (error: unknown): boolean =>
  error instanceof StripeUnavailable || (error instanceof errors.StripeError && !isRefusal(faultOf(error)))

/** Whether Stripe failed inside. It repeats this answer for as long as it keeps the call's key. */
export const isStripeFailure = (error: unknown): boolean =>
  error instanceof errors.StripeAPIError && (error.statusCode ?? 0) >= 500

/** Whether Stripe has no object of that name. */
export const isMissing = (error: unknown): boolean =>
  error instanceof errors.StripeInvalidRequestError && error.code === 'resource_missing'

/** The error to throw for a call that charges nothing: in an outage, when to retry. */
export const orUnavailable = (error: unknown): unknown =>
  isStripeOutage(error) && !(error instanceof StripeUnavailable)
    ? new StripeUnavailable(retryAfterSeconds, error)
    : error

/** Runs a call that charges nothing: whatever keeps Stripe from answering, the same call may be retried. */
export async function reached<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw orUnavailable(error)
  }
}

/** Runs a call for its answer; null: Stripe does not answer now. */
export async function told<T>(call: () => Promise<T>, log: (error: unknown) => void): Promise<T | null> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof StripeUnavailable || !isStripeOutage(error)) throw error
    log(error)
    return null
  }
}
