import type { Stripe } from 'stripe'

/** All lines of the invoice. Stripe shows the first ten, and prorations before the lines of whole periods. */
export async function linesOf(
  { invoices }: Pick<Stripe, 'invoices'>,
  { id, lines }: Pick<Stripe.Invoice, 'id' | 'lines'>,
): Promise<readonly Stripe.InvoiceLineItem[]> {
  return lines.has_more ? everyOne(invoices.listLineItems(id, { limit: 100 })) : lines.data
}

/** All items of the subscription, of which Stripe may show the first ones only. */
export async function itemsOf(
  { subscriptionItems }: Pick<Stripe, 'subscriptionItems'>,
  { id: subscription, items }: Pick<Stripe.Subscription, 'id' | 'items'>,
): Promise<readonly Stripe.SubscriptionItem[]> {
  return items.has_more ? everyOne(subscriptionItems.list({ subscription, limit: 100 })) : items.data
}

async function everyOne<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}
