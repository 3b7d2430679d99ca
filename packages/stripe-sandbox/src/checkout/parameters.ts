import { invalidParameter } from '../api/failure.ts'
import {
  address,
  currency,
  email,
  emptyable,
  flag,
  integer,
  list,
  metadata,
  noMethodTypes,
  oneOf,
  parameters,
  text,
} from '../api/parameters.ts'
import type { Work } from '../api/work.ts'
import { recurring } from '../billing/prices.ts'
import { methodOptions } from '../payments/method-options.ts'
import { countryOf } from '../tax/location.ts'

const lineItem = parameters({
  price: text().optional(),
  price_data: parameters({
    currency,
    tax_behavior: oneOf(['exclusive', 'inclusive', 'unspecified']).optional(),
    unit_amount: integer(0, 99_999_999),
    product: text().optional(),
    product_data: parameters({
      name: text(),
      description: text().optional(),
      images: list(address).optional(),
      metadata: metadata.optional(),
      tax_code: text().optional(),
    }).optional(),
    recurring: recurring.optional(),
  }).optional(),
  quantity: integer(1, 999_999).default(1),
})

export const createParameters = parameters({
  mode: oneOf(['payment', 'setup', 'subscription']),
  allow_promotion_codes: flag.optional(),
  adaptive_pricing: parameters({ enabled: flag.optional() }).optional(),
  allowed_payment_method_types: list(text()).optional(),
  automatic_tax: parameters({ enabled: flag }).optional(),
  billing_address_collection: oneOf(['auto', 'required']).optional(),
  cancel_url: address.optional(),
  client_reference_id: text(200).optional(),
  currency: currency.optional(),
  custom_text: parameters({ submit: emptyable(parameters({ message: text(1200) })).optional() }).optional(),
  customer: text().optional(),
  customer_creation: oneOf(['always', 'if_required']).optional(),
  customer_email: email.optional(),
  customer_update: parameters({
    address: oneOf(['auto', 'never']).optional(),
    name: oneOf(['auto', 'never']).optional(),
    shipping: oneOf(['auto', 'never']).optional(),
  }).optional(),
  discounts: list(parameters({ coupon: text().optional(), promotion_code: text().optional() })).optional(),
  expires_at: integer().optional(),
  invoice_creation: parameters({
    enabled: flag,
    invoice_data: parameters({ description: text(1500).optional(), metadata: metadata.optional() }).optional(),
  }).optional(),
  line_items: list(lineItem).optional(),
  locale: text(10).optional(),
  metadata: metadata.optional(),
  payment_intent_data: parameters({
    description: text(1000).optional(),
    metadata: metadata.optional(),
    receipt_email: email.optional(),
    setup_future_usage: oneOf(['off_session', 'on_session']).optional(),
  }).optional(),
  payment_method_options: methodOptions.optional(),
  payment_method_types: noMethodTypes,
  setup_intent_data: parameters({ description: text(1000).optional(), metadata: metadata.optional() }).optional(),
  subscription_data: parameters({
    description: text(500).optional(),
    metadata: metadata.optional(),
    trial_end: integer(0).optional(),
    trial_period_days: integer(1, 730).optional(),
  }).optional(),
  success_url: address,
  tax_id_collection: parameters({
    enabled: flag,
    required: oneOf(['if_supported', 'never']).optional(),
  }).optional(),
})
export type NewSession = ReturnType<typeof createParameters.parse>

/** Throws for parameters that do not go together. */
export function refuseMixed(given: NewSession): void {
  const { mode, line_items: lines = [] } = given
  if (mode !== 'setup' && lines.length === 0) {
    throw invalidParameter('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  }
  const kinds = {
    payment: 'payment_intent_data',
    setup: 'setup_intent_data',
    subscription: 'subscription_data',
  } as const
  const wrong = Object.values(kinds).find((name) => name !== kinds[mode] && given[name] !== undefined)
  if (wrong !== undefined) {
    throw invalidParameter(`You can not pass \`${wrong}\` in \`${mode}\` mode.`, { param: wrong })
  }
  if (mode !== 'payment' && given.invoice_creation !== undefined) {
    throw invalidParameter('You can only use `invoice_creation` in `payment` mode.', { param: 'invoice_creation' })
  }
  if (given.allow_promotion_codes !== undefined && given.discounts !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'discounts',
    })
  }
  if (mode !== 'payment' && (given.allow_promotion_codes ?? given.discounts) !== undefined) {
    throw invalidParameter(`Discounts are not modelled in \`${mode}\` mode.`, { param: 'mode' })
  }
  if (mode === 'setup' && lines.length > 0) {
    throw invalidParameter('You can not pass `line_items` in `setup` mode.', { param: 'line_items' })
  }
  if (given.customer !== undefined && given.customer_email !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    })
  }
}

/** Throws where the session's tax or tax id could not be used for its customer. */
export function refuseTaxless(work: Work, given: NewSession): void {
  const { customer, customer_update: update, automatic_tax, tax_id_collection } = given
  if (customer === undefined) {
    if (update === undefined) return
    throw invalidParameter('`customer_update` can only be used with `customer`.', { param: 'customer_update' })
  }
  if (tax_id_collection?.enabled === true && update?.name !== 'auto') {
    throw invalidParameter(
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
      { param: 'customer_update[name]' },
    )
  }
  if (automatic_tax?.enabled === true && update?.address !== 'auto' && countryOf(work, customer) === null) {
    throw invalidParameter(
      "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to 'auto' to save the address entered during Checkout to the Customer.",
      { code: 'customer_tax_location_invalid', param: 'customer' },
    )
  }
}
