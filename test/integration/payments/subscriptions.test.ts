import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
  await scene.until('2028-01-31T12:00:00Z')
})
afterAll(() => scene.close())

describe('a subscription', () => {
  test('D3: begins the team on its plan once it is paid', async () => {
    const team = await scene.team('free')
    await scene.saveCard(team)
    const price = await scene.price('personal', 2400)
    await scene.stripe.subscriptions.create({ customer: await scene.customer(team), items: [{ price }] })
    await scene.sandbox.idle()
    expect((await scene.account(team)).planId).toBe('personal')
    expect(await scene.deposits(team)).toEqual([
      '16 INCLUDED 2028-01-31 to 2028-02-29',
      '60 INCLUDED 2028-01-31 to 2028-02-29',
    ])
  })
})
