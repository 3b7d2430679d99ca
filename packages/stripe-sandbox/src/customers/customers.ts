import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { randomText } from '../api/ids.ts'
import { email, emptyable, list, mergeMetadata, metadata, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { attach } from '../payment-methods/attach.ts'
import { addTaxId, newTaxId } from '../tax/tax-ids.ts'
import { noAddress } from './address.ts'
import { deleteCustomer } from './delete.ts'

const postalAddress = emptyable(
  parameters({
    city: text().optional(),
    country: text(2).optional(),
    line1: text().optional(),
    line2: text().optional(),
    postal_code: text().optional(),
    state: text().optional(),
  }),
).optional()

const settings = {
  name: emptyable(text(256)).optional(),
  email: emptyable(email).optional(),
  description: emptyable(text()).optional(),
  phone: emptyable(text(20)).optional(),
  address: postalAddress,
  preferred_locales: list(text()).optional(),
  metadata: metadata.optional(),
  invoice_settings: parameters({
    custom_fields: emptyable(list(parameters({ name: text(40), value: text(140) }))).optional(),
    default_payment_method: emptyable(text()).optional(),
  }).optional(),
}

const createParameters = parameters({
  ...settings,
  payment_method: text().optional(),
  tax_id_data: list(newTaxId).optional(),
  test_clock: text().optional(),
})
const updateParameters = parameters(settings)
const listParameters = parameters({ ...paging, email: email.optional() })
const nothing = parameters({})

export const customerRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/customers',
    createParameters,
    (work, { payment_method, tax_id_data = [], test_clock, ...given }) => {
      const clock = test_clock === undefined ? null : work.need('test_helpers.test_clock', test_clock, 'test_clock')
      const empty: Stripe.Customer = { ...blank(work), test_clock: clock?.id ?? null }
      work.objects.put('customer', empty)
      const method = payment_method === undefined ? undefined : attach(work, payment_method, empty.id)
      const byDefault = given.invoice_settings?.default_payment_method
      const invoice_settings =
        byDefault !== undefined && byDefault === payment_method
          ? { default_payment_method: method?.id }
          : given.invoice_settings
      const customer = withSettings(work, empty, { ...given, invoice_settings })
      work.objects.put('customer', customer)
      work.emit('customer.created', customer)
      for (const taxId of tax_id_data) addTaxId(work, customer.id, taxId)
      return customer
    },
  ),
  route('GET', '/v1/customers', listParameters, (work, { email, ...page }) =>
    work.list('customer', '/v1/customers', page, { email }),
  ),
  route('GET', '/v1/customers/:id', nothing, (work, _, id) => {
    return work.objects.get('deleted_customer', id) ?? work.need('customer', id)
  }),
  route('POST', '/v1/customers/:id', updateParameters, (work, given, id) => {
    const before = work.need('customer', id)
    const customer = withSettings(work, before, given)
    work.objects.put('customer', customer)
    work.emit('customer.updated', customer, changed(before, customer))
    return customer
  }),
  route('DELETE', '/v1/customers/:id', nothing, (work, _, id) => deleteCustomer(work, id)),
]

/** An empty customer, not stored. */
export function blank(work: Work): Stripe.Customer {
  return {
    id: work.id('customer'),
    object: 'customer',
    address: null,
    balance: 0,
    created: work.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

type Settings = ReturnType<typeof updateParameters.parse>

function withSettings(work: Work, before: Stripe.Customer, given: Settings): Stripe.Customer {
  const { metadata: added, invoice_settings, address, ...fields } = given
  const { default_payment_method: method, custom_fields } = invoice_settings ?? {}
  if (typeof method === 'string') {
    const { customer } = work.need('payment_method', method, 'invoice_settings[default_payment_method]')
    if (customer !== before.id) throw notAttached(before.id)
  }
  return {
    ...before,
    ...fields,
    ...(address === undefined ? {} : { address: address && { ...noAddress, ...address } }),
    metadata: mergeMetadata(before.metadata, added),
    invoice_settings: {
      ...before.invoice_settings,
      ...(method === undefined ? {} : { default_payment_method: method }),
      ...(custom_fields === undefined ? {} : { custom_fields }),
    },
  }
}

const notAttached = (customer: string) =>
  invalid(
    `The customer does not have a payment method with that ID. The payment method must be attached to the customer ${customer}.`,
    { param: 'invoice_settings[default_payment_method]' },
  )
