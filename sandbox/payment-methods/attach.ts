import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'

/** Saves the payment method with the customer. */
export function attach(work: Work, id: string, customer: string): Stripe.PaymentMethod {
  const before = work.need('payment_method', id, 'payment_method')
  const attached = { ...before, customer: work.need('customer', customer, 'customer').id }
  work.objects.put('payment_method', attached)
  work.emit('payment_method.attached', attached)
  return attached
}
