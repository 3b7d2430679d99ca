import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import { moneyInWords } from '../catalog/words.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Purchase } from './purchase.ts'
import { faultOf } from './stripe-faults.ts'
import { tagOf } from './stripe-metadata.ts'
import { tellOfPayment } from './tell-of-payment.ts'

export type OtherPayments = {
  /** Refunds a second payment of a purchase and tells the team, once for its intent. */
  refund(purchase: Purchase, intent: string): Promise<void>
  /**
   * Ends all other ways to pay a purchase that is paid: open pages expire, open payments are canceled, and what was paid
   * a second time is refunded. A repeated call changes nothing.
   */
  end(purchase: Purchase): Promise<void>
}

/** The newest that are searched. Whatever else belongs to a purchase was made within its day. */
const limit = 100

const open: ReadonlySet<Stripe.PaymentIntent.Status> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
])

/** The payments with a purchase's tag, besides the one that paid it. */
export function createOtherPayments(stripe: Stripe, ledger: Pick<Ledger, 'submit'>, log: Logger): OtherPayments {
  async function refund(purchase: Purchase, intent: string): Promise<void> {
    const { teamId, id, intent: first } = purchase
    const name = { team: teamId, purchase: id, first, second: intent }
    const idempotencyKey = `${intent}:duplicate`
    try {
      await stripe.refunds.create({ payment_intent: intent, reason: 'duplicate' }, { idempotencyKey })
      await tell(purchase, intent)
      log.error(name, 'A purchase was paid twice: the second payment is refunded')
    } catch (error) {
      if (isRefunded(error)) return tell(purchase, intent)
      if (faultOf(error).kind !== 'refused') throw error
      log.error({ ...name, err: error }, 'A purchase was paid twice, and Stripe refuses the refund: refund it yourself')
    }
  }

  /** Tells the team once for the payment. */
  async function tell({ teamId, price }: Purchase, intent: string): Promise<void> {
    const reason = `A purchase of ${moneyInWords(price)} was paid twice: the second payment is given back, and the credits stay`
    await ledger.submit(tellOfPayment(teamId, intent, { notice: 'PAYMENT_DUPLICATE_REFUNDED', reason }))
  }

  async function end(purchase: Purchase): Promise<void> {
    const { customer, intent: first } = purchase
    if (customer === null) return
    const tag = tagOf(purchase)
    const sessions = await stripe.checkout.sessions.list({ customer, status: 'open', limit })
    for (const { id, metadata } of sessions.data) {
      if (metadata?.tag === tag) await unlessOver(stripe.checkout.sessions.expire(id))
    }
    const intents = await stripe.paymentIntents.list({ customer, limit })
    for (const { id, status, metadata } of intents.data) {
      if (metadata.tag !== tag || id === first) continue
      if (open.has(status)) await unlessOver(stripe.paymentIntents.cancel(id, { cancellation_reason: 'duplicate' }))
      else if (status === 'succeeded') await refund(purchase, id)
    }
  }

  return { refund, end }
}

const isRefunded = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'charge_already_refunded'

/** A page or a payment that has come to its end meanwhile can't be ended again. */
async function unlessOver(ending: Promise<unknown>): Promise<void> {
  try {
    await ending
  } catch (error) {
    if (faultOf(error).kind !== 'refused') throw error
  }
}
