import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { formatMoney } from '../../../src/domain/amounts/money.ts'
import type { ConfigureRecharge } from '../../../src/domain/decisions/command.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { PayWith } from '../../../src/domain/purchase.ts'
import type { Usage } from '../../../src/domain/usage.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { type Billing, openBilling, use } from './billing-scene.ts'
import { openPaying, type Paying } from './scene.ts'

/** The example in euros and dollars without its tax, which needs an address; with a metered rate, an add-on and a limit of money a day. */
const { source } = loadCatalog('catalogs/example-eu.yaml')
const catalog = parseCatalog(
  source
    .replace(/^tax:.*$/m, '')
    .replace(
      '    creditLine: 500',
      `    creditLine: 500
    addOn: { credits: 100, price: { EUR: 10, USD: 11 } }`,
    )
    .replace(
      'categories:\n',
      `purchaseLimits: { moneyPerDay: { EUR: 100, USD: 60 } }

categories:
  - id: live
    name: Live
    rates:
      - { id: live.minute, name: Minute, money: { EUR: 0.5, USD: 0.6 }, unit: MINUTE, settlement: METERED }
`,
    ),
  'two-currencies.yaml',
)
const caller = { id: null, role: 'ADMIN' } as const
const platform = { id: null, role: 'PLATFORM' } as const

let scene: Paying
let billing: Billing
let made = 0
beforeAll(async () => {
  scene = await openPaying({ catalog })
  billing = await openBilling('2030-03-15T12:00:00Z', { catalog })
})
afterAll(async () => {
  for (const { database } of [scene, billing]) {
    const verdicts = await verifyLedger(database)
    expect(verdicts.filter(({ violations }) => violations > 0)).toEqual([])
  }
  await billing.close()
  await scene.close()
})

const plan = { kind: 'assign-plan', planId: 'team', teamName: null, seats: 1, interval: null, anchor: null } as const

async function teamIn(currency: string | null, planId = 'team', { submit }: Pick<Paying, 'submit'> = scene) {
  made += 1
  const team = teamId(`paying-${made}`)
  await submit(team, { ...plan, planId, currency })
  return team
}

async function spend(team: TeamId, usage: Usage): Promise<void> {
  const terms = { reference: null, memberId: null, caller }
  const { outcome } = await scene.submit(team, { kind: 'charge-usage', usage: [usage], ...terms })
  expect(outcome.kind).toBe('charge')
}

const choose = async (team: TeamId, currency: string) => {
  const { outcome } = await scene.submit(team, { ...plan, currency })
  return outcome.kind === 'refused' ? outcome.failure.message : outcome.kind
}

async function begin(team: TeamId, given: { currency?: string; pay?: PayWith; packageId?: string } = {}) {
  const { currency = null, pay = 'AUTO', packageId = 'small' } = given
  const pages = { successUrl: null, cancelUrl: null, memberId: null }
  const { outcome } = await scene.submit(team, { kind: 'begin-purchase', packageId, currency, pay, ...pages, caller })
  return outcome
}

async function buy(team: TeamId, given: Parameters<typeof begin>[1] = {}) {
  const outcome = await begin(team, given)
  if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
  return scene.payments.advance(team, outcome.purchase.id)
}

const refusalOf = async (team: TeamId, currency: string) => {
  const outcome = await begin(team, { currency })
  return outcome.kind === 'refused' ? outcome.failure.message : outcome.kind
}

const told = ({ amount, currency }: { amount: bigint; currency: string }) =>
  `${formatMoney({ amount, currency })} ${currency}`

