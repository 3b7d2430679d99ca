import type Stripe from 'stripe'
import { Failure, invalid } from '../api/failure.ts'
import type { Work } from '../api/work.ts'
import { cardOf, resolveMethod } from './make.ts'
import { toldOf } from './test-cards.ts'

/** Saves the payment method with the customer. A card that would be declined is refused with 402, as at Stripe. */
export function attach(work: Work, id: string, customer: string): Stripe.PaymentMethod {
  const method = resolveMethod(work, id, undefined)
  work.need('customer', customer, 'customer')
  if (method.customer === customer) return method
  if (method.customer !== null) {
    throw invalid('The payment method you provided has already been attached to a customer.')
  }
  refuseUnsavable(method)
  const attached = { ...method, customer }
  work.objects.put('payment_method', attached)
  work.emit('payment_method.attached', attached)
  return attached
}

/** Throws where the card cannot be saved. */
export function refuseUnsavable(method: Stripe.PaymentMethod): void {
  const card = cardOf(method)
  if (card?.decline === undefined || card.savable === true) return
  throw new Failure(402, { type: 'card_error', param: '', ...toldOf(card.decline), payment_method: method })
}
