import type Stripe from 'stripe'
import type { Objects } from '../store/objects.ts'

/** From this version on, an invoice names its subscription in `parent`, and periods are those of items. */
const parents = '2025-03-31'

/** The copy of an object in the form of that API version: invoices and subscriptions changed theirs. */
export function inVersion<T extends object>(objects: Objects, version: string, object: T): T {
  if (version >= parents || !('object' in object)) return object
  if (isKind(object, 'invoice')) return Object.assign(object, formerInvoice(objects, object))
  if (isKind(object, 'subscription')) return Object.assign(object, formerSubscription(object))
  return object
}

type Kinds = { invoice: Stripe.Invoice; subscription: Stripe.Subscription }

function isKind<K extends keyof Kinds>(object: object, kind: K): object is Kinds[K] {
  return 'object' in object && object.object === kind
}

/** Fields of `undefined` are absent in JSON. */
function formerInvoice(objects: Objects, invoice: Stripe.Invoice) {
  const { parent, lines, status, total_taxes } = invoice
  const details = parent?.subscription_details
  const [payment] = objects.all('invoice_payment', { invoice: invoice.id })
  const intent = objects.get('payment_intent', String(payment?.payment.payment_intent ?? ''))
  return {
    parent: undefined,
    total_taxes: undefined,
    subscription: details?.subscription ?? null,
    subscription_details: { metadata: details?.metadata ?? null },
    payment_intent: intent?.id ?? null,
    charge: intent?.latest_charge ?? null,
    paid: status === 'paid',
    tax: total_taxes?.reduce((sum, { amount }) => sum + amount, 0) ?? null,
    lines: { ...lines, data: lines.data.map((line) => formerLine(objects, line)) },
  }
}

function formerLine(objects: Objects, line: Stripe.InvoiceLineItem) {
  const { parent, pricing, taxes: _, ...rest } = line
  const item = parent?.subscription_item_details
  const own = parent?.invoice_item_details
  const price = objects.get('price', String(pricing?.price_details?.price ?? ''))
  return {
    ...rest,
    type: item?.invoice_item === null ? 'subscription' : 'invoiceitem',
    invoice_item: item?.invoice_item ?? own?.invoice_item,
    subscription: item?.subscription ?? own?.subscription ?? null,
    subscription_item: item?.subscription_item,
    proration: item?.proration ?? own?.proration ?? false,
    price: price ?? null,
  }
}

function formerSubscription({ items }: Stripe.Subscription) {
  const [item] = items.data
  return { current_period_start: item?.current_period_start, current_period_end: item?.current_period_end }
}
