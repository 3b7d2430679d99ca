import type Stripe from 'stripe'

export type TaxBehavior = 'exclusive' | 'inclusive'

/** The countries in which the account collects tax, in percent. */
const rates: Readonly<Record<string, number>> = { DE: 19, ES: 21 }

/** The tax on an amount that includes it or not; null: the country is not known. */
export function taxOn(amount: number, behavior: TaxBehavior, country: string | null): number {
  const rate = rates[country ?? ''] ?? 0
  return Math.round((amount * rate) / (behavior === 'inclusive' ? 100 + rate : 100))
}

/** The taxes of an invoice's line; none where the account collects none. */
export function lineTaxes(
  amount: number,
  tax_behavior: TaxBehavior,
  country: string | null,
): Stripe.InvoiceLineItem.Tax[] {
  const rate = rates[country ?? '']
  if (rate === undefined) return []
  const tax = taxOn(amount, tax_behavior, country)
  return [
    {
      amount: tax,
      tax_behavior,
      tax_rate_details: { tax_rate: `txr_${country?.toLowerCase()}_${rate}` },
      taxability_reason: 'standard_rated',
      taxable_amount: tax_behavior === 'inclusive' ? amount - tax : amount,
      type: 'tax_rate_details',
    },
  ]
}

/** Prices that do not say it are without tax. */
export const behaviorOf = (tax_behavior: string | null | undefined): TaxBehavior =>
  tax_behavior === 'inclusive' ? 'inclusive' : 'exclusive'
