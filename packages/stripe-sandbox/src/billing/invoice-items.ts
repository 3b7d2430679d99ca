import Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { currency, flag, integer, mergeMetadata, metadata, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import type { Period } from './calendar.ts'
import { changeInvoice, withLines } from './invoice.ts'
import { rememberBehavior } from './line-tax.ts'
import { itemisedLine, pricingOf, productName } from './lines.ts'
import { activePrice, priceOfLine, taxBehavior } from './prices.ts'
import { idOf } from './reference.ts'

const period = parameters({ start: integer(0), end: integer(0) })

const createParameters = parameters({
  amount: integer().optional(),
  currency: currency.optional(),
  customer: text().optional(),
  description: text().optional(),
  discountable: flag.optional(),
  invoice: text().optional(),
  metadata: metadata.optional(),
  period: period.optional(),
  price_data: parameters({
    currency,
    product: text(),
    tax_behavior: taxBehavior.optional(),
    unit_amount: integer(0),
  }).optional(),
  pricing: parameters({ price: text() }).optional(),
  quantity: integer(0).optional(),
  subscription: text().optional(),
  tax_behavior: taxBehavior.optional(),
  tax_code: text().optional(),
})
const { created: _, ...pages } = paging
const listParameters = parameters({
  ...pages,
  customer: text().optional(),
  invoice: text().optional(),
  pending: flag.optional(),
})

export const invoiceItemRoutes: readonly Route[] = [
  route('POST', '/v1/invoiceitems', createParameters, (work, given) => {
    const invoice = given.invoice === undefined ? undefined : editable(work, given.invoice)
    const customer = given.customer ?? idOf(invoice?.customer)
    if (customer === null) {
      throw invalid('You must pass either customer or invoice.', { code: 'parameter_missing', param: 'customer' })
    }
    if (invoice !== undefined && idOf(invoice.customer) !== customer) {
      throw invalid('The customer of the invoice item must be the customer of the invoice.', { param: 'customer' })
    }
    work.need('customer', customer, 'customer')
    const price = itemPrice(work, given)
    const quantity = given.quantity ?? 1
    const amount = given.amount ?? (price === undefined ? undefined : (price.unit_amount ?? 0) * quantity)
    const unit = price?.currency ?? given.currency ?? invoice?.currency
    if (amount === undefined) throw lacks('amount')
    if (unit === undefined) throw lacks('currency')
    if (invoice !== undefined && invoice.currency !== unit) {
      throw invalid(
        `The currency of the invoice item (${unit}) differs from that of the invoice (${invoice.currency}).`,
        { param: 'currency' },
      )
    }
    if (given.subscription !== undefined) work.need('subscription', given.subscription, 'subscription')
    return addItem(work, {
      amount,
      currency: unit,
      customer,
      description: given.description ?? (price === undefined ? null : productName(work, price)),
      invoice: invoice?.id ?? null,
      metadata: mergeMetadata({}, given.metadata),
      period: given.period ?? { start: work.now, end: work.now },
      price: price ?? null,
      quantity,
      subscription: given.subscription ?? null,
      taxBehavior: given.tax_behavior,
      subscriptionItem: null,
    })
  }),
  route('GET', '/v1/invoiceitems', listParameters, (work, { customer, invoice, pending, ...page }) =>
    work.list('invoiceitem', '/v1/invoiceitems', page, {
      customer,
      invoice: pending === true ? null : invoice,
    }),
  ),
]

/** The price that the item names or describes; undefined: the item has an amount. */
function itemPrice(
  work: Work,
  {
    pricing,
    price_data: data,
    amount,
  }: Pick<ReturnType<typeof createParameters.parse>, 'pricing' | 'price_data' | 'amount'>,
): Stripe.Price | undefined {
  if ([pricing, data, amount].filter((given) => given !== undefined).length > 1) {
    throw invalid('You may only specify one of these parameters: amount, price_data, pricing.', { param: 'amount' })
  }
  if (data !== undefined) return priceOfLine(work, data)
  return pricing === undefined ? undefined : activePrice(work, pricing.price, 'pricing[price]')
}

export type ItemPlan = {
  readonly amount: number
  readonly currency: string
  readonly customer: string
  readonly description: string | null
  /** Null: it waits for the next invoice. */
  readonly invoice: string | null
  readonly metadata: Record<string, string>
  readonly period: Period
  readonly price: Stripe.Price | null
  readonly quantity: number
  readonly subscription: string | null
  /** Absent: the price's. */
  readonly taxBehavior?: string
  /** Whose change it settles; null: it is no proration. */
  readonly subscriptionItem: string | null
}

/** A new invoice item, on its draft at once where it names one. */
export function addItem(work: Work, plan: ItemPlan): Stripe.InvoiceItem {
  const { price, subscription, subscriptionItem, taxBehavior, ...fields } = plan
  const proration = subscriptionItem !== null
  const item: Stripe.InvoiceItem = {
    ...fields,
    id: work.id('invoiceitem'),
    object: 'invoiceitem',
    customer_account: null,
    date: work.now,
    discountable: !proration,
    discounts: [],
    livemode: false,
    net_amount: plan.amount,
    parent:
      subscription === null
        ? null
        : {
            subscription_details: proration ? { subscription, subscription_item: subscriptionItem } : { subscription },
            type: 'subscription_details',
          },
    pricing: price === null ? null : pricingOf(price),
    proration,
    quantity_decimal: Stripe.Decimal.from(plan.quantity),
    tax_rates: [],
    test_clock: work.need('customer', plan.customer, 'customer').test_clock ?? null,
  }
  work.objects.put('invoiceitem', item)
  rememberBehavior(work, item.id, taxBehavior ?? price?.tax_behavior)
  work.emit('invoiceitem.created', item)
  if (plan.invoice !== null) refresh(work, plan.invoice, item)
  return item
}

/** Deletes an item that is on no invoice that was sent. */
export function dropItem(work: Work, item: Stripe.InvoiceItem): void {
  work.objects.remove(item.id)
  work.emit('invoiceitem.deleted', item)
}

/** The customer's items that wait, latest first: the subscription's and those of none; null: only those of none. */
export function pendingItems(
  work: Work,
  customer: string,
  currency: string,
  subscription: string | null,
): Stripe.InvoiceItem[] {
  return work.objects.all('invoiceitem', { customer, currency, invoice: null }).filter(({ parent }) => {
    const owner = parent?.subscription_details?.subscription ?? null
    return owner === null || owner === subscription
  })
}

/** Puts the items that wait on the invoice; returns its lines for them. */
export function sweep(work: Work, items: readonly Stripe.InvoiceItem[], invoice: string): Stripe.InvoiceLineItem[] {
  return items.map((item) => {
    const swept = { ...item, invoice }
    work.objects.put('invoiceitem', swept)
    return itemisedLine(work, swept)
  })
}

/** The draft; throws where it is one no more. */
export function editable(work: Work, id: string): Stripe.Invoice {
  const invoice = work.need('invoice', id, 'invoice')
  if (invoice.status === 'draft') return invoice
  throw invalid('This invoice is no longer editable', { code: 'invoice_not_editable' })
}

function refresh(work: Work, id: string, item: Stripe.InvoiceItem): void {
  const invoice = work.need('invoice', id)
  const fresh = itemisedLine(work, item)
  const known = invoice.lines.data.some((line) => itemOf(line) === item.id)
  const lines = known
    ? invoice.lines.data.map((line) => (itemOf(line) === item.id ? { ...fresh, id: line.id } : line))
    : [...invoice.lines.data, fresh]
  changeInvoice(work, invoice, withLines(work, invoice, lines))
}

const itemOf = ({ parent }: Stripe.InvoiceLineItem) =>
  parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item

const lacks = (param: string) => invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
