import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { openPaying, type Paying } from './scene.ts'

const wevion = loadCatalog('catalogs/wevion.yaml')
const optional = 'pm_card_threeDSecureOptional'
const day = 86_400_000

describe('the first purchase of a team', () => {
  let scene: Paying
  beforeAll(async () => {
    scene = await openPaying()
  })
  afterAll(() => scene.close())

  const pass = (ms: number) => scene.until(new Date(scene.sandbox.clock.now() + ms).toISOString())
  async function intentOf(intent: string | null): Promise<Stripe.PaymentIntent> {
    return scene.stripe.paymentIntents.retrieve(intent ?? '')
  }

  test('is asked for 3D Secure by a saved card, until one is paid and a day old', async () => {
    const team = await scene.team()
    await scene.saveCard(team, optional)
    const first = await scene.buy(team)
    expect(first).toMatchObject({ state: 'PENDING', actionUrl: expect.stringContaining('/authenticate/') })
    await submit(first.actionUrl ?? '', { answer: 'complete' })
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(5_500n * MICRO)
    expect(await scene.buy(team)).toMatchObject({ state: 'PENDING' })
    await pass(day + 1_000)
    expect(await scene.buy(team)).toMatchObject({ state: 'PAID' })
  })

  test('is asked for 3D Secure in Checkout', async () => {
    const team = await scene.team()
    const { checkoutUrl, session } = await scene.buy(team, 'starter', 'CHECKOUT')
    await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: '4000000000003055' })
    const { data } = await scene.stripe.checkout.sessions.list({ customer: await scene.customer(team) })
    const [opened] = data.filter(({ id }) => id === session)
    const intent = await intentOf(`${opened?.payment_intent}`)
    expect(intent.status).toBe('requires_action')
    expect(intent.payment_method_options?.card?.request_three_d_secure).toBe('any')
  })

  test('tells the fraud rules of Stripe what it is, with nothing personal', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    await pass(3 * day)
    const { intent, id } = await scene.buy(team)
    expect((await intentOf(intent)).metadata).toEqual({
      team,
      purchase: `${id}`,
      tag: expect.any(String),
      source: 'saved',
      package: 'starter',
      new_team: 'yes',
      team_age_days: '3',
    })
  })

  test('by a recharge asks nobody', async () => {
    const team = await scene.team()
    await scene.saveCard(team, optional)
    await scene.recharge(team)
    await expect.poll(() => scene.purchases(team)).toMatchObject([{ state: 'PAID' }])
    const [charged] = await scene.charges(team)
    expect(charged?.metadata).toMatchObject({ source: 'recharge', new_team: 'yes' })
  })
})

describe('a catalog', () => {
  test('leaves 3D Secure to Stripe where it says automatic', async () => {
    const catalog = parseCatalog(`${wevion.source}\nfraud: { threeDSecure: automatic }\n`, 'automatic.yaml')
    const scene = await openPaying({ catalog })
    const team = await scene.team()
    await scene.saveCard(team, optional)
    expect(await scene.buy(team)).toMatchObject({ state: 'PAID' })
    await scene.close()
  })
})

describe('a purchase of which the bank warns', () => {
  let scene: Paying
  beforeAll(async () => {
    const catalog = parseCatalog(`${wevion.source}\nfraud: { refundWarnedBelow: 6 }\n`, 'refunding.yaml')
    scene = await openPaying({ catalog })
  })
  afterAll(() => scene.close())

  async function warned(packageId: string): Promise<{ team: TeamId; refunds: () => Promise<Stripe.Refund[]> }> {
    const team = await scene.team()
    await scene.saveCard(team)
    const { intent } = await scene.buy(team, packageId)
    scene.sandbox.banks.warnOfFraud(intent ?? '')
    await scene.sandbox.idle()
    const { data } = await scene.stripe.events.list({ type: 'radar.early_fraud_warning.created', limit: 1 })
    for (const event of [...data, ...data]) await scene.events.handle(event)
    const refunds = async () => (await scene.stripe.refunds.list({ payment_intent: intent ?? '' })).data
    return { team, refunds }
  }

  test('is refunded by itself below the amount of the catalog, once, as an act of the gateway', async () => {
    const dear = await warned('standard')
    const { team, refunds } = await warned('starter')
    scene.poke()
    await expect.poll(() => scene.purchases(team)).toMatchObject([{ state: 'REFUNDED' }])
    expect(await refunds()).toMatchObject([{ amount: 500, reason: 'fraudulent' }])
    const text = 'select caller_id, caller_role, mutation, after from audit_record where team_id = $1'
    const { rows } = await scene.database.pool.query(text, [team])
    expect(rows).toMatchObject([{ mutation: 'refundPurchase', caller_role: 'PLATFORM', after: { amount: '5' } }])
    expect(await dear.refunds()).toEqual([])
    expect(await scene.purchases(dear.team)).toMatchObject([{ state: 'PAID' }])
  })
})
