import type Stripe from 'stripe'

/** The objects that the sandbox keeps, by what they are. */
export type Kinds = {
  'billing_portal.configuration': Stripe.BillingPortal.Configuration
  'billing_portal.session': Stripe.BillingPortal.Session
  balance_transaction: Stripe.BalanceTransaction
  charge: Stripe.Charge
  'checkout.session': Stripe.Checkout.Session
  coupon: Stripe.Coupon
  credit_note: Stripe.CreditNote
  customer: Stripe.Customer
  deleted_customer: Stripe.DeletedCustomer
  dispute: Stripe.Dispute
  event: Stripe.EventBase
  invoice: Stripe.Invoice
  invoice_payment: Stripe.InvoicePayment
  invoiceitem: Stripe.InvoiceItem
  line_item: Stripe.InvoiceLineItem
  payment_intent: Stripe.PaymentIntent
  payment_method: Stripe.PaymentMethod
  payout: Stripe.Payout
  price: Stripe.Price
  product: Stripe.Product
  promotion_code: Stripe.PromotionCode
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning
  refund: Stripe.Refund
  review: Stripe.Review
  setup_intent: Stripe.SetupIntent
  subscription: Stripe.Subscription
  subscription_item: Stripe.SubscriptionItem
  tax_id: Stripe.TaxId
  'test_helpers.test_clock': Stripe.TestHelpers.TestClock
}

export type Kind = keyof Kinds

/** The start of an object's id. */
export const idPrefixes = {
  'billing_portal.configuration': 'bpc',
  'billing_portal.session': 'bps',
  balance_transaction: 'txn',
  charge: 'ch',
  'checkout.session': 'cs_test',
  coupon: 'coupon',
  credit_note: 'cn',
  customer: 'cus',
  deleted_customer: 'cus',
  dispute: 'du',
  event: 'evt',
  invoice: 'in',
  invoice_payment: 'inpay',
  invoiceitem: 'ii',
  line_item: 'il',
  payment_intent: 'pi',
  payment_method: 'pm',
  payout: 'po',
  price: 'price',
  product: 'prod',
  promotion_code: 'promo',
  'radar.early_fraud_warning': 'issfr',
  refund: 're',
  review: 'prv',
  setup_intent: 'seti',
  subscription: 'sub',
  subscription_item: 'si',
  tax_id: 'txi',
  'test_helpers.test_clock': 'clock',
} as const satisfies Record<Kind, string>
