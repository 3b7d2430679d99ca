import type Stripe from 'stripe'
import { newId } from '../api/ids.ts'
import { currency, integer, list, oneOf, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { idOf } from '../billing/reference.ts'
import { countryOf, noLocation } from './location.ts'
import { behaviorOf, lineTaxes, taxOn } from './rates.ts'
import { taxIdsOf } from './tax-ids.ts'

const createParameters = parameters({
  currency,
  customer: text(),
  line_items: list(
    parameters({
      amount: integer(1),
      quantity: integer(1).optional(),
      reference: text(500).optional(),
      tax_behavior: oneOf(['exclusive', 'inclusive']).optional(),
      tax_code: text().optional(),
    }),
  ),
})

const day = 24 * 3600

export const taxCalculationRoutes: readonly Route[] = [
  route('POST', '/v1/tax/calculations', createParameters, calculate),
  route('GET', '/v1/tax/settings', parameters({}), () => settings),
]

/** The account has said where it is, so that taxes are computed. */
const settings: Stripe.Tax.Settings = {
  object: 'tax.settings',
  defaults: { provider: 'stripe', tax_behavior: null, tax_code: null },
  head_office: { address: { city: null, country: 'DE', line1: null, line2: null, postal_code: null, state: null } },
  livemode: false,
  status: 'active',
  status_details: { active: {} },
}

/** The tax of the customer's address. It is not kept: nothing here reads a calculation again. */
function calculate(work: Work, given: ReturnType<typeof createParameters.parse>): Stripe.Tax.Calculation {
  const { address } = work.need('customer', given.customer, 'customer')
  const country = countryOf(work, given.customer)
  if (country === null) throw noLocation()
  const sumOf = (inclusive: boolean) =>
    given.line_items
      .filter(({ tax_behavior }) => (behaviorOf(tax_behavior) === 'inclusive') === inclusive)
      .reduce((sum, { amount, tax_behavior }) => sum + taxOn(amount, behaviorOf(tax_behavior), country), 0)
  const tax_amount_exclusive = sumOf(false)
  return {
    id: newId('taxcalc'),
    object: 'tax.calculation',
    amount_total: given.line_items.reduce((sum, { amount }) => sum + amount, tax_amount_exclusive),
    currency: given.currency,
    customer: given.customer,
    customer_details: {
      address: address ?? null,
      address_source: 'billing',
      ip_address: null,
      tax_ids: taxIdsOf(work, given.customer),
      taxability_override: 'none',
    },
    expires_at: work.now + 90 * day,
    livemode: false,
    ship_from_details: null,
    shipping_cost: null,
    tax_amount_exclusive,
    tax_amount_inclusive: sumOf(true),
    tax_breakdown: given.line_items.flatMap(({ amount, tax_behavior }) =>
      lineTaxes(amount, behaviorOf(tax_behavior), country).map((tax) => breakdownOf(tax, country)),
    ),
    tax_date: work.now,
  }
}

const breakdownOf = (
  { amount, tax_behavior, tax_rate_details: rate, taxable_amount }: Stripe.InvoiceLineItem.Tax,
  country: string,
): Stripe.Tax.Calculation.TaxBreakdown => ({
  amount,
  inclusive: tax_behavior === 'inclusive',
  tax_rate_details: {
    country,
    flat_amount: null,
    percentage_decimal: idOf(rate?.tax_rate)?.split('_').at(-1) ?? '0',
    rate_type: 'percentage',
    state: null,
    tax_type: 'vat',
  },
  taxability_reason: 'standard_rated',
  taxable_amount: taxable_amount ?? 0,
})