describe('a purchase', () => {
  test('by Checkout is paid in the currency of its team', async () => {
    for (const [currency, price, cents] of [
      ['USD', '22 USD', 2_200],
      [null, '20 EUR', 2_000],
    ] as const) {
      const team = await teamIn(currency)
      const purchase = await buy(team, { pay: 'CHECKOUT' })
      expect(told(purchase.price)).toBe(price)
      const session = await scene.stripe.checkout.sessions.retrieve(purchase.session ?? '')
      expect([session.amount_subtotal, session.currency?.toUpperCase()]).toEqual([cents, price.slice(-3)])
      const before = await scene.available(team)
      await submit(purchase.checkoutUrl ?? '', { email: 'ana@example.com', card: '4242424242424242' })
      await scene.sandbox.idle()
      expect(await scene.available(team)).toBe(before + 2_000n * MICRO)
    }
  })

  test('by a saved method chooses the currency of its team, and another one is refused then', async () => {
    const team = await teamIn(null)
    await scene.saveCard(team)
    expect(await refusalOf(team, 'GBP')).toBe('currency: nothing is sold in it: give one of EUR, USD.')
    const purchase = await buy(team, { currency: 'USD', pay: 'SAVED_METHOD' })
    expect([purchase.state, told(purchase.price)]).toEqual(['PAID', '22 USD'])
    expect((await scene.account(team)).currency).toBe('USD')
    expect((await scene.charges(team)).map(({ amount, currency }) => [amount, currency])).toEqual([[2_200, 'usd']])
    expect(await refusalOf(team, 'EUR')).toBe('currency: the team pays in USD: give USD, or no currency.')
    expect(await choose(team, 'EUR')).toMatch(/money was paid, used or billed in USD already/)
  })

  test('counts against the limit of a day in its own currency', async () => {
    const [euros, dollars] = [await teamIn('EUR'), await teamIn('USD')]
    for (const team of [euros, dollars]) await scene.saveCard(team)
    const states = async (team: TeamId) => {
      const found: string[] = []
      for (let i = 0; i < 3; i += 1) found.push((await buy(team, { pay: 'SAVED_METHOD' })).state)
      return found
    }
    expect(await states(euros)).toEqual(['PAID', 'PAID', 'PAID'])
    expect(await states(dollars)).toEqual(['PAID', 'PAID', 'FAILED'])
    expect((await scene.purchases(dollars))[0]?.failure).toContain('$60')
  })
})

test('a page on which a method is saved offers what can pay in the currency of the team', async () => {
  const currencyOf = async (team: TeamId) => {
    await scene.payments.setupPage(team, 'https://app.example/billing')
    const { data } = await scene.stripe.checkout.sessions.list({ customer: await scene.customer(team) })
    return data.map(({ mode, status, currency }) => [mode, status, currency])
  }
  const [euros, dollars] = [await teamIn(null), await teamIn('USD')]
  expect([await currencyOf(euros), await currencyOf(dollars)]).toEqual([
    [['setup', 'open', 'eur']],
    [['setup', 'open', 'usd']],
  ])
  expect(await choose(euros, 'USD')).toBe('done')
  expect(await currencyOf(euros)).toEqual([
    ['setup', 'open', 'usd'],
    ['setup', 'expired', 'eur'],
  ])
})

describe('the operator changes the currency of a team', () => {
  test('until money was paid, used or billed', async () => {
    const team = await teamIn('EUR')
    expect(await choose(team, 'USD')).toBe('done')
    const canceled = await buy(team, { pay: 'CHECKOUT' })
    expect(await choose(team, 'EUR')).toMatch(/USD already/)
    await scene.stripe.checkout.sessions.expire(canceled.session ?? '')
    await scene.sandbox.idle()
    expect((await scene.purchases(team))[0]?.state).toBe('CANCELED')
    expect(await choose(team, 'EUR')).toBe('done')
    await spend(team, use('live.minute', '1'))
    expect(await choose(team, 'USD')).toMatch(/EUR already/)
  })

  test('not while work that costs money is under way', async () => {
    const team = await teamIn(null)
    const usage = [use('live.minute', '2')]
    const terms = { expiresInSeconds: 60, reference: null, memberId: null, caller: platform }
    const { outcome } = await scene.submit(team, { kind: 'place-hold', usage, ...terms })
    const { hold } = outcome.kind === 'hold' ? outcome : expect.unreachable(outcome.kind)
    expect(await choose(team, 'USD')).toMatch(/EUR already/)
    await scene.submit(team, { kind: 'release-hold', holdId: hold.id, reason: null, caller: platform })
    expect(await choose(team, 'USD')).toBe('done')
  })
})

