import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { startCatchUp } from '../../../src/payments/catch-up.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { metadataOf } from '../../../src/payments/stripe-metadata.ts'
import { type Orders, openOrders } from './orders.ts'
import { openPaying, type Paying } from './scene.ts'

const bought = 5_500n * MICRO
let scene: Paying

beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

const intents = { method: 'POST', path: '/v1/payment_intents' } as const

describe('what came of a charge is not known where', () => {
  const laterPaid = async (team: TeamId) => {
    await expect.poll(() => scene.available(team)).toBe(bought)
    expect(await scene.charges(team)).toHaveLength(1)
  }
  beforeAll(() => scene.sandbox.webhooks.fault({ do: 'drop', times: 1_000, type: 'payment_intent.' }))
  afterAll(() => scene.sandbox.webhooks.clearFaults())

  test('the answer is lost, and the second try is refused because of too many calls', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    scene.sandbox.faults.add({ do: 'cut-after', ...intents })
    scene.sandbox.faults.add({ do: 'rate-limit', ...intents })
    expect(await scene.buy(team)).toMatchObject({ state: 'PENDING', askedAt: expect.any(Number) })
    await laterPaid(team)
  })

  test('it was lost, and later nobody can be asked because of too many calls', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    scene.sandbox.faults.add({ do: 'cut-after', times: 2, ...intents })
    scene.sandbox.faults.add({ do: 'rate-limit', times: 1_000, ...intents, method: 'GET' })
    const { id, state } = await scene.buy(team)
    expect(state).toBe('PENDING')
    expect(await scene.payments.advance(team, id)).toMatchObject({ state: 'PENDING', askedAt: expect.any(Number) })
    scene.sandbox.faults.clear()
    await laterPaid(team)
  })

  test('it is refused at once because of too many calls: nothing was charged, and the same may be tried again', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    scene.sandbox.faults.add({ do: 'rate-limit', ...intents })
    await expect(scene.buy(team)).rejects.toThrow('Payments are out of reach')
    const [purchase] = await scene.purchases(team)
    expect(purchase).toMatchObject({ state: 'PENDING', askedAt: null })
    expect(await scene.charges(team)).toEqual([])
    if (purchase !== undefined) await scene.payments.advance(team, purchase.id)
    await laterPaid(team)
  })
})

describe('a purchase that was paid twice', () => {
  /** The other payment, as if Stripe had forgotten the first. */
  async function payAgain({ customer, paymentMethod, ...purchase }: Purchase): Promise<Stripe.PaymentIntent> {
    if (customer === null || paymentMethod === null) throw new Error('It was not paid by a saved method')
    return scene.stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer,
      payment_method: paymentMethod,
      confirm: true,
      return_url: 'https://app.example',
      metadata: metadataOf(purchase),
    })
  }

  test('brings its credits once, and keeps them when the second payment is given back or disputed', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const second = await payAgain(await scene.buy(team))
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought)
    const { data } = await scene.stripe.refunds.list({ payment_intent: second.id })
    expect(data).toMatchObject([{ amount: 500, reason: 'duplicate' }])
    scene.sandbox.banks.dispute(second.id)
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought)
    expect(await scene.purchases(team)).toMatchObject([{ state: 'PAID', reversals: [] }])
  })

  test('tells the team once that the second payment is given back', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    await payAgain(await scene.buy(team))
    await scene.sandbox.idle()
    const { data } = await scene.stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 })
    for (const event of data) await scene.events.handle(event)
    const text = `select type, reason from account_notice where team_id = $1 and type like 'PAYMENT%'`
    const reason = 'A purchase of $5 was paid twice: the second payment is given back, and the credits stay'
    const { rows } = await scene.database.pool.query(text, [team])
    expect(rows).toEqual([{ type: 'PAYMENT_DUPLICATE_REFUNDED', reason }])
  })
})

