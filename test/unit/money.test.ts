import { describe, expect, it } from 'vitest'
import {
  addMoney,
  creditsToMoney,
  formatMoney,
  type Money,
  moneyToCredits,
  parseMoney,
  pricePerThousand,
} from '../../src/domain/amounts/money.ts'

const usd = (text: string): Money => {
  const money = parseMoney(text, 'USD')
  if (!money) throw new Error(`${text} is no money`)
  return money
}
const thousandPerDollar = 1_000_000_000n

describe('money', () => {
  it.each(['0.0075', '20', '0.000000001', '999999999999.999999999', '-5.5'])('keeps %s exactly', (text) => {
    expect(formatMoney(usd(text))).toBe(text)
  })

  it.each(['', '$5', '5 USD', '1e2', '0.0000000001', '1000000000000'])('refuses the amount %j', (text) => {
    expect(parseMoney(text, 'USD')).toBeUndefined()
  })

  it.each(['', 'usd', 'US', 'USDT', 'U$D'])('refuses the currency %j', (currency) => {
    expect(parseMoney('5', currency)).toBeUndefined()
  })

  it('is added without a float', () => {
    expect(formatMoney(addMoney(usd('0.1'), usd('0.2')))).toBe('0.3')
  })

  it('of two currencies has no sum', () => {
    expect(() => addMoney(usd('1'), { amount: 1n, currency: 'EUR' })).toThrow('convert one of them first')
  })
})

describe('conversion', () => {
  it('V9: $1 is 1,000 credits, $0.0075 is 7.5', () => {
    expect(moneyToCredits(usd('1'), thousandPerDollar)).toBe(1_000_000_000n)
    expect(moneyToCredits(usd('0.0075'), thousandPerDollar)).toBe(7_500_000n)
  })

  it('goes back to where it came from', () => {
    const credits = moneyToCredits(usd('0.03'), thousandPerDollar) ?? 0n
    expect(creditsToMoney(credits, thousandPerDollar, 'USD')).toEqual(usd('0.03'))
  })

  it('says so where the result has no exact notation', () => {
    expect(moneyToCredits(usd('0.000000001'), 1_000_000n)).toBeUndefined()
    expect(creditsToMoney(1n, 3_000_000_000n, 'USD')).toBeUndefined()
  })

  it('V3: each package is $1.00 per 1,000 credits', () => {
    for (const [price, credits] of [
      ['5', 5_000_000_000n],
      ['20', 20_000_000_000n],
      ['50', 50_000_000_000n],
    ] as const) {
      expect(formatMoney(pricePerThousand(usd(price), credits))).toBe('1')
    }
  })

  it('A3: 30,000 credits for $50 are $1.666666667 per 1,000, to the nano-dollar', () => {
    expect(formatMoney(pricePerThousand(usd('50'), 30_000_000_000n))).toBe('1.666666667')
  })
})
