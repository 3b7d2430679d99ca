import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Gateway } from '../setup/gateway.ts'
import { advanceClock, charge } from '../setup/operator.ts'
import type { Call } from '../setup/stripe-door.ts'
import { buy, type Faulty, openFaulty, patience, recharge } from './payments-scene.ts'

let scene: Faulty
let gateway: Gateway

beforeEach(async () => {
  scene = await openFaulty()
  gateway = await scene.start()
})

afterEach(async () => {
  await scene.expectEven()
  await gateway.close()
  await scene.close()
})

const charges = (call: Call) => call.key.endsWith(':intent')
const states = async (team: string) => (await scene.purchases(team)).map(({ state }) => state)

test('keys older than 24 hours: what was charged is found, what never reached Stripe is given up, not charged late', async () => {
  scene.sandbox.webhooks.hold()
  for (const team of ['charged', 'lost on the way', 'never asked', 'charged recharge'])
    await scene.team(gateway.url, team)
  await scene.door.shut()
  expect(await buy(gateway.url, 'never asked')).toMatchObject({ __typename: 'PaymentUnavailable' })
  await scene.door.open()
  scene.door.befall((call) => (charges(call) ? { cut: 'after' } : null))
  expect(await buy(gateway.url, 'charged')).toMatchObject({ state: 'PENDING' })
  await recharge(gateway.url, 'charged recharge', 450)
  await charge(gateway.url, 'charged recharge')
  await vi.waitFor(async () => expect((await scene.taken()).byTeam.get('charged recharge')).toBe(500), patience)
  scene.door.befall((call) => (charges(call) ? { cut: 'before' } : null))
  expect(await buy(gateway.url, 'lost on the way')).toMatchObject({ state: 'PENDING' })
  await gateway.close()
  expect(await states('charged')).toEqual(['PENDING'])
  const before = scene.door.calls.filter(charges).length
  scene.door.befall(null)

  // Off for 25 hours. Stripe forgets the keys; events that nobody asks for are of no help here.
  scene.sandbox.clock.advance(25 * 3600)
  await scene.pool.query(`update clock set ahead = ahead + interval '25 hours'`)
  await scene.pool.query('update stripe_catch_up set asked_at = clock_timestamp(), whole_asked_at = clock_timestamp()')
  gateway = await scene.start()
  await scene.settled(gateway.url)
  expect(await states('charged')).toEqual(['PAID'])
  expect(await states('charged recharge')).toEqual(['PAID'])
  expect(await states('lost on the way')).toEqual(['CANCELED'])
  expect(await states('never asked')).toEqual(['CANCELED'])
  expect(scene.door.calls.filter(charges)).toHaveLength(before)
  expect(await scene.expectEven()).toEqual(
    new Map([
      ['charged', 500],
      ['charged recharge', 500],
    ]),
  )
  scene.sandbox.webhooks.release()
  await scene.sandbox.idle()
})

/** Passes webhooks on as a Stripe does whose clock is this far ahead; what the gateway answers goes back. */
async function shiftedWebhooks(seconds: number): Promise<{ url: string; answers: number[]; close(): void }> {
  const answers: number[] = []
  async function pass(payload: string): Promise<number> {
    const timestamp = Math.floor(Date.now() / 1000) + seconds
    const secret = scene.sandbox.webhookSecret
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, timestamp, secret })
    const headers = { 'stripe-signature': signature }
    const { status } = await fetch(`${gateway.url}/webhooks/stripe`, { method: 'POST', body: payload, headers })
    answers.push(status)
    return status
  }
  const server = createServer((request, response) => {
    text(request)
      .then(pass)
      .then((status) => response.writeHead(status).end())
      .catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, close: () => server.close() }
}

test.each([
  ['behind', -600, 400],
  // The SDK minds no signature of the future.
  ['ahead of', 600, 200],
])("Stripe's clock is 10 minutes %s ours: everything arrives, once", async (_, seconds, status) => {
  const webhooks = await shiftedWebhooks(seconds)
  await scene.team(gateway.url, 'skewed')
  if (seconds > 0) scene.sandbox.clock.advance(seconds)
  else await advanceClock(gateway.url, new Date(Date.now() - seconds * 1000))
  scene.sandbox.deliverTo(webhooks.url)
  scene.door.befall((call) => (charges(call) ? { cut: 'after' } : null))
  const key = randomUUID()
  await buy(gateway.url, 'skewed', key)
  scene.door.befall(null)
  await vi.waitFor(() => expect(webhooks.answers).toContain(status), patience)
  expect(new Set(webhooks.answers)).toEqual(new Set([status]))
  await vi.waitFor(async () => expect(await buy(gateway.url, 'skewed', key)).toMatchObject({ state: 'PAID' }), patience)
  const [paid] = await scene.purchases('skewed')
  await scene.stripe.refunds.create({ payment_intent: paid?.intent ?? '', amount: 250 })
  // A gateway that starts reads Stripe's list at once.
  await gateway.close()
  await scene.pool.query(`update stripe_catch_up set asked_at = '-infinity', whole_asked_at = '-infinity'`)
  gateway = await scene.start()
  await vi.waitFor(async () => {
    const clawed = `select clawed_back::text from credit_grant where team_id = 'skewed' and source like 'stripe:%'`
    expect((await scene.pool.query(clawed)).rows).toEqual([{ clawed_back: '2500000000' }])
  }, patience)
  webhooks.close()
  expect((await scene.expectEven()).get('skewed')).toBe(500)
})

test('the database is lost in the webhook: no 2xx, told again, credited once', async () => {
  await scene.team(gateway.url, 'lost')
  scene.sandbox.webhooks.hold()
  const charged = scene.door.hold('after', charges)
  buy(gateway.url, 'lost').catch(() => undefined)
  await charged
  const swallowed = scene.line.deafen('write-facts')
  scene.sandbox.webhooks.release()
  await swallowed
  scene.line.cut()
  const tries = () =>
    scene.sandbox.webhooks.deliveries().find(({ type }) => type === 'payment_intent.succeeded')?.attempts ?? []
  await vi.waitFor(() => expect(tries().length).toBeGreaterThan(0), patience)
  expect(tries().map((attempt) => attempt.status)).toEqual([503])
  scene.line.mend()
  await vi.waitFor(
    () => {
      scene.sandbox.clock.advance(60)
      expect(tries().at(-1)?.status).toBe(200)
    },
    { timeout: 30_000, interval: 500 },
  )
  expect(await states('lost')).toEqual(['PAID'])
  expect((await scene.expectEven()).get('lost')).toBe(500)
  const [first] = scene.sandbox.webhooks.deliveries().filter(({ type }) => type === 'payment_intent.succeeded')
  expect(await scene.sandbox.webhooks.redeliver(first?.event ?? '')).toMatchObject({ status: 200 })
  expect((await scene.expectEven()).get('lost')).toBe(500)
})
