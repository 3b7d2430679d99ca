import { askCheckout } from '../../../payments/checkout.ts'
import { metadataOf } from '../../../payments/stripe-metadata.ts'
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
]
