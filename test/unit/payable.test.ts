import { expect, test } from 'vitest'
import { formatMoney, parseMoney, parseNano } from '../../src/domain/amounts/money.ts'
import { payableIn, roundToPayable } from '../../src/domain/amounts/payable.ts'

function isPayable(text: string, currency: string): boolean {
  const amount = parseNano(text)
  if (amount === undefined) throw new Error(`${text} is no amount`)
  const { step, least, most } = payableIn(currency)
  return amount % step === 0n && amount >= least && amount <= most
}

test.each([
  ['USD', '0.50', '0.49'],
  ['USD', '0.51', '0.505'],
  ['USD', '999999.99', '1000000'],
  ['GBP', '0.30', '0.29'],
  ['HUF', '175', '174.99'],
  ['JPY', '50', '49'],
  ['JPY', '51', '50.5'],
  ['JPY', '9999999999', '10000000000'],
  ['KWD', '1.01', '1.001'],
  ['BHD', '99999.99', '99999.999'],
  ['ISK', '100', '100.50'],
  ['UGX', '1', '0.01'],
  ['IDR', '2000000', '10000000000'],
  // The smallest charge of this currency follows from an exchange rate.
  ['KES', '0.01', '0.005'],
])('in %s %s can be paid, and %s can not', (currency, payable, other) => {
  expect(isPayable(payable, currency)).toBe(true)
  expect(isPayable(other, currency)).toBe(false)
})

test('a sum is rounded to what can be paid, ties to the even step', () => {
  const paid = (amount: string, currency: string) => {
    const money = parseMoney(amount, currency)
    return money && formatMoney(roundToPayable(money))
  }
  expect(['0.005', '0.015', '0.025', '0.005000001', '12.3449', '7'].map((amount) => paid(amount, 'USD'))).toEqual([
    ...['0', '0.02', '0.02', '0.01', '12.34', '7'],
  ])
  expect(['0.5', '1.5', '1.49'].map((amount) => paid(amount, 'JPY'))).toEqual(['0', '2', '1'])
  expect(['0.005', '0.015', '1.2345'].map((amount) => paid(amount, 'KWD'))).toEqual(['0', '0.02', '1.23'])
  expect(['0.5', '1.5', '2.51'].map((amount) => paid(amount, 'ISK'))).toEqual(['0', '2', '3'])
})
