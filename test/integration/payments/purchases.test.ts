import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { makeInvoice } from '../../../src/payments/invoices.ts'
import { createPortalConfiguration } from '../../../src/payments/portal-configuration.ts'
import { createPushedPrices } from '../../../src/payments/pushed-prices.ts'
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

  test("asks for the buyer's e-mail address, which later receipts go to", async () => {
    const team = await scene.team()
    const { checkoutUrl } = await scene.buy(team)
    await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: '4242424242424242' })
    await scene.sandbox.idle()
    expect(await scene.stripe.customers.retrieve(await scene.customer(team))).toMatchObject({
      email: 'ana@example.com',
    })
    expect(await scene.buy(team)).toMatchObject({ state: 'PAID', receiptEmail: 'ana@example.com' })
    expect(await scene.charges(team)).toMatchObject([{ receipt_email: 'ana@example.com' }, { receipt_email: null }])
  })

  test('offers the price in its own currency alone', async () => {
    const { session } = await scene.buy(await scene.team(), 'starter', 'CHECKOUT')
    const page = await scene.stripe.checkout.sessions.retrieve(session ?? '')
    expect(page).toMatchObject({ adaptive_pricing: { enabled: false }, currency: 'usd', amount_total: 500 })
  })
})

describe('that wait to be paid', () => {
  test('are at most 20 of a team at once, however many are begun together', async () => {
    const team = await scene.team()
    const began = await Promise.all(Array.from({ length: 25 }, () => scene.buy(team, 'starter', 'CHECKOUT')))
    expect(began.filter(({ checkoutUrl }) => checkoutUrl !== null)).toHaveLength(20)
    expect(began.filter(({ declineCode }) => declineCode === 'too_many_unfinished')).toHaveLength(5)
    const { session } = began.find(({ checkoutUrl }) => checkoutUrl !== null) ?? {}
    await scene.stripe.checkout.sessions.expire(session ?? '')
    await scene.sandbox.idle()
    expect(await scene.buy(team, 'starter', 'CHECKOUT')).toMatchObject({ state: 'PENDING' })
  })
})

describe('in 24 hours', () => {
  test('a team buys packages for ten times the dearest, however many are begun together', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const bought = await Promise.all(Array.from({ length: 14 }, () => scene.buy(team, 'pro')))
    expect(bought.filter(({ state }) => state === 'PAID')).toHaveLength(10)
    const refused = bought.filter(({ state }) => state === 'FAILED')
    expect(refused).toHaveLength(4)
    for (const { declineCode, failure } of refused) {
      expect([declineCode, failure]).toEqual(['daily_limit', expect.stringContaining('credits for $500 in 24 hours')])
    }
    expect(await scene.charges(team)).toHaveLength(10)
    await scene.database.pool.query(
      "update purchase set created_at = created_at - interval '24 hours' where team_id = $1",
      [team],
    )
    expect(await scene.buy(team, 'pro')).toMatchObject({ state: 'PAID' })
  })

  test('a team buys 20 packages', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    for (let count = 0; count < 20; count += 1) expect(await scene.buy(team)).toMatchObject({ state: 'PAID' })
    expect(await scene.buy(team)).toMatchObject({ state: 'FAILED', declineCode: 'daily_limit' })
    expect(await scene.charges(team)).toHaveLength(20)
  })
})

describe('in an hour', () => {
  test('a team has 10 purchases declined, and is told when to try again', async () => {
    const team = await scene.team()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    for (let count = 0; count < 10; count += 1) {
      expect(await scene.buy(team)).not.toMatchObject({ declineCode: 'too_many_declines' })
    }
    await scene.saveCard(team)
    expect(await scene.buy(team)).toMatchObject({
      state: 'FAILED',
      declineCode: 'too_many_declines',
      failure: expect.stringMatching(/10 purchases .* declined within an hour: try again in (59|60) minutes/),
    })
    const text = "update purchase set created_at = created_at - interval '1 hour' where team_id = $1 and id = 1"
    await scene.database.pool.query(text, [team])
    expect(await scene.buy(team)).toMatchObject({ state: 'PAID' })
  })

  test('a team opens 10 pages to save a card, and is told when to try again', async () => {
    const team = await scene.team()
    const page = (index: number) => scene.payments.setupPage(team, `https://app.example/${index}`)
    for (let index = 0; index < 10; index += 1) await page(index)
    const last = await page(9)
    await expect(page(10)).rejects.toMatchObject({
      name: 'PaymentsOverasked',
      message: expect.stringContaining('10 pages to save a payment method'),
      retryAfterSeconds: expect.closeTo(3_600, -2),
    })
    expect(await page(9)).toBe(last)
  })
})

