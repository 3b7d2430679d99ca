import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { charge, grant } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'
import type { Call, Mishap } from '../setup/stripe-door.ts'
import { buy, type Faulty, openFaulty, patience, recharge } from './payments-scene.ts'

let scene: Faulty
const gateways: Gateway[] = []

beforeAll(async () => {
  scene = await openFaulty()
  for (let index = 0; index < 8; index += 1) gateways.push(await scene.start(scene.home.url))
})

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()))
  await scene.close()
})

const urlOf = (index: number) => gateways[index % gateways.length]?.url ?? ''

/** One call in three is late, cut before or after Stripe hears of it, or one too many. */
function faulty(next: () => number): (call: Call) => Mishap | null {
  const rate = { answer: 429, error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow down.' } }
  return () => {
    const fate = next() * 3
    if (fate > 1) return null
    const moment = next() < 0.5 ? 'before' : 'after'
    if (fate < 0.2) return rate
    return fate < 0.6 ? { late: Math.floor(next() * 800), moment } : { cut: moment }
  }
}

test(`200 purchases of 50 teams through two gateways, everything failing at random (TEST_SEED=${seed})`, async () => {
  const next = randomOf(seed)
  const teams = Array.from({ length: 50 }, (_, index) => `team-${index}`)
  await Promise.all(teams.map((team) => scene.team(urlOf(0), team)))
  scene.door.befall(faulty(next))
  for (let count = 0; count < 300; count += 1) {
    const fate = next()
    if (fate < 0.3) scene.sandbox.webhooks.fault({ do: 'drop' })
    else if (fate < 0.5) scene.sandbox.webhooks.fault({ do: 'duplicate' })
    else scene.sandbox.webhooks.fault({ do: 'delay', ms: Math.floor(next() * 3_000) })
  }
  scene.sandbox.faults.add({ do: 'fail-after', method: 'POST', path: '/v1/payment_intents', times: 5 })
  scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/payment_intents', times: 5 })
  const bought = Array.from({ length: 200 }, (_, index) => ({ team: teams[index % 50] ?? '', key: randomUUID() }))
  await Promise.all(
    bought.map(async ({ team, key }, index) => {
      for (let tries = 0; tries < 3; tries += 1) {
        const told = await buy(urlOf((index + tries) % 2), team, key)
        if (told.state === 'PAID') return
      }
    }),
  )
  scene.door.befall(null)
  // Whoever was told that nothing was charged tries again.
  for (const { team, key } of bought) await buy(urlOf(0), team, key)
  const { rows } = await scene.pool.query('select state, count(*)::int from purchase group by state')
  console.info('after the purchases', rows)
  await scene.advance(urlOf(0), 25 * 3600)
  await scene.settled(urlOf(0))
  await scene.expectEven()
  await scene.expectInvoicedOnce()
  scene.sandbox.webhooks.clearFaults()
  await scene.sandbox.idle()
  const taken = await scene.expectEven()
  expect([...taken.values()].reduce((sum, cents) => sum + cents, 0)).toBeGreaterThanOrEqual(190 * 500)
})

test('a thousand charges across the threshold through eight gateways: each pack is bought once, within the cap', async () => {
  const next = randomOf(seed + 1)
  const teams = [
    { team: 'one crossing', threshold: 25_000, cap: 100, charges: 300, packs: 1, state: 'ARMED' },
    { team: 'many packs', threshold: 25_000, cap: 100, charges: 500, packs: 5, state: 'ARMED' },
    { team: 'capped', threshold: 25_000, cap: 15, charges: 500, packs: 3, state: 'CAPPED' },
  ]
  for (const { team, threshold, cap } of teams) {
    await scene.team(urlOf(0), team)
    await grant(urlOf(0), team, '50000')
    await recharge(urlOf(0), team, threshold, cap)
  }
  scene.door.befall(faulty(next))
  const asked = teams.flatMap(({ team, charges }) => Array.from({ length: charges }, () => team))
  await Promise.all(asked.map((team, index) => charge(urlOf(index), team)))
  await vi.waitFor(
    async () => {
      await scene.advance(urlOf(0), 30)
      const states = await Promise.all(teams.map(({ team }) => scene.rechargeOf(team)))
      expect(states).toMatchObject(teams.map(({ state }) => ({ state })))
    },
    { timeout: 60_000, interval: 1_000 },
  )
  scene.door.befall(null)
  await scene.advance(urlOf(0), 300)
  await scene.settled(urlOf(0))
  const taken = await scene.expectEven()
  for (const { team, cap, packs } of teams) {
    console.info(`${team}: ${(taken.get(team) ?? 0) / 500} packs`)
    expect([team, taken.get(team)]).toEqual([team, packs * 500])
    expect(taken.get(team)).toBeLessThanOrEqual(cap * 100)
  }
  await vi.waitFor(() => scene.expectInvoicedOnce(), patience)
})
