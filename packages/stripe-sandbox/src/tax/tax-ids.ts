import type Stripe from 'stripe'
import { invalidParameter } from '../api/failure.ts'
import { oneOf, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { taxIdTypes } from './tax-id-types.ts'

export const newTaxId = parameters({ type: oneOf(taxIdTypes), value: text(40) })

const { created: _, ...pages } = paging

export const taxIdRoutes: readonly Route[] = [
  route('POST', '/v1/customers/:id/tax_ids', newTaxId, (work, given, customer) => {
    work.need('customer', customer)
    return addTaxId(work, customer, given)
  }),
  route('GET', '/v1/customers/:id/tax_ids', parameters(pages), (work, page, customer) => {
    work.need('customer', customer)
    return work.list('tax_id', `/v1/customers/${customer}/tax_ids`, page, { customer })
  }),
  route('DELETE', '/v1/customers/:id/tax_ids/:tax_id', parameters({}), (work, _, customer, id = '') => {
    work.need('customer', customer)
    const taxId = work.need('tax_id', id)
    work.objects.remove(id)
    work.emit('customer.tax_id.deleted', taxId)
    const deleted: Stripe.DeletedTaxId = { id, object: 'tax_id', deleted: true }
    return deleted
  }),
]

/** The country and 2 to 13 letters and digits. */
const euVat = /^[A-Z]{2}[0-9A-Z]{2,13}$/

export function addTaxId(work: Work, customer: string, given: { type: string; value: string }): Stripe.TaxId {
  if (given.type === 'eu_vat' && !euVat.test(given.value)) {
    throw invalidParameter('Invalid value for eu_vat.', { code: 'tax_id_invalid', param: 'value' })
  }
  const taxId: Stripe.TaxId = {
    id: work.id('tax_id'),
    object: 'tax_id',
    country: given.type === 'eu_vat' ? given.value.slice(0, 2) : null,
    created: work.now,
    customer,
    customer_account: null,
    livemode: false,
    owner: { type: 'customer', customer, customer_account: null },
    verification: null,
    ...given,
  }
  work.objects.put('tax_id', taxId)
  work.emit('customer.tax_id.created', taxId)
  return taxId
}

/** The customer's tax ids, as invoices and sessions show them. */
export const taxIdsOf = (work: Work, customer: string): { type: string; value: string }[] =>
  work.objects.all('tax_id', { customer }).map(({ type, value }) => ({ type, value }))
