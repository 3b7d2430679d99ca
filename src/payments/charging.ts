import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { type Attempts, countAttempts } from './attempts.ts'
import { toMinorUnits } from './minor-units.ts'
import { StripeUnavailable } from './payments.ts'
import type { Observation, Purchase } from './purchase.ts'
import { customerMayTakeMs, keyLastsMs } from './schedule.ts'
import { faultOf, isMethodRefusal, refusedPayment } from './stripe-faults.ts'
import { tagOf } from './stripe-metadata.ts'
import { needsCustomer, ofDecline, ofIntent } from './stripe-to-facts.ts'

/** A purchase to be charged, with everything else that the charge depends on. */
export type Asking = {
  readonly purchase: Purchase
  /** The time since the first request for money, in milliseconds of the ledger's clock. */
  readonly age: number
  /** No request for money was made before. */
  readonly isFirst: boolean
  /** Whether a payment may be made. Else it is searched for, because the answer of an earlier request may be lost. */
  readonly mayCharge: boolean
  /** The purchase's name on the receipt. */
  readonly title: string
  /** The metadata of Stripe's objects for the purchase. */
  readonly metadata: Record<string, string>
  /** Whether the bank asks a customer who is there. */
  readonly threeDSecure: 'any' | 'challenge' | 'automatic'
  /** The page that the customer returns to. */
  readonly comeBack: string
  /** The page on which the customer confirms a recharge. */
  readonly confirmPage: string
}

/** No payment was made, and none can be made any more. */
export const neverMade: Observation = { outcome: 'CANCELED' }

/**
 * Charges saved methods. The idempotency key of a charge follows from its purchase. An earlier charge is searched for
 * first; once Stripe may have forgotten the key, nothing but that search is done.
 */
export class Charging {
  readonly #stripe: Stripe
  readonly #attempts: Attempts
  readonly #log: Logger

  constructor(stripe: Stripe, log: Logger) {
    this.#stripe = stripe
    this.#attempts = countAttempts(stripe)
    this.#log = log
  }

  /**
   * The payment's state as Stripe reports it; null: its outcome is not known yet.
   *
   * @throws {StripeUnavailable} if nothing was charged and this was the first try, so that no earlier one can have
   * charged.
   */
  async ask(asking: Asking): Promise<Observation | null> {
    const { purchase, age, isFirst, mayCharge } = asking
    if (purchase.intent !== null) {
      return this.#see(asking, await this.#stripe.paymentIntents.retrieve(purchase.intent, withCharge))
    }
    // Stripe repeats the error of a key for as long as it keeps the key, even if the payment was made.
    const found = isFirst ? null : await this.#find(purchase)
    if (found !== null) return this.#see(asking, found)
    if (age >= keyLastsMs) return neverMade
    if (!mayCharge) return null
    const key = `${tagOf(purchase)}:intent`
    this.#attempts.begin(key)
    try {
      const charged = await this.#charge(asking, key)
      this.#attempts.end(key)
      return await this.#see(asking, charged)
    } catch (error) {
      return this.#notCharged(asking, error, this.#attempts.end(key) <= 1 && isFirst)
    }
  }

  #charge(
    { purchase, title, metadata, threeDSecure, comeBack }: Asking,
    idempotencyKey: string,
  ): Promise<Stripe.PaymentIntent> {
    const { id, price, customer, paymentMethod, cause, receiptEmail } = purchase
    if (customer === null || paymentMethod === null) throw new Error(`Purchase ${id} has no method to charge`)
    return this.#stripe.paymentIntents.create(
      {
        amount: toMinorUnits(price),
        currency: price.currency.toLowerCase(),
        customer,
        payment_method: paymentMethod,
        confirm: true,
        return_url: comeBack,
        description: title,
        metadata,
        ...(receiptEmail === null ? {} : { receipt_email: receiptEmail }),
        ...(cause === 'RECHARGE' ? unscheduled : asked(threeDSecure)),
        ...withCharge,
      },
      { idempotencyKey },
    )
  }

  /** The meaning of Stripe's refusal. `isOnly`: there was no other try whose answer may have been lost. */
  async #notCharged(asking: Asking, error: unknown, isOnly: boolean): Promise<Observation | null> {
    const { purchase } = asking
    const name = { purchase: purchase.id, team: purchase.teamId }
    const fault = faultOf(error)
    switch (fault.kind) {
      case 'declined': {
        const { payment_intent: intent } = fault.error
        return intent === undefined ? ofDecline(fault.error) : this.#see(asking, intent)
      }
      case 'refused':
        this.#log.error({ ...name, ...fault }, 'Stripe refused a payment as it was asked for')
        return isMethodRefusal(fault)
          ? { outcome: 'FAILED', declineCode: fault.code, failure: notChargeable }
          : refusedPayment(fault)
      case 'other-parameters':
      case 'in-progress': {
        const found = await this.#find(purchase)
        return found === null ? null : this.#see(asking, found)
      }
      case 'unavailable':
        if (isOnly) throw new StripeUnavailable(fault.retryAfterSeconds, error)
        return null
      case 'unknown':
        this.#log.warn({ err: error, ...name }, 'What came of a charge is not known yet')
        return null
    }
  }

  /**
   * A recharge that has to be confirmed gets a page for that: with nobody there, nobody can confirm it. A payment that
   * waited too long for the customer is canceled.
   */
  async #see({ purchase, age, confirmPage }: Asking, intent: Stripe.PaymentIntent): Promise<Observation> {
    const { id, status, last_payment_error: fault } = intent
    const waits = status === 'requires_action' || status === 'requires_payment_method'
    if (waits && age >= customerMayTakeMs) return ofIntent(await this.#stripe.paymentIntents.cancel(id), purchase)
    const asksCustomer = status === 'requires_action' || (waits && fault !== null && needsCustomer(fault))
    return purchase.cause === 'RECHARGE' && asksCustomer
      ? { intent: id, actionUrl: `${confirmPage}?payment=${id}` }
      : ofIntent(intent, purchase)
  }

  /** The payment that Stripe has for this purchase now. */
  async #find(purchase: Purchase): Promise<Stripe.PaymentIntent | null> {
    const { customer } = purchase
    if (customer === null) return null
    for await (const intent of this.#stripe.paymentIntents.list({ customer, limit: 100 })) {
      if (intent.metadata.tag === tagOf(purchase)) return intent
    }
    return null
  }
}

export const notChargeable =
  'The saved payment method can not be charged: replace it in the billing portal, or pay by Checkout.'

/** A recharge is charged whenever the balance is low, with the mandate that its configuration gave. */
const unscheduled: Pick<Stripe.PaymentIntentCreateParams, 'off_session' | 'payment_method_options'> = {
  off_session: true,
  payment_method_options: { card: { stored_credential_usage: 'unscheduled' } },
}

/** Stripe and the bank decide by themselves, unless the purchase is of a new team. */
export const asked = (
  threeDSecure: Asking['threeDSecure'],
): { payment_method_options?: { card: { request_three_d_secure: 'any' | 'challenge' } } } =>
  threeDSecure === 'automatic' ? {} : { payment_method_options: { card: { request_three_d_secure: threeDSecure } } }

const withCharge = { expand: ['latest_charge'] }
