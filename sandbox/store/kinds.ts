import type Stripe from 'stripe'

/** The objects that the sandbox keeps, by what they are. */
export type Kinds = {
  charge: Stripe.Charge
  'checkout.session': Stripe.Checkout.Session
  customer: Stripe.Customer
  deleted_customer: Stripe.DeletedCustomer
  dispute: Stripe.Dispute
  event: Stripe.EventBase
  payment_intent: Stripe.PaymentIntent
  payment_method: Stripe.PaymentMethod
  refund: Stripe.Refund
  setup_intent: Stripe.SetupIntent
}

export type Kind = keyof Kinds

/** The start of an object's id. */
export const idPrefixes = {
  charge: 'ch',
  'checkout.session': 'cs_test',
  customer: 'cus',
  deleted_customer: 'cus',
  dispute: 'du',
  event: 'evt',
  payment_intent: 'pi',
  payment_method: 'pm',
  refund: 're',
  setup_intent: 'seti',
} as const satisfies Record<Kind, string>
