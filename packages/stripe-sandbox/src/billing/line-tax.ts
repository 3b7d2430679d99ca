import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { openSecrets } from '../store/secrets.ts'
import { behaviorOf, lineTaxes } from '../tax/rates.ts'

type ItemTax = { readonly behavior: string }

/** Invoice items do not show whether their amount includes tax. */
export function rememberBehavior(work: Work, item: string, behavior: string | null | undefined): void {
  openSecrets<ItemTax>(work.database).set(item, { behavior: behaviorOf(behavior) })
}

/** The amount that discounts take off the line. */
export const discountOf = ({ discount_amounts: amounts }: Stripe.InvoiceLineItem): number =>
  (amounts ?? []).reduce((sum, { amount }) => sum + amount, 0)

/** The line with its tax; null: the country is not known, or no tax is calculated. */
export function withLineTax(work: Work, line: Stripe.InvoiceLineItem, country: string | null): Stripe.InvoiceLineItem {
  const { parent, pricing } = line
  const item = parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item
  const price = work.objects.get('price', String(pricing?.price_details?.price ?? ''))
  const known = item === null || item === undefined ? undefined : openSecrets<ItemTax>(work.database).get(item)
  const amount = line.amount - discountOf(line)
  return { ...line, taxes: lineTaxes(amount, behaviorOf(known?.behavior ?? price?.tax_behavior), country) }
}
