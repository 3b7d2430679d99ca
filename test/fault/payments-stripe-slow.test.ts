import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { buy, type Faulty, openFaulty, patience } from './payments-scene.ts'

let scene: Faulty
let gateway: Gateway

beforeAll(async () => {
  scene = await openFaulty()
  gateway = await scene.start()
  // No webhook reports the charge: the gateway finds it by itself.
  scene.sandbox.webhooks.fault({ do: 'drop', times: 1_000_000 })
})

afterAll(async () => {
  await scene.advance(gateway.url, 25 * 3600)
  await scene.settled(gateway.url)
  await scene.expectEven()
  await gateway.close()
  await scene.close()
})

test('an answer that takes Stripe 30 seconds: charged once', async () => {
  await scene.team(gateway.url, 'slow')
  scene.sandbox.faults.add({ do: 'delay', ms: 30_000, method: 'POST', path: '/v1/payment_intents' })
  const key = randomUUID()
  const begun = performance.now()
  expect(['PAID', 'PENDING']).toContain((await buy(gateway.url, 'slow', key)).state)
  console.info(`The buyer was answered after ${Math.round(performance.now() - begun)} ms`)
  await vi.waitFor(async () => {
    expect(await scene.purchases('slow')).toMatchObject([{ state: 'PAID' }])
    expect(await scene.creditsOf('slow')).toBe(5_000n)
  }, patience)
  const { byTeam, twice } = await scene.taken()
  expect([byTeam.get('slow'), twice]).toEqual([500, []])
  expect(await buy(gateway.url, 'slow', key)).toMatchObject({ state: 'PAID' })
})
