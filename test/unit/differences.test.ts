import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { NANO } from '../../src/domain/amounts/money.ts'
import { purchaseId, teamId } from '../../src/domain/identity.ts'
import { differenceOf } from '../../src/payments/differences.ts'
import type { Purchase } from '../../src/payments/purchase.ts'
import { tagOf } from '../../src/payments/stripe-metadata.ts'

const name = { teamId: teamId('acme'), id: purchaseId(3), createdAt: 0 }
const purchase = {
  ...name,
  intent: 'pi_1',
  outcome: 'PAID',
  state: 'PAID',
  credits: 5n,
  price: { amount: 5n * NANO, currency: 'USD' },
  taxed: null,
  reversals: [],
} as unknown as Purchase
const refund = (dollars: bigint, id = 're_1') => ({ id, amount: dollars * NANO, effect: 'WITHDRAWN' as const })
const payment = (given: { id?: string; received?: number; refunded?: number; currency?: string } = {}) => {
  const { id = 'pi_1', received = 500, refunded = 0, currency = 'usd' } = given
  return {
    id,
    amount_received: received,
    currency,
    latest_charge: { amount_refunded: refunded },
  } as Stripe.PaymentIntent
}
const kindOf = (intent: Stripe.PaymentIntent, known: Partial<Purchase> | null, tag = tagOf(purchase)) =>
  differenceOf(intent, { ...name, tag }, known && { ...purchase, ...known })?.kind ?? null

test.each<[string, ReturnType<typeof payment>, Partial<Purchase> | null, string | null]>([
  ['one that is paid by it', payment(), {}, null],
  ['one whose refunds are known', payment({ refunded: 200 }), { reversals: [refund(2n)] }, null],
  ['one that is disputed, without a refund', payment(), { state: 'DISPUTED', reversals: [refund(5n, 'dp_1')] }, null],
  ['one that was paid by another payment, and was given back', payment({ id: 'pi_2', refunded: 500 }), {}, null],
  [
    'one that was paid otherwise, and given back',
    payment({ received: 400, refunded: 400 }),
    { outcome: 'PAID_OTHERWISE' },
    null,
  ],
  ['none', payment(), null, 'PAYMENT_WITHOUT_PURCHASE'],
  ['one that is pending', payment(), { outcome: 'OPEN' }, 'PAYMENT_NOT_COUNTED'],
  ['one that was paid by another payment', payment({ id: 'pi_2', refunded: 499 }), {}, 'SECOND_PAYMENT'],
  ['one that was paid otherwise', payment({ received: 400 }), { outcome: 'PAID_OTHERWISE' }, 'OTHER_AMOUNT'],
  ['one of another price', payment({ received: 501 }), {}, 'OTHER_AMOUNT'],
  ['one in another currency', payment({ currency: 'eur' }), {}, 'OTHER_AMOUNT'],
  ['one that was refunded at Stripe alone', payment({ refunded: 1 }), {}, 'OTHER_REFUNDS'],
  ['one that was refunded here alone', payment(), { reversals: [refund(1n)] }, 'OTHER_REFUNDS'],
])('the purchase of a payment is %s', (_, intent, known, kind) => {
  expect(kindOf(intent, known)).toBe(kind)
})

test('a purchase of another ledger has the same name and another tag', () => {
  expect(kindOf(payment(), {}, 'of another ledger')).toBe('PAYMENT_WITHOUT_PURCHASE')
})
