import type { Stripe } from 'stripe'
import { toMinorUnits } from './minor-units.ts'
import type { Observation, Purchase } from './purchase.ts'
import { metadataOf, tagOf } from './tags.ts'

const triesPerKey = 4

/**
 * The invoice of a paid purchase, with its payment attached, so that it stands among the customer's invoices as paid. It
 * asks for no money: an invoice that is not attached yet is neither sent nor collected. `title`: its one line.
 */
export async function makeInvoice(stripe: Stripe, purchase: Purchase, title: string): Promise<Observation> {
  const { customer, intent, price } = purchase
  if (customer === null || intent === null) throw new Error(`Purchase ${purchase.id} has no payment to invoice`)
  // A key that Stripe answers with a fault does so for a day: after some tries others are used, for what isn't there yet.
  const series = Math.floor(purchase.asks / triesPerKey)
  const key = (step: string) => ({ idempotencyKey: `${tagOf(purchase)}:invoice:${step}:${series}` })
  const currency = price.currency.toLowerCase()
  const draft =
    (await findInvoice(stripe, purchase, customer)) ??
    (await stripe.invoices.create(
      {
        ...{ customer, currency, metadata: metadataOf(purchase), description: title },
        ...{ collection_method: 'charge_automatically', auto_advance: false },
        pending_invoice_items_behavior: 'exclude',
      },
      key('draft'),
    ))
  if (draft.status === 'draft') {
    if (draft.amount_due === 0) {
      const item = { customer, invoice: draft.id, amount: toMinorUnits(price), currency, description: title }
      await stripe.invoiceItems.create(item, key('item'))
    }
    await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false }, key('final'))
  }
  if (draft.status !== 'paid') await stripe.invoices.attachPayment(draft.id, { payment_intent: intent }, key('payment'))
  const invoice = await stripe.invoices.retrieve(draft.id)
  return { invoice: invoice.id, invoiceUrl: invoice.hosted_invoice_url ?? null }
}

/** One that an earlier try has made. */
async function findInvoice(stripe: Stripe, purchase: Purchase, customer: string): Promise<Stripe.Invoice | null> {
  if (purchase.asks <= 1) return null
  const made = { gte: Math.floor(purchase.createdAt / 1000) - 3_600 }
  for await (const invoice of stripe.invoices.list({ customer, created: made, limit: 100 })) {
    if (invoice.metadata?.tag === tagOf(purchase)) return invoice
  }
  return null
}
