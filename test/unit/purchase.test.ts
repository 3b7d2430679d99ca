import { expect, test } from 'vitest'
import { sourceOfPayment, takenBack } from '../../src/domain/purchase.ts'

const price = { amount: 3_000n, currency: 'USD' }

test.each<[string, bigint, bigint]>([
  ['nothing takes nothing', 0n, 0n],
  ['half of the price takes half of the credits', 1_500n, 50n],
  ['a third takes a third, rounded down for the team', 1_000n, 33n],
  ['all but the last unit takes less than all', 2_999n, 99n],
  ['the whole price takes all credits', 3_000n, 100n],
  ['more than the price takes no more than all', 4_000n, 100n],
])('a payment that is taken back: %s', (_, amount, credits) => {
  expect(takenBack({ credits: 100n, total: price.amount }, amount)).toBe(credits)
})

test('nothing is taken back of a purchase that cost nothing', () => {
  expect(takenBack({ credits: 100n, total: 0n }, 0n)).toBe(0n)
})

test('the credits of a payment are found by the payment', () => {
  expect(sourceOfPayment('pi_1')).toBe('stripe:pi_1')
})