describe('a recharge whose card is never to be asked again', () => {
  const recharging = async (card: string) => {
    const team = await scene.team()
    await scene.saveCard(team, card)
    await scene.recharge(team)
    return team
  }
  const recharge = async (team: TeamId) => (await scene.account(team)).recharge?.state

  test('stays paused when the news that it was saved come late, and goes on with another one', async () => {
    scene.sandbox.webhooks.hold()
    const team = await recharging('pm_card_chargeDeclinedFraudulent')
    await expect.poll(() => recharge(team)).toBe('PAUSED')
    scene.sandbox.webhooks.release()
    await scene.sandbox.idle()
    expect(await recharge(team)).toBe('PAUSED')
    expect(await scene.purchases(team)).toHaveLength(1)
    await scene.saveCard(team)
    await scene.sandbox.idle()
    await expect.poll(() => recharge(team)).toBe('ARMED')
    expect(await scene.available(team)).toBe(5_400n * MICRO)
    expect(await scene.charges(team)).toHaveLength(1)
  })
})

describe("the reading of Stripe's list", () => {
  let orders: Orders
  beforeAll(async () => {
    orders = await openOrders()
  })
  afterAll(() => orders.close())

  test('goes on behind an event that can not be kept, and comes back to that one', async () => {
    const { stripe, events } = orders.living
    const { id: customer } = await stripe.customers.create({ name: 'of another product' })
    const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
    const foreign = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      customer,
      payment_method,
      confirm: true,
      return_url: 'https://app.example',
    })
    await stripe.refunds.create({ payment_intent: foreign.id })
    orders.sandbox.clock.advance(10)
    const { story, team } = await orders.live({
      name: 'refunded',
      cause: 'PURCHASE',
      card: 'pm_card_visa',
      state: 'REFUNDED',
      left: 0n,
      oneWay: true,
      happens: ({ purchase }) => stripe.refunds.create({ payment_intent: purchase.intent ?? '' }),
    })
    const path = `/v1/payment_intents/${foreign.id}`
    orders.sandbox.faults.add({ do: 'fail-before', method: 'GET', path, times: 1_000 })
    const { pool } = orders.database
    const through = async () => (await pool.query('select through from stripe_catch_up')).rows[0].through
    const begin = () => startCatchUp(orders.database, stripe, events, pino({ level: 'silent' }))
    const first = begin()
    await expect.poll(async () => (await orders.purchaseOf(team))?.state).toBe(story.state)
    await first.stop()
    expect(await through()).toBeNull()
    orders.sandbox.faults.clear()
    await pool.query(`update stripe_catch_up set asked_at = '-infinity'`)
    const second = begin()
    await expect.poll(through).not.toBeNull()
    await second.stop()
  })

  test('reads in one request what was not delivered, and each hour also what another endpoint took', async () => {
    const { stripe, events } = orders.living
    const { pool } = orders.database
    const elsewhere = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    orders.sandbox.deliverTo(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`)
    const { story, team } = await orders.live({
      name: 'told to another endpoint alone',
      cause: 'PURCHASE',
      card: 'pm_card_visa',
      state: 'REFUNDED',
      left: 0n,
      oneWay: true,
      happens: ({ purchase }) => stripe.refunds.create({ payment_intent: purchase.intent ?? '' }),
    })
    await orders.sandbox.idle()
    const listed = vi.spyOn(stripe.events, 'list')
    const read = async (given: string) => {
      await pool.query(`update stripe_catch_up set asked_at = '-infinity', whole_asked_at = ${given}`)
      listed.mockClear()
      const reading = startCatchUp(orders.database, stripe, events, pino({ level: 'silent' }))
      const due = `select from stripe_catch_up where asked_at > clock_timestamp() - interval '20 seconds'`
      await expect.poll(async () => (await pool.query(due)).rowCount).toBe(1)
      await reading.stop()
    }
    await read('clock_timestamp()')
    expect(listed.mock.calls).toEqual([[expect.objectContaining({ delivery_success: false })]])
    expect((await orders.purchaseOf(team))?.state).toBe('PAID')
    await read(`clock_timestamp() - interval '1 hour'`)
    expect((await orders.purchaseOf(team))?.state).toBe(story.state)
    expect(listed.mock.calls.length).toBeLessThan(5)
    listed.mockRestore()
    elsewhere.close()
  })
})
