import { askCheckout } from '../../../payments/checkout.ts'
import { metadataOf } from '../../../payments/stripe-metadata.ts'
import { idOf } from '../../../payments/stripe-to-facts.ts'
import { examplePages, examplePurchase } from '../example-purchase.ts'
import type { Step } from '../step.ts'

export const checkoutSteps: readonly Step[] = [
  {
    name: 'a page for a payment',
    fact: 'Checkout saves what the account allows: the page says which methods are wanted, and Adaptive Pricing is off',
    async run(check) {
      const { id: customer } = await check.customer(null)
      const purchase = examplePurchase(check, 20, { customer, pay: 'CHECKOUT' })
      const { title, comeBack, threeDSecure } = examplePages
      const metadata = metadataOf(purchase)
      const urls = { successUrl: comeBack, cancelUrl: comeBack }
      const asking = {
        purchase,
        title,
        metadata,
        threeDSecure,
        since: 0,
        ...urls,
        methods: check.catalog.paymentMethods,
        tax: null,
        takesCodes: false,
        pushed: check.pushed,
      }
      const opened = await askCheckout(check.stripe, asking, check.log)
      const found = await askCheckout(check.stripe, { ...asking, since: 61_000 }, check.log)
      const session = opened.session ?? ''
      const read = await check.stripe.checkout.sessions.retrieve(session)
      await check.stripe.checkout.sessions.expire(session)
      const after = await askCheckout(check.stripe, { ...asking, purchase: { ...purchase, session } }, check.log)
      return {
        expected: {
          found: opened.session,
          hasUrl: true,
          status: 'open',
          amount: 500,
          adaptive: false,
          after: 'CANCELED',
        },
        came: {
          found: found.session,
          hasUrl: opened.checkoutUrl != null,
          status: read.status,
          amount: read.amount_total,
          adaptive: read.adaptive_pricing?.enabled,
          after: after.outcome,
        },
      }
    },
  },
  {
    name: 'a page that takes promotion codes',
    fact: 'The buyer enters a code on the page: the session says that it may, and what the code takes off comes before tax',
    async run(check) {
      const { id: customer } = await check.customer(null)
      const purchase = examplePurchase(check, 21, { customer, pay: 'CHECKOUT' })
      const { title, comeBack, threeDSecure } = examplePages
      const metadata = metadataOf(purchase)
      const terms = { title, metadata, threeDSecure, successUrl: comeBack, cancelUrl: comeBack, since: 0 }
      const methods = check.catalog.paymentMethods
      const asking = { ...terms, purchase, methods, tax: null, takesCodes: true, pushed: check.pushed }
      const { session = '' } = await askCheckout(check.stripe, asking, check.log)
      const opened = await check.stripe.checkout.sessions.retrieve(session ?? '')
      await check.stripe.checkout.sessions.expire(session ?? '')
      const line = { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: title } } }
      const mode = 'payment' as const
      const begun = { mode, customer, line_items: [line], success_url: comeBack }
      const [fifth, all] = await Promise.all([check.promotionCode(20), check.promotionCode(100)])
      const { sessions } = check.stripe.checkout
      const lowered = await sessions.create({ ...begun, discounts: [{ promotion_code: fifth }] })
      const free = await sessions.create({ ...begun, discounts: [{ promotion_code: all }] })
      const both = { ...begun, allow_promotion_codes: true, discounts: [{ promotion_code: fifth }] }
      const refused = await check.refusal(sessions.create(both))
      await Promise.all([sessions.expire(lowered.id), sessions.expire(free.id)])
      return {
        expected: { takes: true, subtotal: 500, total: 400, off: 100, code: fifth, free: 0, both: 400 },
        came: {
          takes: opened.allow_promotion_codes,
          subtotal: lowered.amount_subtotal,
          total: lowered.amount_total,
          off: lowered.total_details?.amount_discount,
          code: idOf(lowered.discounts?.[0]?.promotion_code),
          free: free.amount_total,
          both: refused.statusCode,
        },
      }
    },
  },
]
