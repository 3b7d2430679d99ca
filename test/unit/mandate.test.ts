import { expect, test } from 'vitest'
import { MICRO } from '../../src/domain/amounts/credits.ts'
import { NANO } from '../../src/domain/amounts/money.ts'
import { mandateText } from '../../src/domain/mandate.ts'

const price = { amount: 5n * NANO, currency: 'USD' }
const first = { credits: 5_000n * MICRO, price }
const terms = { threshold: 100n * MICRO, targetBalance: null, monthlyCap: null, maxPerDay: null, currency: 'USD' }
const end = ' The saved payment method is charged without asking again, until auto-recharge is turned off.'

test('names what is bought, when, for how much and how often', () => {
  expect(mandateText(terms, first)).toBe(
    `Whenever the balance falls below 100 credits, 5000 credits are bought for 5 USD.${end}`,
  )
  const limits = { monthlyCap: 50n * NANO, maxPerDay: 3 }
  expect(mandateText({ ...terms, ...limits }, first)).toBe(
    `Whenever the balance falls below 100 credits, 5000 credits are bought for 5 USD, for at most 50 USD a month, at most 3 times a day.${end}`,
  )
})

test('names the target where an amount of credits is bought', () => {
  expect(mandateText({ ...terms, targetBalance: 900n * MICRO }, first)).toBe(
    `Whenever the balance falls below 100 credits, as many credits are bought as bring it to 900, at the prices of that day.${end}`,
  )
})
