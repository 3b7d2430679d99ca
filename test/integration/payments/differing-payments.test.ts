import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { metadataOf } from '../../../src/payments/stripe-metadata.ts'
import { openPaying, type Paying } from './scene.ts'

const given = 500n * MICRO
const bought = 5_500n * MICRO
const visa = '4242424242424242'
let scene: Paying

beforeAll(async () => {
  scene = await openPaying()
})
afterAll(() => scene.close())

/** Another payment with the purchase's tag, which the gateway has not requested. */
async function payBeside(
  purchase: Purchase,
  { amount = 500, currency = 'usd', card = 'pm_card_visa' } = {},
): Promise<Stripe.PaymentIntent> {
  const customer = purchase.customer ?? ''
  const { id: payment_method } = await scene.stripe.paymentMethods.attach(card, { customer })
  const paid = await scene.stripe.paymentIntents.create({
    amount,
    currency,
    customer,
    payment_method,
    confirm: true,
    return_url: 'https://app.example',
    metadata: metadataOf(purchase),
  })
  await scene.sandbox.idle()
  return paid
}

const only = async (team: TeamId): Promise<Purchase> => {
  const [purchase] = await scene.purchases(team)
  if (purchase === undefined) throw new Error(`${team} has no purchase`)
  return purchase
}
const refundsOf = async ({ id }: Pick<Stripe.PaymentIntent, 'id'>) =>
  (await scene.stripe.refunds.list({ payment_intent: id })).data

describe('a payment that is not the price of its purchase', () => {
  test.each([
    ['another amount', { amount: 300 }],
    ['another currency', { currency: 'eur' }],
  ])('%s brings no credits, and says that the operator has to act', async (_, difference) => {
    const team = await scene.team()
    const paid = await payBeside(await scene.buy(team, 'starter', 'CHECKOUT'), difference)
    expect(await scene.available(team)).toBe(given)
    const known = await only(team)
    expect(known).toMatchObject({
      state: 'FAILED',
      outcome: 'PAID_OTHERWISE',
      intent: paid.id,
      declineCode: 'paid_otherwise',
      failure: expect.stringMatching(/Do not pay again.*operator/),
    })
    const { rows } = await scene.database.pool.query('select ask_at from purchase where team_id = $1', [team])
    expect(rows).toEqual([{ ask_at: null }])
    expect(await refundsOf(paid)).toEqual([])
  })

  test('that is refunded takes no credits back', async () => {
    const team = await scene.team()
    const paid = await payBeside(await scene.buy(team, 'starter', 'CHECKOUT'), { amount: 300 })
    await scene.stripe.refunds.create({ payment_intent: paid.id })
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(given)
    expect(await only(team)).toMatchObject({ state: 'FAILED', outcome: 'PAID_OTHERWISE' })
  })

  test('is given back once the price is paid', async () => {
    const team = await scene.team()
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const wrong = await payBeside(begun, { amount: 300 })
    const right = await payBeside(begun)
    expect(await scene.available(team)).toBe(bought)
    expect(await only(team)).toMatchObject({ state: 'PAID', intent: right.id, failure: null, declineCode: null })
    await expect.poll(() => refundsOf(wrong)).toMatchObject([{ amount: 300, reason: 'duplicate' }])
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought)
  })
})

describe('a Checkout page', () => {
  test('that adds tax is paid by its net amount', async () => {
    const team = await scene.team()
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const metadata = metadataOf(begun)
    const taxed = await scene.stripe.checkout.sessions.create({
      mode: 'payment',
      customer: begun.customer ?? '',
      automatic_tax: { enabled: true },
      customer_update: { address: 'auto' },
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: 'usd',
            unit_amount: 500,
            tax_behavior: 'exclusive',
            product_data: { name: 'Starter' },
          },
        },
      ],
      metadata,
      payment_intent_data: { metadata },
      success_url: 'https://app.example',
    })
    await submit(taxed.url ?? '', { email: 'ana@example.com', card: visa, country: 'DE' })
    await scene.sandbox.idle()
    expect(await scene.charges(team)).toMatchObject([{ amount: 595 }])
    expect(await only(team)).toMatchObject({ state: 'PAID', failure: null })
    expect(await scene.available(team)).toBe(bought)
  })

  test('that costs nothing brings the credits, by the name of its session', async () => {
    const team = await scene.team()
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const open = await scene.stripe.checkout.sessions.retrieve(begun.session ?? '')
    const object: Stripe.Checkout.Session = {
      ...open,
      status: 'complete',
      payment_status: 'no_payment_required',
      amount_total: 0,
      total_details: { amount_discount: 500, amount_shipping: 0, amount_tax: 0 },
    }
    const event = { id: 'evt_free', type: 'checkout.session.completed', created: 1, livemode: false, data: { object } }
    expect(await scene.events.handle(event as Stripe.CheckoutSessionCompletedEvent)).toBe('handled')
    expect(await only(team)).toMatchObject({ state: 'PAID', intent: null })
    expect(await scene.available(team)).toBe(bought)
    const { rows } = await scene.database.pool.query(
      "select source from credit_grant where team_id = $1 and kind = 'PACKAGE'",
      [team],
    )
    expect(rows).toEqual([{ source: `stripe:${begun.session}` }])
    const askAt = async () =>
      (await scene.database.pool.query('select ask_at from purchase where team_id = $1', [team])).rows
    await expect.poll(askAt).toEqual([{ ask_at: null }])
    expect((await verifyLedger(scene.database)).filter(({ violations }) => violations > 0)).toEqual([])
  })
})

describe('once a purchase is paid', () => {
  test('its other pages expire, and its other payments are canceled', async () => {
    const team = await scene.team()
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const waiting = await payBeside(begun, { card: 'pm_card_authenticationRequired' })
    expect(waiting.status).toBe('requires_action')
    const other = await scene.stripe.checkout.sessions.create({
      mode: 'payment',
      customer: begun.customer ?? '',
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Other' } } }],
      metadata: metadataOf(begun),
      success_url: 'https://app.example',
    })
    await submit(begun.checkoutUrl ?? '', { email: 'ana@example.com', card: visa })
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID' })
    const ends = async () => [
      (await scene.stripe.checkout.sessions.retrieve(other.id)).status,
      (await scene.stripe.paymentIntents.retrieve(waiting.id)).status,
    ]
    await expect.poll(ends).toEqual(['expired', 'canceled'])
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID' })
    expect(await scene.charges(team)).toHaveLength(1)
  })

  test('a second payment is given back by itself, once, and takes no credits', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const purchase = await scene.buy(team)
    const second = await payBeside(purchase)
    await expect.poll(() => refundsOf(second)).toHaveLength(1)
    expect(await refundsOf(second)).toMatchObject([{ amount: 500, reason: 'duplicate' }])
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID', intent: purchase.intent, reversals: [] })
    expect(await scene.available(team)).toBe(bought)
  })

  test('a second payment whose refund fails at first is given back by the next notice of it', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const purchase = await scene.buy(team)
    await expect.poll(async () => (await only(team)).invoiceUrl).not.toBeNull()
    scene.sandbox.faults.add({ do: 'rate-limit', method: 'POST', path: '/v1/refunds', times: 2 })
    scene.sandbox.webhooks.hold()
    const second = await payBeside(purchase)
    const { data } = await scene.stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 })
    const [event] = data
    if (event === undefined) throw new Error('Nothing was paid')
    await expect(scene.events.handle(event)).rejects.toThrow()
    scene.sandbox.faults.clear()
    scene.sandbox.webhooks.release()
    await expect.poll(() => refundsOf(second)).toHaveLength(1)
  })
})