test('auto-recharge buys, counts and is capped in the currency of its team', async () => {
  const [euros, dollars] = [await teamIn(null, 'free'), await teamIn(null, 'free')]
  for (const team of [euros, dollars]) await scene.saveCard(team)
  const settings = { threshold: 100n * MICRO, packageId: 'small', targetBalance: null, maxPerDay: null }
  const on = (currency: string, cap: bigint): ConfigureRecharge => ({
    kind: 'configure-recharge',
    enabled: true,
    ...settings,
    monthlyCap: cap * 1_000_000_000n,
    currency,
    caller,
  })
  await scene.submit(euros, on('EUR', 20n))
  const tooLow = await scene.submit(dollars, on('USD', 21n))
  expect(tooLow.outcome.kind).toBe('refused')
  await scene.submit(dollars, on('USD', 22n))
  expect(await choose(dollars, 'EUR')).toBe('currency: auto-recharge buys in USD: turn it off first, or give USD.')
  for (const team of [euros, dollars]) {
    await spend(team, use('image.standard', '1', 15))
    // The recharge is settled after its purchase is paid.
    const outcome = async () => [(await scene.purchases(team))[0]?.state, (await scene.account(team)).recharge?.state]
    await expect.poll(outcome).toEqual(['PAID', 'ARMED'])
  }
  for (const [team, spent, currency] of [
    [euros, 20n, 'EUR'],
    [dollars, 22n, 'USD'],
  ] as const) {
    expect((await scene.purchases(team)).map(({ price }) => told(price))).toEqual([`${spent} ${currency}`])
    const { recharge } = await scene.account(team)
    expect(recharge).toMatchObject({ currency, spent: spent * 1_000_000_000n })
    expect(recharge?.mandate?.text).toContain(`${spent} ${currency}`)
  }
})

test('units of an add-on have a price of their own in each currency, and are not sold across currencies', async () => {
  const subscribe = async (team: TeamId, currency: string) => {
    await scene.saveCard(team)
    const { id: product } = await scene.stripe.products.create({ name: 'Team' })
    const terms = { product, unit_amount: 5_000, recurring: { interval: 'month' }, metadata: { plan: 'team' } } as const
    const { id: price } = await scene.stripe.prices.create({ ...terms, currency })
    await scene.subscribe(team, [{ price, quantity: 1 }])
  }
  const [euros, dollars, mixed] = [await teamIn('EUR'), await teamIn('USD'), await teamIn('USD')]
  await subscribe(euros, 'eur')
  await subscribe(dollars, 'usd')
  await subscribe(mixed, 'eur')
  for (const team of [euros, dollars]) expect(await scene.order(team, 2, `units of ${team}`)).toEqual({ kind: 'done' })
  expect(await choose(euros, 'USD')).toMatch(/EUR already/)
  expect(await scene.order(mixed, 1, 'units of another currency')).toEqual({ kind: 'not-available' })
  expect(scene.logged.filter(({ team }) => team === mixed).map(({ msg }) => msg)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('another currency than its team pays in'),
      expect.stringContaining('Units are not sold'),
    ]),
  )
  const units = async (team: TeamId) =>
    (await scene.stripe.invoices.list({ customer: await scene.customer(team) })).data
      .filter(({ metadata }) => metadata?.change !== undefined)
      .map(({ subtotal, currency }) => [subtotal, currency])
  expect([await units(euros), await units(dollars)]).toEqual([[[2_000, 'eur']], [[2_200, 'usd']]])
})

test('metered use and what a credit line lent are billed in the currency of the team', async () => {
  const [euros, dollars] = [await teamIn(null, 'team', billing), await teamIn('USD', 'team', billing)]
  for (const team of [euros, dollars]) {
    await billing.spend(team, use('live.minute', '10'))
    const terms = { expiresInSeconds: 60, reference: null, memberId: null, caller: platform }
    const held = [use('image.standard', '1', 200)]
    const { outcome } = await billing.submit(team, { kind: 'place-hold', usage: held, ...terms })
    const { hold } = outcome.kind === 'hold' ? outcome : expect.unreachable(outcome.kind)
    const usage = [use('image.standard', '1', 210)]
    await billing.submit(team, { kind: 'settle-hold', holdId: hold.id, usage, caller: platform })
  }
  await billing.pass('2030-04-01T00:00:00Z')
  await billing.billed('2030-03')
  for (const [team, amounts, currency] of [
    [euros, [500, 120], 'eur'],
    [dollars, [600, 130], 'usd'],
  ] as const) {
    const invoices = (await billing.invoices(team)).filter(({ metadata }) => metadata?.month === '2030-03')
    expect(invoices.map((invoice) => invoice.currency)).toEqual([currency])
    const lines = invoices[0]?.lines.data.map(({ amount }) => amount) ?? []
    expect(lines.toSorted((a, b) => b - a)).toEqual(amounts)
  }
})
