import type { Stripe } from 'stripe'
import type { Observation, Purchase } from '../../../payments/purchase.ts'
import { metadataOf } from '../../../payments/stripe-metadata.ts'
import { needsCustomer } from '../../../payments/stripe-to-facts.ts'
import type { Check } from '../check.ts'
import { examplePages, examplePurchase } from '../example-purchase.ts'
import type { Step } from '../step.ts'

/** Charges as the gateway does, by its own code. */
export async function charge(check: Check, number: number, given: Partial<Purchase>, isFirst = true) {
  const purchase = examplePurchase(check, number, given)
  const seen =
    (await check.charging.ask({
      ...examplePages,
      purchase,
      metadata: metadataOf(purchase),
      age: 0,
      isFirst,
      mayCharge: true,
    })) ?? {}
  return { purchase, seen }
}

/** A customer of this card, charged once. */
export async function charged(check: Check, number: number, card: string, given: Partial<Purchase> = {}) {
  const { id: customer, method: paymentMethod } = await check.customer(card)
  return charge(check, number, { customer, paymentMethod, ...given })
}

const intentOf = ({ intent }: Observation): string => {
  if (intent == null) throw new Error('The payment has no intent')
  return intent
}

const recharge = { cause: 'RECHARGE' } as const

export const paymentSteps: readonly Step[] = [
  {
    name: 'a payment is booked, and payouts list what they contain',
    fact: 'The books keep the balance transaction and the fee of a charge, and find its payout',
    async run(check) {
      const { seen } = await charged(check, 40, 'pm_card_visa')
      const expand = ['latest_charge']
      const { latest_charge } = await check.stripe.paymentIntents.retrieve(intentOf(seen), { expand })
      const charge = typeof latest_charge === 'string' ? null : latest_charge
      const { data } = await check.stripe.balanceTransactions.list({ source: charge?.id ?? '', limit: 1 })
      const [payout] = (await check.stripe.payouts.list({ status: 'paid', limit: 1 })).data
      if (payout?.automatic) await check.stripe.balanceTransactions.list({ payout: payout.id, limit: 1 })
      return {
        expected: { type: 'charge', hasFee: true },
        came: { type: data[0]?.type, hasFee: typeof data[0]?.fee === 'number' },
      }
    },
  },
  {
    name: 'a saved card is charged',
    fact: 'The payment is found by its metadata, and made once for its idempotency key',
    async run(check) {
      const { purchase, seen } = await charged(check, 1, 'pm_card_visa')
      const again = await charge(check, 1, { ...purchase })
      const found = await charge(check, 1, { ...purchase }, false)
      const { latest_charge } = await check.stripe.paymentIntents.retrieve(intentOf(seen))
      const { paid } = await check.stripe.charges.retrieve(String(latest_charge))
      return {
        expected: {
          outcome: 'PAID',
          paidBy: purchase.paymentMethod,
          once: seen.intent,
          found: seen.intent,
          paid: true,
        },
        came: { outcome: seen.outcome, paidBy: seen.paidBy, once: again.seen.intent, found: found.seen.intent, paid },
      }
    },
  },
  {
    name: 'other parameters under the same idempotency key',
    fact: 'A key that was used for something else is refused, and nothing is charged',
    async run(check) {
      const options = { idempotencyKey: `stripe-check:${check.run}:key` }
      const make = (name: string) => check.stripe.customers.create({ name, metadata: { run: check.run } }, options)
      const { id } = await make('Stripe check')
      check.made(id, () => check.stripe.customers.del(id))
      const { statusCode, type } = await check.refusal(make('Another'))
      return { expected: [400, 'StripeIdempotencyError'], came: [statusCode, type] }
    },
  },
  {
    name: 'a recharge',
    fact: "stored_credential_usage: 'unscheduled' is what a recharge is",
    async run(check) {
      const { seen } = await charged(check, 2, 'pm_card_visa', recharge)
      return { expected: 'PAID', came: seen.outcome }
    },
  },
  {
    name: 'a recharge that is declined',
    fact: 'A decline is told with its code, and the payment waits for another method',
    async run(check) {
      const { seen } = await charged(check, 3, 'pm_card_chargeCustomerFail', recharge)
      const { status } = await check.stripe.paymentIntents.retrieve(intentOf(seen))
      return {
        expected: ['FAILED', 'generic_decline', 'requires_payment_method'],
        came: [seen.outcome, seen.declineCode, status],
      }
    },
  },
  {
    name: 'a recharge that its bank wants confirmed, confirmed by the customer',
    fact: 'An unscheduled intent can be confirmed on session, so that the payment is taken once',
    async run(check) {
      const { purchase, seen } = await charged(check, 4, 'pm_card_authenticationRequired', recharge)
      const before = await check.stripe.paymentIntents.retrieve(intentOf(seen))
      const fault = before.last_payment_error
      const payment_method = purchase.paymentMethod ?? ''
      const terms = { payment_method, return_url: examplePages.comeBack }
      const after = await check.stripe.paymentIntents.confirm(before.id, terms)
      const ended = await check.stripe.paymentIntents.cancel(before.id)
      return {
        expected: ['requires_payment_method', true, 'requires_action', 'redirect_to_url', 'canceled'],
        came: [
          before.status,
          fault !== null && needsCustomer(fault),
          after.status,
          after.next_action?.type,
          ended.status,
        ],
      }
    },
  },
  {
    name: 'an amount below the minimum',
    fact: 'A refusal that is not about the payment method fails the purchase: amount_too_small',
    async run(check) {
      const { id: customer, method: payment_method } = await check.customer()
      const terms = { amount: 10, currency: 'usd', customer, payment_method, confirm: true, off_session: true }
      const { statusCode, code } = await check.refusal(check.stripe.paymentIntents.create(terms))
      return { expected: [400, 'amount_too_small'], came: [statusCode, code] }
    },
  },
  {
    name: 'payment_method_types of a page',
    fact: '`payment_method_types` now answers 400 `payment_method_types_no_longer_supported`',
    async run(check) {
      const terms = {
        mode: 'setup',
        currency: 'usd',
        payment_method_types: ['card'],
        success_url: examplePages.comeBack,
      } satisfies Stripe.Checkout.SessionCreateParams & { payment_method_types: string[] }
      const { statusCode, code } = await check.refusal(check.stripe.checkout.sessions.create(terms))
      return { expected: [400, 'payment_method_types_no_longer_supported'], came: [statusCode, code] }
    },
  },
]
