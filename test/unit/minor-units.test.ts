import { describe, expect, test } from 'vitest'
import { NANO } from '../../src/domain/amounts/money.ts'
import { fromMinorUnits, toMinorUnits } from '../../src/payments/minor-units.ts'

describe('what Stripe calls an amount', () => {
  test.each([
    ['USD', 500],
    ['EUR', 500],
    ['JPY', 5],
    ['KRW', 5],
    ['BHD', 5_000],
    ['HUF', 500],
    ['IDR', 500],
    ['COP', 500],
    ['PKR', 500],
    ['ISK', 500],
    ['UGX', 500],
    ['ALL', 500],
  ])('of 5 %s is %i', (currency, amount) => {
    expect(toMinorUnits({ amount: 5n * NANO, currency })).toBe(amount)
    expect(fromMinorUnits(amount, currency.toLowerCase())).toBe(5n * NANO)
  })

  test('is refused where it is too fine', () => {
    expect(() => toMinorUnits({ amount: NANO / 1_000n, currency: 'USD' })).toThrow('too fine')
    expect(() => toMinorUnits({ amount: NANO / 2n, currency: 'JPY' })).toThrow('too fine')
  })

  test('of a currency that nobody here knows is read all the same: it is of another product', () => {
    expect(fromMinorUnits(100, 'usdc')).toBe(NANO)
  })
})
