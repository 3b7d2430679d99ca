import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { cancelAllOf } from '../billing/cancel.ts'

/** Deletes the customer: its subscriptions end, and its methods belong to nobody. */
export function deleteCustomer(work: Work, id: string): Stripe.DeletedCustomer {
  work.need('customer', id)
  cancelAllOf(work, id)
  const customer = work.need('customer', id)
  const deleted: Stripe.DeletedCustomer = { id, object: 'customer', deleted: true }
  for (const method of work.objects.all('payment_method', { customer: id })) {
    work.objects.put('payment_method', { ...method, customer: null })
  }
  work.objects.remove(id)
  work.objects.put('deleted_customer', deleted)
  work.emit('customer.deleted', customer)
  return deleted
}
