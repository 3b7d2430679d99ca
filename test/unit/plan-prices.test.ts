import type { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPlanPrices } from '../../src/payments/plan-prices.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** A Stripe without prices, and the currencies of which they were read. */
function readings(): { stripe: Stripe; read: string[] } {
  const read: string[] = []
  const list = ({ currency = '' }: Stripe.PriceListParams) => {
    read.push(currency)
    return []
  }
  return { stripe: { prices: { list } } as unknown as Stripe, read }
}

test('prices that Stripe refuses again and again are read anew once a minute, each currency apart', async () => {
  const { stripe, read } = readings()
  const prices = createPlanPrices(stripe)
  const refusedIn = async (currency: string) => {
    await prices.in(currency)
    prices.forget(currency)
  }
  for (let refusals = 0; refusals < 5; refusals++) await refusedIn('EUR')
  expect(read).toEqual(['eur', 'eur'])
  await refusedIn('USD')
  await prices.in('USD')
  expect(read).toEqual(['eur', 'eur', 'usd', 'usd'])
  vi.advanceTimersByTime(60_000)
  for (let refusals = 0; refusals < 5; refusals++) await refusedIn('EUR')
  expect(read.slice(4)).toEqual(['eur', 'eur'])
})
