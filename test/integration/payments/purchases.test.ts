import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/credits.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying

beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

describe('by the saved method', () => {
  test('the credits are on the balance when it is paid', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const before = await scene.available(team)
    const purchase = await scene.buy(team)
    expect(purchase).toMatchObject({ state: 'PAID', failure: null })
    expect(await scene.available(team)).toBe(before + 5_000n * MICRO)
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(before + 5_000n * MICRO)
    expect(await scene.charges(team)).toMatchObject([{ amount: 500, currency: 'usd' }])
  })

  test('a decline is told with its code, and charges nothing', async () => {
    const team = await scene.team()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    expect(await scene.buy(team)).toMatchObject({ state: 'FAILED', declineCode: expect.any(String) })
    expect(await scene.charges(team)).toEqual([])
  })
})

describe('by Checkout', () => {
  test('waits for the customer', async () => {
    const team = await scene.team()
    expect(await scene.buy(team)).toMatchObject({ state: 'PENDING', checkoutUrl: expect.stringContaining('http') })
  })
})
