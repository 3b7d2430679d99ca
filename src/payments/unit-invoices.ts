import type { Stripe } from 'stripe'
import { type AddOnChange, markOf, type UnitBill } from './add-on-change.ts'
import { step } from './step.ts'
import { idOf } from './stripe-to-facts.ts'

/** The units that a change has to pay for: those that the running cycle has not had yet. */
export type UnitCharge = {
  readonly subscription: Stripe.Subscription
  /** The one-time price of a unit at Stripe. */
  readonly unitPrice: string
  readonly fresh: number
  /** Whether the catalog has taxes computed, beside what the subscription says. */
  readonly isTaxed: boolean
  /** The price of all of them, in the currency's smallest unit, before tax. */
  readonly amount: number
  /** The cycle that they are for, in seconds. */
  readonly period: { readonly start: number; readonly end: number }
}

/** How far Stripe's clock may be behind ours. */
const skewSeconds = 3_600

/**
 * The draft of an invoice for the units. A draft charges nobody, and nobody sees it. The invoice does not name the
 * subscription: it counts against none of the subscription's limits, and changes nothing of it.
 */
export async function draftUnits(stripe: Stripe, change: AddOnChange, charge: UnitCharge): Promise<UnitBill> {
  const { subscription, unitPrice, fresh, amount, period } = charge
  const customer = idOf(subscription.customer) ?? ''
  const metadata = {
    team: change.teamId,
    change: markOf(change),
    subscription: subscription.id,
    units: `${fresh}`,
  }
  const terms: Stripe.InvoiceCreateParams = {
    customer,
    currency: subscription.currency,
    collection_method: 'charge_automatically',
    auto_advance: false,
    pending_invoice_items_behavior: 'exclude',
    discounts: '',
    metadata,
    ...methodOf(subscription),
    ...taxOf(charge),
  }
  const { id: invoice } = await step(
    `${markOf(change)}:draft`,
    (key) => stripe.invoices.create(terms, key),
    () => findDraft(stripe, change, customer),
  )
  const item = { customer, invoice, pricing: { price: unitPrice }, quantity: fresh, period, metadata }
  const hasItem = async () => ((await stripe.invoices.retrieve(invoice)).subtotal > 0 ? true : null)
  await step(`${markOf(change)}:item`, (key) => stripe.invoiceItems.create(item, key), hasItem)
  return { invoice, fresh, amount }
}

async function findDraft(
  stripe: Stripe,
  change: AddOnChange,
  customer: string,
): Promise<Pick<Stripe.Invoice, 'id'> | null> {
  const created = { gte: Math.floor((change.claimedAt ?? 0) / 1000) - skewSeconds }
  for await (const invoice of stripe.invoices.list({ customer, created, limit: 100 })) {
    if (invoice.metadata?.change === markOf(change)) return invoice
  }
  return null
}

/** Without a method of its own, the subscription is paid by the customer's default method, and so is the invoice. */
function methodOf({ default_payment_method: method, default_source: source }: Stripe.Subscription) {
  if (method !== null) return { default_payment_method: idOf(method) ?? '' }
  return source === null ? {} : { default_source: idOf(source) ?? '' }
}

function taxOf({ subscription, isTaxed }: UnitCharge) {
  const { automatic_tax: automatic, default_tax_rates: rates } = subscription
  if (automatic.enabled || isTaxed) return { automatic_tax: { enabled: true } }
  return rates == null || rates.length === 0 ? {} : { default_tax_rates: rates.map(({ id }) => id) }
}
