import { z } from 'zod'
import { invalidParameter } from '../api/failure.ts'
import {
  email,
  emptyable,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { attach } from './attach.ts'
import { makeCard, makeOther } from './make.ts'
import { methodTypes } from './method-types.ts'

const billingDetails = parameters({
  email: emptyable(email).optional(),
  name: emptyable(text()).optional(),
  phone: emptyable(text()).optional(),
}).optional()

const card = parameters({
  number: text(),
  exp_month: integer(1, 12),
  exp_year: integer(),
  cvc: text(4).optional(),
})
const expiry = parameters({ exp_month: integer(1, 12).optional(), exp_year: integer().optional() })

/** Accounts are those of test mode, whatever is given; a SEPA account has its number. */
const details = z.union([z.literal(''), z.record(z.string(), z.string())]).optional()

const createParameters = parameters({
  type: oneOf(methodTypes),
  card: card.optional(),
  klarna: details,
  link: details,
  sepa_debit: details,
  us_bank_account: details,
  billing_details: billingDetails,
  metadata: metadata.optional(),
})
const updateParameters = parameters({
  billing_details: billingDetails,
  card: expiry.optional(),
  metadata: metadata.optional(),
})
const listed = { ...paging, type: text().optional() }

export const paymentMethodRoutes: readonly Route[] = [
  route('POST', '/v1/payment_methods', createParameters, (work, given) => {
    const made = make(work, given)
    const method = { ...made, metadata: mergeMetadata({}, given.metadata) }
    work.objects.put('payment_method', method)
    return method
  }),
  route('GET', '/v1/payment_methods', parameters({ ...listed, customer: text().optional() }), (work, given) => {
    const { customer, type, ...page } = given
    if (customer !== undefined) work.need('customer', customer, 'customer')
    return work.list('payment_method', '/v1/payment_methods', page, { customer, type })
  }),
  route('GET', '/v1/customers/:id/payment_methods', parameters(listed), (work, { type, ...page }, customer) => {
    work.need('customer', customer)
    return work.list('payment_method', `/v1/customers/${customer}/payment_methods`, page, { customer, type })
  }),
  route('GET', '/v1/payment_methods/:id', parameters({}), (work, _, id) => work.need('payment_method', id)),
  route('POST', '/v1/payment_methods/:id', updateParameters, (work, given, id) => {
    const before = work.need('payment_method', id)
    const method = {
      ...before,
      billing_details: { ...before.billing_details, ...given.billing_details },
      metadata: mergeMetadata(before.metadata ?? {}, given.metadata),
      ...(before.card === undefined ? {} : { card: { ...before.card, ...given.card } }),
    }
    work.objects.put('payment_method', method)
    work.emit('payment_method.updated', method, changed(before, method))
    return method
  }),
  route('POST', '/v1/payment_methods/:id/attach', parameters({ customer: text() }), (work, { customer }, id) =>
    attach(work, id, customer),
  ),
  route('POST', '/v1/payment_methods/:id/detach', parameters({}), (work, _, id) => {
    const before = work.need('payment_method', id)
    const detached = { ...before, customer: null }
    work.objects.put('payment_method', detached)
    if (typeof before.customer === 'string') forgetDefault(work, before.customer, id)
    work.emit('payment_method.detached', detached, { customer: before.customer })
    return detached
  }),
]

function make(work: Work, { type, card: given, billing_details, sepa_debit }: z.output<typeof createParameters>) {
  const iban = typeof sepa_debit === 'object' ? sepa_debit.iban : undefined
  if (type !== 'card') return makeOther(work, type, billing_details, iban)
  if (given === undefined) {
    throw invalidParameter('Missing required param: card.', { code: 'parameter_missing', param: 'card' })
  }
  return makeCard(work, given.number, { month: given.exp_month, year: given.exp_year }, billing_details)
}

function forgetDefault(work: Work, id: string, method: string): void {
  const before = work.objects.get('customer', id)
  if (before?.invoice_settings.default_payment_method !== method) return
  const customer = { ...before, invoice_settings: { ...before.invoice_settings, default_payment_method: null } }
  work.objects.put('customer', customer)
  work.emit('customer.updated', customer, changed(before, customer))
}
