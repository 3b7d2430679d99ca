import type { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { monthSpan } from '../../../src/domain/period.ts'
import type { Revenue } from '../../../src/domain/revenue.ts'
import { firstPlace, readRevenuePage } from '../../../src/ledger/revenue-pages.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { openPaying, type Paying } from './scene.ts'

const day = 86_400_000
const caller = { id: null, role: 'PLATFORM' } as const

let scene: Paying
let month = 0
let keys = 0

const pass = (days: number) => scene.until(new Date(scene.sandbox.clock.now() + days * day).toISOString())

async function subscribed(
  plan: string,
  amount: number,
  { interval = 'month', ...given }: Partial<Stripe.SubscriptionCreateParams> & { interval?: 'month' | 'year' } = {},
) {
  const team = await scene.team('free')
  await scene.saveCard(team)
  return {
    team,
    subscription: await scene.subscribe(team, [{ price: await scene.price(plan, amount, interval) }], given),
  }
}

/** The money paid for the deposits of a team, in cents, oldest first: `150 INCLUDED 9000`. */
async function costs(team: TeamId): Promise<string[]> {
  const text = `select kind, granted, cost_amount, cost_currency from credit_grant
    where team_id = $1 and source not like 'plan:free%' order by id`
  const { rows } = await scene.database.pool.query(text, [team])
  return rows.map(({ kind, granted, cost_amount: cost }) => {
    const cents = cost === null ? 'free' : `${(BigInt(cost) * 100n) / NANO}`
    return `${BigInt(granted) / MICRO} ${kind} ${cents}`
  })
}

const costsBecome = (team: TeamId, expected: string[]) => expect.poll(() => costs(team)).toEqual(expected)

async function refundNewest(team: TeamId, amount?: number): Promise<void> {
  const { data } = await scene.stripe.invoices.list({ customer: await scene.customer(team), limit: 1 })
  const payments = await scene.stripe.invoicePayments.list({ invoice: data[0]?.id ?? '' })
  const intent = payments.data[0]?.payment.payment_intent
  await scene.stripe.refunds.create({
    payment_intent: typeof intent === 'string' ? intent : '',
    ...(amount === undefined ? {} : { amount }),
  })
  await scene.sandbox.idle()
}

/** The money of the team's rows that is not 0, in cents: `INCLUDED USD`. */
async function revenueOf(team: TeamId, name = monthNow()): Promise<Record<string, Partial<Revenue>>> {
  const span = monthSpan(name, 'UTC')
  if (span === undefined) throw new Error(`${name} is no month`)
  const { rows } = await readRevenuePage(scene.database, scene.ledger, span, { after: firstPlace, size: 100 })
  const own = rows.filter(({ teamId }) => teamId === team)
  return Object.fromEntries(
    own.map(({ kind, currency, money }) => {
      const { openAtStart, sold, earned, expired, refunded, openAtEnd } = money
      expect(openAtStart + sold).toBe(earned + expired + refunded + openAtEnd)
      const amounts = Object.entries(money).filter(([, amount]) => amount !== 0n)
      return [
        `${kind} ${currency}`,
        Object.fromEntries(amounts.map(([part, amount]) => [part, Number((amount * 100n) / NANO)])),
      ]
    }),
  )
}
const monthNow = () => new Date(scene.sandbox.clock.now()).toISOString().slice(0, 7)

/** Each test has months of its own, in which no subscription of another test renews. */
async function ownMonths(): Promise<void> {
  for await (const { id } of scene.stripe.subscriptions.list({ limit: 100 }))
    await scene.stripe.subscriptions.cancel(id)
  month += 4
  await scene.until(new Date(Date.UTC(2028, month, 5, 12)).toISOString())
}

async function closed(): Promise<void> {
  const violations = (await verifyLedger(scene.database)).filter(({ violations: count }) => count > 0)
  await scene.close()
  expect(violations).toEqual([])
}

describe('a plan with one deposit a cycle and units', () => {
  beforeAll(async () => {
    scene = await openPaying({ catalog: 'ai-studios' })
  })
  beforeEach(ownMonths)
  afterAll(closed)

  const use = (team: TeamId, credits: number) =>
    scene.submit(team, {
      kind: 'charge-usage',
      usage: [{ rate: 'video.generator', quantity: BigInt(credits) * MICRO, count: 1 }],
      reference: null,
      memberId: null,
      caller,
    })
  const order = (team: TeamId, units: number) => scene.order(team, units, `key-${++keys}`)

  test('costs what its invoices say, each of them once', async () => {
    const { team } = await subscribed('team', 9_000)
    await costsBecome(team, ['150 INCLUDED 9000'])
    expect(await revenueOf(team)).toEqual({ 'INCLUDED USD': { sold: 9_000, openAtEnd: 9_000 } })
    await pass(32)
    await costsBecome(team, ['150 INCLUDED 9000', '150 INCLUDED 9000'])
    expect(await revenueOf(team)).toEqual({
      'INCLUDED USD': { openAtStart: 9_000, expired: 9_000, sold: 9_000, openAtEnd: 9_000 },
    })
    const { data } = await scene.stripe.events.list({ type: 'invoice.paid', limit: 2 })
    for (const event of [...data, ...data]) await scene.events.handle(event)
    expect(await costs(team)).toEqual(['150 INCLUDED 9000', '150 INCLUDED 9000'])
  })

  test('has units that cost what their own invoice says, and what their renewal says', async () => {
    const { team } = await subscribed('team', 9_000)
    await costsBecome(team, ['150 INCLUDED 9000'])
    expect(await order(team, 2)).toEqual({ kind: 'done' })
    const [, first = ''] = await costs(team)
    expect(first).toMatch(/^\d+ ADD_ON 6000$/)
    expect(await order(team, 3)).toEqual({ kind: 'done' })
    expect((await costs(team)).at(-1)).toMatch(/^\d+ ADD_ON 3000$/)
    await pass(32)
    await expect
      .poll(async () => (await costs(team)).slice(3))
      .toEqual(['150 INCLUDED 9000', expect.stringMatching(/^\d+ ADD_ON 9000$/)])
    expect(Object.keys(await revenueOf(team)).sort()).toEqual(['ADD_ON USD', 'INCLUDED USD'])
  })

  test('is less by a refund of its invoice, from what is left before what was earned', async () => {
    const { team } = await subscribed('team', 9_000)
    await costsBecome(team, ['150 INCLUDED 9000'])
    const { outcome } = await use(team, 100)
    expect(outcome.kind).toBe('charge')
    await refundNewest(team, 3_000)
    const after = await revenueOf(team)
    expect(after).toMatchObject({ 'INCLUDED USD': { sold: 9_000, refunded: 3_000 } })
    await refundNewest(team)
    expect(await revenueOf(team)).toEqual({ 'INCLUDED USD': { sold: 9_000, refunded: 9_000 } })
  })

  test('on a trial costs nothing, until its first paid cycle', async () => {
    const { team } = await subscribed('team', 9_000, { trial_period_days: 7 })
    expect(await costs(team)).toEqual([expect.stringMatching(/^\d+ INCLUDED free$/)])
    expect(await revenueOf(team)).toEqual({})
    await pass(8)
    await expect.poll(async () => (await costs(team)).at(-1)).toMatch(/^\d+ INCLUDED 9000$/)
  })
})

describe('a plan with a deposit each week', () => {
  beforeAll(async () => {
    scene = await openPaying()
  })
  beforeEach(ownMonths)
  afterAll(closed)

  test('has the cents of its invoice shared among the weeks of the month, also those to come', async () => {
    const { team } = await subscribed('starter', 1_001)
    const text = 'select amount, whole, source from deposit_cost where team_id = $1 order by starts_at'
    const shares = async () => (await scene.database.pool.query(text, [team])).rows
    await expect.poll(async () => (await shares()).length).toBeGreaterThan(3)
    const cents = (await shares()).map(({ amount }) => Number((BigInt(amount) * 100n) / NANO))
    expect(cents.reduce((sum, one) => sum + one, 0)).toBe(1_001)
    expect(Math.max(...cents) - Math.min(...cents)).toBeLessThanOrEqual(1)
    await pass(15)
    const weeks = cents.slice(0, 2).map((amount) => `2500 INCLUDED ${amount}`)
    await expect.poll(async () => (await costs(team)).filter((one) => !one.endsWith('free'))).toEqual(weeks)
  })
})
