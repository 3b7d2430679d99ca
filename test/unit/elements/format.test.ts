import { expect, test } from 'vitest'
import { formatMoney } from '../../../web/elements/locales/money.ts'
import { formatAmount, formatTime, wholeCredits } from '../../../web/elements/view/format.ts'

test.each([
  ['0', 0n],
  ['0.999999', 0n],
  ['2341.5', 2341n],
  ['-0.5', -1n],
  ['-2', -2n],
  ['-2.0', -2n],
  ['999999999999.999999', 999_999_999_999n],
])('%s is shown as %s whole credits, never one more', (amount, credits) => {
  expect(wholeCredits(amount)).toBe(credits)
})

test('amounts keep all of their digits', () => {
  expect(formatAmount('en', '999999999999.999999')).toBe('999,999,999,999.999999')
  expect(formatAmount('de', '-13.05')).toBe('-13,05')
})

test('money is exact, and its letters stay together among those from right to left', () => {
  expect(formatMoney('en', { amount: '999999999999.99', currency: 'USD' })).toBe('$999,999,999,999.99')
  expect(formatMoney('ar', { amount: '5', currency: 'USD' })).toMatch(/^\u200f5\.00\s\u2066US\$\u2069$/)
})

test.each([
  [0, '0 sec'],
  [89_999, '89 sec'],
  [90_000, '1 min'],
  [299_999, '4 min'],
  [5_400_000, '1 hr'],
  [-5, '0 sec'],
])('%d ms are %s, rounded down', (leftMs, text) => {
  expect(formatTime('en', leftMs)).toBe(text)
})
