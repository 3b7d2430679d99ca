import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { TeamId } from '../domain/identity.ts'
import type { Purchase } from './purchase.ts'
import { readPurchaseOfPayment } from './purchase-rows.ts'
import { faultOf, reached } from './stripe-faults.ts'
import type { PurchaseName } from './stripe-metadata.ts'
import { isInvoiced, needsCustomer } from './stripe-to-facts.ts'
import { invoiceOfPayment } from './taxed-payment.ts'

/** A recharge that its bank wants the customer to confirm. */
export type Confirmation = {
  readonly purchase: Purchase
  /** The name of its package; null: it has none. */
  readonly name: string | null
}

export type Confirmations = {
  /** The recharge with this payment, `pi_…`; null: there is none. */
  find(payment: string): Promise<Confirmation | null>
  /**
   * Confirms the payment with the customer present. Returns the bank's page, or the invoice's page where it has a tax, or null if the purchase's state says what
   * came of it. A payment is taken once, however often it is confirmed.
   *
   * @throws {StripeUnavailable} {PaymentsOverasked}
   */
  confirm(confirmation: Confirmation): Promise<string | null>
}

export type ConfirmationsOptions = {
  readonly pool: Pool
  readonly stripe: Stripe
  readonly nameOf: (purchase: Purchase) => Promise<string | null>
  readonly advance: (purchase: PurchaseName) => Promise<Purchase>
  readonly countRequest: (teamId: TeamId) => Promise<void>
  /** The page that the bank's page returns to. */
  readonly comeBack: (purchase: Purchase) => string
  readonly log: Logger
}

/** The path of the page on which the customer confirms a recharge. The customer alone continues from there. */
export const confirmPath = '/payment/confirm'

/** Confirms recharges that wait for the customer. Nothing is confirmed before the customer asks for it. */
export function createConfirmations(options: ConfirmationsOptions): Confirmations {
  const { pool, stripe, nameOf, advance, countRequest, comeBack, log } = options

  async function find(payment: string): Promise<Confirmation | null> {
    const purchase = (await readPurchaseOfPayment(pool, payment))?.purchase ?? null
    if (purchase?.cause !== 'RECHARGE' || purchase.intent !== payment) return null
    return { purchase, name: await nameOf(purchase) }
  }

  async function confirm({ purchase }: Confirmation): Promise<string | null> {
    const { teamId, intent, paymentMethod: payment_method } = purchase
    if (intent === null || payment_method === null) return null
    await countRequest(teamId)
    return reached(async () => {
      if (isInvoiced(purchase)) {
        const invoice = await invoiceOfPayment(stripe, intent)
        if (invoice?.status === 'open') return invoice.hosted_invoice_url ?? null
        await advance(purchase)
        return null
      }
      const found = await stripe.paymentIntents.retrieve(intent)
      const fault = found.last_payment_error
      const isParked = found.status === 'requires_payment_method' && fault !== null && needsCustomer(fault)
      const seen = isParked ? await confirmNow(intent, { payment_method, return_url: comeBack(purchase) }) : found
      if (seen.status === 'requires_action') return seen.next_action?.redirect_to_url?.url ?? null
      await advance(purchase)
      return null
    })
  }

  /** Somebody else may have confirmed the payment meanwhile, and the bank may decline it. */
  async function confirmNow(
    intent: string,
    how: { readonly payment_method: string; readonly return_url: string },
  ): Promise<Stripe.PaymentIntent> {
    try {
      return await stripe.paymentIntents.confirm(intent, how)
    } catch (error) {
      const { kind } = faultOf(error)
      if (kind !== 'declined' && kind !== 'refused' && kind !== 'in-progress') throw error
      const found = await stripe.paymentIntents.retrieve(intent)
      const isRefused = kind === 'refused' && found.status === 'requires_payment_method'
      if (isRefused)
        log.error({ err: error, payment: intent }, 'Stripe refuses to confirm a recharge with its customer')
      return found
    }
  }

  return { find, confirm }
}
