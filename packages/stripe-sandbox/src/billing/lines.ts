import Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { shownMoney } from '../payments/shown-money.ts'
import type { Period } from './calendar.ts'
import { idOf } from './reference.ts'

type LinePlan = Pick<Stripe.InvoiceLineItem, 'amount' | 'currency' | 'description' | 'parent' | 'subscription'> & {
  readonly period: Period
  readonly metadata: Record<string, string>
  readonly quantity: number
  readonly pricing: Stripe.InvoiceLineItem.Pricing | null
}

function line(work: Work, plan: LinePlan): Stripe.InvoiceLineItem {
  return {
    id: work.id('line_item'),
    object: 'line_item',
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    pretax_credit_amounts: [],
    quantity_decimal: Stripe.Decimal.from(plan.quantity),
    subtotal: plan.amount,
    taxes: [],
    ...plan,
  }
}

/** A subscription's item for a period; null: the period is free, as in a trial. */
export function itemLine(
  work: Work,
  item: Stripe.SubscriptionItem,
  period: Period,
  quantity: number | null,
): Stripe.InvoiceLineItem {
  const { price } = item
  const count = quantity ?? item.quantity ?? 1
  const name = productName(work, price)
  return line(work, {
    amount: quantity === null ? 0 : (price.unit_amount ?? 0) * quantity,
    currency: price.currency,
    description: quantity === null ? `Trial period for ${name}` : `${count} × ${name} (at ${rate(price)})`,
    metadata: item.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: item.subscription,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period,
    pricing: pricingOf(price),
    quantity: count,
    subscription: item.subscription,
  })
}

/** An invoice item as the invoice shows it. */
export function itemisedLine(work: Work, item: Stripe.InvoiceItem): Stripe.InvoiceLineItem {
  const subscription = item.parent?.subscription_details?.subscription ?? null
  const subscriptionItem = item.parent?.subscription_details?.subscription_item
  const details = {
    invoice_item: item.id,
    proration: item.proration,
    proration_details: { credited_items: null },
    subscription,
  }
  return line(work, {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    metadata: item.metadata ?? {},
    parent:
      subscriptionItem === undefined
        ? { invoice_item_details: details, subscription_item_details: null, type: 'invoice_item_details' }
        : {
            invoice_item_details: null,
            subscription_item_details: { ...details, subscription_item: subscriptionItem },
            type: 'subscription_item_details',
          },
    period: item.period,
    pricing: item.pricing,
    quantity: item.quantity,
    subscription,
  })
}

export const pricingOf = (price: Stripe.Price) => ({
  price_details: { price: price.id, product: idOf(price.product) ?? '' },
  type: 'price_details' as const,
  unit_amount_decimal: price.unit_amount_decimal,
})

/** The name of the price's product. */
export const productName = (work: Work, price: Stripe.Price): string =>
  work.need('product', idOf(price.product) ?? '').name

const rate = ({ unit_amount, currency, recurring }: Stripe.Price) => {
  const count = recurring?.interval_count ?? 1
  return `${shownMoney(unit_amount ?? 0, currency)} / ${count === 1 ? recurring?.interval : `every ${count} ${recurring?.interval}s`}`
}
