import type { Stripe } from 'stripe'
import { purchaseTotal } from '../domain/purchase-total.ts'
import { toMinorUnits } from './minor-units.ts'
import type { Observation, Purchase } from './purchase.ts'
import { addPurchaseLine } from './purchase-line.ts'
import type { PushedPrices } from './pushed-prices.ts'
import { type Key, step } from './step.ts'
import { metadataOf, tagOf } from './stripe-metadata.ts'
import { invoiceOfPayment, placeOf } from './taxed-payment.ts'

/**
 * The invoice of a paid purchase, with its payment attached, so that it stands among the customer's invoices as paid. It
 * collects no money: an invoice that is not attached yet is neither sent nor collected. It is a draft until its lines add
 * up to what was paid. Stripe takes the customer's balance into whatever is finalized next. Credit that the payment makes
 * superfluous goes back to the balance. A debt stays on the invoice's page as its open rest, which nothing collects.
 * `title`: its line. The discount of a promotion code is a second one.
 */
export async function makeInvoice(
  stripe: Stripe,
  purchase: Purchase,
  title: string,
  pushed: PushedPrices,
): Promise<Observation> {
  const { customer, intent, price } = purchase
  if (customer === null || intent === null) throw new Error(`Purchase ${purchase.id} has no payment to invoice`)
  const key = (step: string) => `${tagOf(purchase)}:invoice:${step}`
  const currency = price.currency.toLowerCase()
  const now = async (fits: (invoice: Stripe.Invoice) => boolean) => {
    const invoice = await stripe.invoices.retrieve(draft.id)
    return fits(invoice) ? invoice : null
  }
  const terms: Stripe.InvoiceCreateParams = {
    customer,
    currency,
    metadata: metadataOf(purchase),
    description: title,
    collection_method: 'charge_automatically',
    auto_advance: false,
    pending_invoice_items_behavior: 'exclude',
    discounts: '',
  }
  const find = () => findInvoice(stripe, purchase, customer)
  // The first try finds none.
  const former = purchase.asks <= 1 ? null : await find()
  const draft = former ?? (await step(key('draft'), (options) => stripe.invoices.create(terms, options), find))
  if (draft.status === 'draft') {
    const amount = toMinorUnits(purchaseTotal(purchase).total)
    const addsUp = () => now(({ subtotal }) => subtotal === amount)
    const line = { customer, invoice: draft.id, currency }
    if (draft.subtotal === 0) {
      await addPurchaseLine(stripe, pushed, { purchase, title, tax: null, invoice: draft.id, key: key('item') })
    }
    if (purchase.discount !== null && (await addsUp()) === null) {
      const item = { ...line, amount: amount - toMinorUnits(price), description: 'Promotion code' }
      await step(key('discount'), (options) => stripe.invoiceItems.create(item, options), addsUp)
    }
    // An invoice that credit pays as a whole would use up the credit, and take no payment.
    const takesPayment = ({ total, amount_due }: Stripe.Invoice) => total === amount && amount_due > 0
    if ((await now(takesPayment)) === null) throw new Error(otherSum(draft.id, purchase))
    const finalize = (options: Key) => stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false }, options)
    await step(key('final'), finalize, () => now(({ status }) => status !== 'draft'))
  }
  if (!hasPayment(draft)) {
    const attach = (options: Key) => stripe.invoices.attachPayment(draft.id, { payment_intent: intent }, options)
    await step(key('payment'), attach, () => now(hasPayment))
  }
  const invoice = await stripe.invoices.retrieve(draft.id)
  return { invoice: invoice.id, invoiceUrl: invoice.hosted_invoice_url ?? null }
}

/** The invoice of a paid purchase: with tax, Stripe has made it. */
export const invoiceOf = async (
  stripe: Stripe,
  purchase: Purchase,
  titleOf: () => Promise<string>,
  pushed: PushedPrices,
): Promise<Observation> =>
  purchase.taxBehavior === null
    ? makeInvoice(stripe, purchase, await titleOf(), pushed)
    : taxedInvoice(stripe, purchase)

/** Its payment is that of an invoice, or of a page for which Stripe makes one. */
async function taxedInvoice(stripe: Stripe, { id, teamId, intent }: Purchase): Promise<Observation> {
  const invoice = intent === null ? null : await invoiceOfPayment(stripe, intent)
  if (invoice === null) throw new Error(`Stripe has no invoice of purchase ${id} of ${teamId} yet`)
  return placeOf(invoice)
}

const hasPayment = ({ amount_paid }: Stripe.Invoice): boolean => amount_paid > 0

const otherSum = (invoice: string, { id, teamId }: Purchase): string =>
  `The draft ${invoice} of purchase ${id} of ${teamId} takes no payment of its price: settle the customer's balance in Stripe where it is credit for all of it, or what was added to the draft`

/** The purchase's invoice, which an earlier try has made; null: there is none. */
export async function findInvoice(
  stripe: Stripe,
  purchase: Purchase,
  customer: string,
): Promise<Stripe.Invoice | null> {
  for await (const invoice of stripe.invoices.list({ customer, limit: 100 })) {
    if (invoice.metadata?.tag === tagOf(purchase)) return invoice
  }
  return null
}
