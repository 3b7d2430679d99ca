import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { makeInvoice } from '../../../src/payments/invoices.ts'
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
    await expect(makeInvoice(scene.stripe, purchase, 'Starter')).rejects.toThrow("settle the customer's balance")
    expect(await scene.stripe.customers.retrieve(customer)).toMatchObject(credit)
    const given = [team, purchase.id]
    await scene.database.pool.query(
      'update purchase set asks = 100, ask_at = ledger_now() where team_id = $1 and id = $2',
      given,
    )
    scene.poke()
    const text = 'select ask_at from purchase where team_id = $1 and id = $2'
    const askAt = async () => (await scene.database.pool.query(text, given)).rows[0].ask_at
    await expect.poll(askAt, { timeout: 20_000 }).toBeNull()
    expect(await scene.stripe.customers.retrieve(customer)).toMatchObject(credit)
  })
})
