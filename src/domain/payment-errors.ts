import { formatMoney, type Money } from './amounts/money.ts'
import { ExpectedError } from './errors.ts'

/* What payments answer with: none of it is decided, or kept, by the ledger. */

const anotherMethod = ' Nothing was charged. Try again with a new key and another payment method.'

/** The end of the message where another payment method changes nothing. The reason says what to do. */
const advice: Readonly<Record<string, string>> = {
  too_many_unfinished: ' Nothing was charged.',
  daily_limit: ' Nothing was charged.',
  too_many_declines: ' Nothing was charged.',
  payment_refused: ' Nothing was charged.',
  customer_tax_location_invalid: ' Nothing was charged.',
  paid_otherwise: '',
}

/**
 * The payment was refused, by the bank, by the customer, by Stripe, or before Stripe was called: nothing was charged. With
 * the code `paid_otherwise`, money was paid that is not the price.
 */
export class PaymentDeclined extends ExpectedError<'PAYMENT_DECLINED'> {
  /**
   * Stripe's code (`insufficient_funds`), or the gateway's own: `no_payment_method`, `too_many_unfinished`,
   * `daily_limit`, `too_many_declines`, `payment_refused`, `paid_otherwise`. `customer_tax_location_invalid`: the team's
   * address is not known.
   */
  readonly declineCode: string | null

  /** `reason`: why, for people. */
  constructor(facts: { reason: string | null; declineCode: string | null }) {
    const { reason, declineCode } = facts
    const why = reason?.replace(/[.\s]+$/, '') || 'The payment was declined'
    super('PaymentDeclined', 'PAYMENT_DECLINED', `${why}.${advice[declineCode ?? ''] ?? anotherMethod}`)
    this.declineCode = declineCode
  }
}

/** The bank wants the customer to confirm the payment. */
export class PaymentActionRequired extends ExpectedError<'PAYMENT_ACTION_REQUIRED'> {
  readonly actionUrl: string

  constructor(facts: { actionUrl: string }) {
    super(
      'PaymentActionRequired',
      'PAYMENT_ACTION_REQUIRED',
      'The bank wants this payment to be confirmed. Open the actionUrl; the credits arrive once it is confirmed.',
    )
    this.actionUrl = facts.actionUrl
  }
}

/** Payments can't be reached now. */
export class PaymentUnavailable extends ExpectedError<'PAYMENT_UNAVAILABLE'> {
  readonly retryAfterSeconds: number

  constructor(facts: { retryAfterSeconds: number }) {
    const { retryAfterSeconds } = facts
    super(
      'PaymentUnavailable',
      'PAYMENT_UNAVAILABLE',
      `Payments are out of reach. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'} ` +
        'with the same key, which never pays twice.',
    )
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** There is no saved method that can be charged without the customer. */
export class NoPaymentMethod extends ExpectedError<'NO_PAYMENT_METHOD'> {
  readonly setupUrl: string

  constructor(facts: { setupUrl: string }) {
    super(
      'NoPaymentMethod',
      'NO_PAYMENT_METHOD',
      'No payment method is saved. Open the setupUrl to save one, then do this again.',
    )
    this.setupUrl = facts.setupUrl
  }
}

/** The amount can't be given back: it is more than the payer has not got back yet, or nothing is left to give back. */
export class RefundExceedsPurchase extends ExpectedError<'REFUND_EXCEEDS_PURCHASE'> {
  readonly refundable: Money

  constructor(facts: { refundable: Money }) {
    const { refundable } = facts
    super(
      'RefundExceedsPurchase',
      'REFUND_EXCEEDS_PURCHASE',
      refundable.amount === 0n
        ? 'Nothing of this payment can be given back: it is not paid, or its payer has the money already.'
        : `At most ${formatMoney(refundable)} ${refundable.currency} can be given back. Give an amount up to that; without one, only what is unused is given back.`,
    )
    this.refundable = refundable
  }
}
