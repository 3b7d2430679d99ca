import type { Stripe } from 'stripe'
import { paidByInvoice } from './paid-amount.ts'
import type { Observation, Purchase } from './purchase.ts'
import { idOf, ofIntent, ofSession } from './stripe-to-facts.ts'

/**
 * The observation in a payment that succeeded, by the Checkout page or the invoice that it paid; null: it paid none, so
 * that it has no tax.
 */
export async function taxedPayment(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
  { pay }: Pick<Purchase, 'pay'>,
): Promise<((known: Purchase) => Observation) | null> {
  if (pay !== 'SAVED_METHOD') {
    const { data } = await stripe.checkout.sessions.list({ payment_intent: intent.id, limit: 1 })
    const [session] = data
    if (session !== undefined) return (known) => ofSession({ ...session, payment_intent: intent }, known)
  }
  const invoice = await invoiceOfPayment(stripe, intent.id)
  return invoice === null ? null : (known) => ofInvoice(invoice, intent, known)
}

/** The invoice that a payment pays; null: none. */
export async function invoiceOfPayment({ invoices, invoicePayments }: Stripe, intent: string) {
  const payment = { type: 'payment_intent', payment_intent: intent } as const
  const [found] = (await invoicePayments.list({ payment, limit: 1 })).data
  const invoice = idOf(found?.invoice)
  return invoice === null ? null : invoices.retrieve(invoice)
}

/** The observation in a payment that succeeded, and in the invoice that it paid. */
export const ofInvoice = (invoice: Stripe.Invoice, intent: Stripe.PaymentIntent, purchase: Purchase): Observation => ({
  ...ofIntent(intent, purchase, paidByInvoice(invoice)),
  ...placeOf(invoice),
})

/** Where the customer finds the invoice. */
export const placeOf = ({ id, hosted_invoice_url: url }: Stripe.Invoice): Observation => ({
  invoice: id,
  invoiceUrl: url ?? null,
})
