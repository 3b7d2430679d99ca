import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { toMinorUnits } from './minor-units.ts'
import { needsCustomer, ofDecline, ofIntent } from './observations.ts'
import { PaymentsUnavailable } from './payments.ts'
import type { Observation, Purchase } from './purchase.ts'
import { customerMayTakeMs, keyLastsMs } from './schedule.ts'
import { faultOf } from './stripe-faults.ts'
import { metadataOf, tagOf } from './tags.ts'
import { countTries } from './tries.ts'

/** A purchase that is being asked for, and what the answer depends on beside it. */
export type Asking = {
  readonly purchase: Purchase
  /** Since it was first asked for, in milliseconds of the ledger's clock. */
  readonly age: number
  /** Nobody has asked for it before. */
  readonly isFirst: boolean
  /** As it stands on the receipt. */
  readonly title: string
  /** Where the customer comes back to. */
  readonly comeBack: string
}

/** No payment was made, and none can come any more. */
export const neverMade: Observation = { outcome: 'CANCELED' }

/**
 * Charges saved methods. A charge is made under a key that follows from its purchase; what may have been made before is
 * looked for first, and once Stripe may have forgotten the key it is only looked for.
 */
export function createCharging(stripe: Stripe, log: Logger) {
  const tries = countTries(stripe)

  /**
   * What is known of the payment now; null: not yet what came of it.
   *
   * @throws {PaymentsUnavailable} where nothing was charged and nobody tried before, so that nothing can have been.
   */
  async function ask(asking: Asking): Promise<Observation | null> {
    const { purchase, age, isFirst } = asking
    if (purchase.intent !== null) {
      return see(asking, await stripe.paymentIntents.retrieve(purchase.intent, withCharge))
    }
    // A key that was answered with a fault says so as long as it lasts, also where the payment was made.
    const found = isFirst ? null : await find(purchase)
    if (found !== null) return see(asking, found)
    if (age >= keyLastsMs) return neverMade
    const key = `${tagOf(purchase)}:intent`
    tries.begin(key)
    try {
      const charged = await charge(asking, key)
      tries.end(key)
      return await see(asking, charged)
    } catch (error) {
      return notCharged(asking, error, tries.end(key) <= 1 && isFirst)
    }
  }

  function charge({ purchase, title, comeBack }: Asking, idempotencyKey: string): Promise<Stripe.PaymentIntent> {
    const { id, price, customer, paymentMethod, cause, receiptEmail } = purchase
    if (customer === null || paymentMethod === null) throw new Error(`Purchase ${id} has no method to charge`)
    return stripe.paymentIntents.create(
      {
        amount: toMinorUnits(price),
        currency: price.currency.toLowerCase(),
        customer,
        payment_method: paymentMethod,
        confirm: true,
        return_url: comeBack,
        description: title,
        metadata: metadataOf(purchase),
        ...(receiptEmail === null ? {} : { receipt_email: receiptEmail }),
        ...(cause === 'RECHARGE' ? { off_session: true, error_on_requires_action: true } : {}),
        ...withCharge,
      },
      { idempotencyKey },
    )
  }

  /** What Stripe's refusal tells. `isOnly`: no other try was made, whose answer may have been lost. */
  async function notCharged(asking: Asking, error: unknown, isOnly: boolean): Promise<Observation | null> {
    const { purchase } = asking
    const name = { purchase: purchase.id, team: purchase.teamId }
    const fault = faultOf(error)
    switch (fault.kind) {
      case 'declined': {
        const { payment_intent: intent } = fault.error
        return intent === undefined ? ofDecline(fault.error) : see(asking, intent)
      }
      case 'refused':
        log.error({ ...name, ...fault }, 'Stripe refused a payment as it was asked for')
        return { outcome: 'FAILED', declineCode: fault.code, failure: notChargeable }
      case 'other-parameters':
      case 'in-progress': {
        const found = await find(purchase)
        return found === null ? null : see(asking, found)
      }
      case 'unavailable':
        if (isOnly) throw new PaymentsUnavailable(fault.retryAfterSeconds, error)
        return null
      case 'unknown':
        log.warn({ err: error, ...name }, 'What came of a charge is not known yet')
        return null
    }
  }

  /** A recharge that has to be confirmed gets a page for that; a payment that waited too long for the customer is called off. */
  async function see({ purchase, age, comeBack }: Asking, intent: Stripe.PaymentIntent): Promise<Observation> {
    const { id, status, last_payment_error: fault } = intent
    const waits = status === 'requires_action' || status === 'requires_payment_method'
    if (waits && age >= customerMayTakeMs) return ofIntent(await stripe.paymentIntents.cancel(id), purchase)
    const isParked = status === 'requires_payment_method' && fault !== null && needsCustomer(fault)
    if (purchase.cause !== 'RECHARGE' || !isParked || purchase.paymentMethod === null) return ofIntent(intent, purchase)
    try {
      const confirmed = await stripe.paymentIntents.confirm(
        id,
        { payment_method: purchase.paymentMethod, return_url: comeBack, ...withCharge },
        { idempotencyKey: `${tagOf(purchase)}:confirm` },
      )
      return ofIntent(confirmed, purchase)
    } catch (error) {
      const refusal = faultOf(error)
      if (refusal.kind !== 'declined') throw error
      return { intent: id, ...ofDecline(refusal.error) }
    }
  }

  /** The payment that Stripe has for this purchase by now. */
  async function find(purchase: Purchase): Promise<Stripe.PaymentIntent | null> {
    const { customer } = purchase
    if (customer === null) return null
    for await (const intent of stripe.paymentIntents.list({ customer, limit: 100 })) {
      if (intent.metadata.tag === tagOf(purchase)) return intent
    }
    return null
  }

  return { ask }
}

const notChargeable =
  'The saved payment method can not be charged: replace it in the billing portal, or pay by Checkout.'

const withCharge = { expand: ['latest_charge'] }