describe('a page on which a card is saved', () => {
  const back = 'https://app.example/billing'
  const open = async (team: TeamId) => {
    const sessions = await scene.stripe.checkout.sessions.list({ customer: await scene.customer(team), status: 'open' })
    return sessions.data
  }

  test('is one for all who ask while it is open', async () => {
    const team = await scene.team()
    const pages = await Promise.all(Array.from({ length: 20 }, () => scene.payments.setupPage(team, back)))
    expect(new Set(pages).size).toBe(1)
    expect(await scene.payments.setupPage(team, back)).toBe(pages[0])
    expect(await open(team)).toHaveLength(1)
  })

  test('ends where another one is asked for that comes back elsewhere; Checkout of a purchase stays', async () => {
    const team = await scene.team()
    await scene.buy(team, 'starter', 'CHECKOUT')
    const first = await scene.payments.setupPage(team, back)
    const second = await scene.payments.setupPage(team, 'https://app.example/other')
    expect(second).not.toBe(first)
    expect((await open(team)).map(({ mode, url }) => [mode, mode === 'setup' ? url : null]).toSorted()).toEqual([
      ['payment', null],
      ['setup', second],
    ])
  })
})

test('the portal is one for all who ask within a minute', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-18T12:00:10Z') })
  try {
    const team = await scene.team()
    const portal = () => scene.payments.billingPortal(team, 'https://app.example/billing')
    const first = await portal()
    expect(await portal()).toBe(first)
    vi.setSystemTime(Date.parse('2026-11-18T12:01:10Z'))
    expect(await portal()).not.toBe(first)
  } finally {
    vi.useRealTimers()
  }
})

test('the portal of a new account gets one configuration, without changes of plans', async () => {
  const portal = async () => scene.payments.billingPortal(await scene.team(), 'https://app.example/billing')
  await Promise.all([portal(), portal(), portal()])
  const fresh = createPortalConfiguration(scene.stripe)
  await fresh()
  const { data } = await scene.stripe.billingPortal.configurations.list({ active: true })
  expect(data).toMatchObject([
    {
      is_default: false,
      features: {
        customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address', 'tax_id'] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: false },
        subscription_update: { enabled: false },
      },
    },
  ])
  expect(await fresh()).toBe(data[0]?.id)
})

describe('an invoice of a purchase', () => {
  test('takes nothing of what the customer has as credit, and is given up in the end', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    const customer = await scene.customer(team)
    const { id: invoice } = await scene.stripe.invoices.create({ customer, currency: 'usd' })
    await scene.stripe.invoiceItems.create({ customer, invoice, amount: -1_000, currency: 'usd' })
    await scene.stripe.invoices.finalizeInvoice(invoice)
    const credit = { balance: -1_000 }
    expect(await scene.stripe.customers.retrieve(customer)).toMatchObject(credit)

    const purchase = await scene.buy(team)
    await expect(
      makeInvoice(scene.stripe, purchase, 'Starter', createPushedPrices(scene.stripe, pino({ level: 'silent' }))),
    ).rejects.toThrow("settle the customer's balance")
    expect(await scene.stripe.customers.retrieve(customer)).toMatchObject(credit)
    const given = [team, purchase.id]
    await scene.database.pool.query(
      'update purchase set asks = 100, ask_at = ledger_now() where team_id = $1 and id = $2',
      given,
    )
    scene.poke()
    const text = 'select ask_at from purchase where team_id = $1 and id = $2'
    const askAt = async () => (await scene.database.pool.query(text, given)).rows[0].ask_at
    await expect.poll(askAt).toBeNull()
    expect(await scene.stripe.customers.retrieve(customer)).toMatchObject(credit)
  })
})
