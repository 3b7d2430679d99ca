import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Exchange, exchanges } from '../../../packages/stripe-sandbox/src/http/exchanges.ts'
import { openSandbox, type Sandbox } from '../../../packages/stripe-sandbox/src/sandbox.ts'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { type TeamId, teamId } from '../../../src/domain/identity.ts'
import type { PayWith } from '../../../src/domain/purchase.ts'
import { pushCatalog } from '../../../src/payments/push-catalog.ts'
import { createPushedPrices } from '../../../src/payments/pushed-prices.ts'
import { createStripe } from '../../../src/payments/stripe.ts'
import { openPaying, type Paying } from './scene.ts'

const { source } = loadCatalog('catalogs/example-eu.yaml')
const changed = (from: string, to: string): WholeCatalog => {
  if (!source.includes(from)) throw new Error(`The example no longer says ${from}`)
  return parseCatalog(source.replace(from, to), 'changed.yaml')
}
const taxed = parseCatalog(source, 'taxed.yaml')
const untaxed = changed('tax: { behavior: exclusive, code: txcd_10103001 }\n', '')
const card = '4242424242424242'

let scene: Paying
let made = 0

async function opened(catalog: WholeCatalog, pushed: WholeCatalog | null): Promise<void> {
  scene = await openPaying({ catalog })
  if (pushed !== null) await pushCatalog(scene.stripe, pushed, () => undefined)
}

async function teamIn(currency: string): Promise<TeamId> {
  made += 1
  const team = teamId(`pushed-${made}`)
  const plan = { planId: 'free', teamName: null, seats: 1, interval: null, anchor: null, currency }
  await scene.submit(team, { kind: 'assign-plan', ...plan })
  return team
}

async function buy(team: TeamId, what: { packageId: string } | { credits: bigint }, pay: PayWith = 'CHECKOUT') {
  const terms = { pay, successUrl: null, cancelUrl: null, memberId: null, caller: { id: null, role: 'ADMIN' } } as const
  const { outcome } = await scene.submit(team, { kind: 'begin-purchase', ...what, ...terms })
  if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
  return scene.payments.advance(team, outcome.purchase.id)
}
const small = { packageId: 'small' }

/** The line on the page of a purchase. */
async function lineOf({ session }: { session: string | null }) {
  const page = await scene.stripe.checkout.sessions.retrieve(session ?? '', { expand: ['line_items'] })
  const line = page.line_items?.data[0]
  return {
    key: line?.price?.lookup_key ?? null,
    product: line?.price?.product ?? null,
    description: line?.description,
    amount: line?.amount_subtotal,
    currency: line?.currency,
    text: page.custom_text.submit?.message ?? null,
  }
}
const described = { key: null, product: null, description: 'Small, 2,000 credits', text: null }
const inDollars = { ...described, amount: 2_200, currency: 'usd' }
const product = 'credits-gateway-package-small'
const dueLines = () => scene.logged.filter(({ msg }) => msg.includes('catalog -- push'))

/** The readings of prices and products while it runs. */
async function readings(run: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counted = (exchange: unknown) => {
    if (/^GET \/v1\/(prices|products)/.test((exchange as Exchange).endpoint)) count += 1
  }
  exchanges.subscribe(counted)
  await run()
  exchanges.unsubscribe(counted)
  return count
}

afterEach(() => scene.sandbox.faults.clear())

describe('where the catalog in force is pushed, Checkout', () => {
  beforeAll(() => opened(taxed, taxed))
  afterAll(() => scene.close())

  test.each([
    ['USD', 2_200],
    ['EUR', 2_000],
  ])("sells the price in the team's currency, %s, with its tax", async (currency, amount) => {
    const team = await teamIn(currency)
    const purchase = await buy(team, small)
    const unit = currency.toLowerCase()
    const key = `credits-gateway:package:small:${unit}`
    expect(await lineOf(purchase)).toEqual({ ...described, key, product, amount, currency: unit })
    const before = await scene.available(team)
    await submit(purchase.checkoutUrl ?? '', { email: 'ana@example.com', card, country: 'DE' })
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(before + 2_000n * MICRO)
    const [paid] = await scene.purchases(team)
    expect(paid).toMatchObject({ state: 'PAID', taxed: { tax: expect.any(BigInt) } })
    expect(paid?.taxed?.tax).toBeGreaterThan(0n)
  })

  test('sells any amount on the product for it, and says how many credits it brings', async () => {
    expect(await lineOf(await buy(await teamIn('EUR'), { credits: 1_500n * MICRO }))).toEqual({
      key: null,
      product: 'credits-gateway-custom',
      description: 'Credits',
      amount: 1_500,
      currency: 'eur',
      text: '1,500 credits',
    })
  })

  test('reads a price once, however many buy', async () => {
    const team = await teamIn('EUR')
    const medium = { packageId: 'medium' }
    const first = await readings(() => Promise.all([buy(team, medium), buy(team, medium), buy(team, medium)]))
    expect(first).toBe(1)
    expect(await readings(() => buy(team, medium))).toBe(0)
  })

  test('sells on without a price that was archived just now', async () => {
    const team = await teamIn('EUR')
    const large = { packageId: 'large' }
    await buy(team, large)
    expect(dueLines()).toEqual([])
    const [price] = (await scene.stripe.prices.list({ lookup_keys: ['credits-gateway:package:large:eur'] })).data
    await scene.stripe.prices.update(price?.id ?? '', { active: false })
    const archived = { ...described, description: 'Large, 25,000 credits', amount: 21_000, currency: 'eur' }
    expect(await lineOf(await buy(team, large))).toEqual(archived)
    // It is read anew: its product is there.
    expect(await lineOf(await buy(team, large))).toMatchObject({ key: null, product: expect.any(String) })
    expect(dueLines()).toMatchObject([{ price: 'credits-gateway:package:large:eur' }])
  })

  test('a saved method pays an invoice whose line is the price', async () => {
    const team = await teamIn('USD')
    await scene.saveCard(team)
    await scene.stripe.customers.update(await scene.customer(team), { address: { country: 'DE' } })
    const { state, invoice, taxed } = await buy(team, small, 'SAVED_METHOD')
    expect([state, taxed?.total]).toEqual(['PAID', 26_180_000_000n])
    const { lines } = await scene.stripe.invoices.retrieve(invoice ?? '')
    const [price] = (await scene.stripe.prices.list({ lookup_keys: ['credits-gateway:package:small:usd'] })).data
    expect(lines.data).toMatchObject([
      { description: 'Small, 2,000 credits', pricing: { price_details: { price: price?.id, product } } },
    ])
  })
})

describe('where Stripe has another price', () => {
  afterEach(() => scene.close())

  test('Checkout sells the amount of the purchase on the product, and says once that a push is due', async () => {
    await opened(untaxed, changed('tax: { behavior: exclusive, code: txcd_10103001 }\n', ''))
    const dearer = parseCatalog(untaxed.source.replace('USD: 22 }', 'USD: 23 }'), 'dearer.yaml')
    await pushCatalog(scene.stripe, dearer, () => undefined)
    const team = await teamIn('USD')
    expect(await lineOf(await buy(team, small))).toEqual({ ...inDollars, product })
    expect(await lineOf(await buy(team, { packageId: 'medium' }))).toMatchObject({ amount: 4_950 })
    await buy(team, small)
    expect(dueLines()).toMatchObject([{ price: 'credits-gateway:package:small:usd' }])
  })

  test('in the tax behavior, Checkout sells on the product, whose tax code agrees', async () => {
    await opened(taxed, changed('tax: { behavior: exclusive', 'tax: { behavior: inclusive'))
    const { session } = await buy(await teamIn('USD'), small)
    expect(await lineOf({ session })).toEqual({ ...inDollars, product })
    const { url } = await scene.stripe.checkout.sessions.retrieve(session ?? '')
    await submit(url ?? '', { email: 'ana@example.com', card, country: 'DE' })
    expect(await scene.stripe.checkout.sessions.retrieve(session ?? '')).toMatchObject({ amount_total: 2_618 })
  })

  test.each([
    ['number of credits', changed('credits: 2000, price', 'credits: 2500, price')],
    ['tax code', changed('txcd_10103001', 'txcd_10103000')],
  ])('for another %s, Checkout describes what it sells itself', async (_, pushed) => {
    await opened(taxed, pushed)
    expect(await lineOf(await buy(await teamIn('USD'), small))).toEqual(inDollars)
    expect(dueLines()).toHaveLength(1)
  })
})

describe('where nothing is pushed', () => {
  beforeAll(() => opened(untaxed, null))
  afterAll(() => scene.close())

  test('Checkout describes what it sells, as before', async () => {
    expect(await lineOf(await buy(await teamIn('USD'), small))).toEqual(inDollars)
    const any = { description: '1,500 credits', text: null, product: null }
    expect(await lineOf(await buy(await teamIn('EUR'), { credits: 1_500n * MICRO }))).toMatchObject(any)
    expect(dueLines()).toEqual([])
  })
})

describe('where Stripe does not tell its prices', () => {
  beforeAll(() => opened(untaxed, untaxed))
  afterAll(() => scene.close())

  test('sales go on, and do not wait for it each', async () => {
    const team = await teamIn('USD')
    scene.sandbox.faults.add({ do: 'fail-before', method: 'GET', path: '/v1/prices', times: 100 })
    expect(await lineOf(await buy(team, small))).toEqual(inDollars)
    scene.sandbox.faults.clear()
    expect(await readings(() => buy(team, small))).toBe(0)
    expect(dueLines()).toEqual([])
  })

  test("the invoice of a saved method's payment has the price as its line", async () => {
    const team = await teamIn('EUR')
    await scene.saveCard(team)
    expect(await buy(team, small, 'SAVED_METHOD')).toMatchObject({ state: 'PAID' })
    scene.poke()
    await expect.poll(async () => (await scene.purchases(team))[0]?.invoice).not.toBe(null)
    const [purchase] = await scene.purchases(team)
    const { lines } = await scene.stripe.invoices.retrieve(purchase?.invoice ?? '')
    expect(lines.data).toMatchObject([{ amount: 2_000, pricing: { price_details: { product } } }])
  })
})

describe('a price that was read', () => {
  const usd = { packageId: 'small', price: { amount: 22n * NANO, currency: 'USD' } }
  let sandbox: Sandbox
  afterEach(async () => {
    vi.restoreAllMocks()
    await sandbox.close()
  })

  async function openPrices() {
    sandbox = await openSandbox({ dir: null })
    const stripe = createStripe({ secretKey: sandbox.secretKey, apiUrl: sandbox.url })
    await pushCatalog(stripe, untaxed, () => undefined)
    const prices = createPushedPrices(stripe, pino({ level: 'silent' }))
    return { stripe, lineOf: () => prices.lineOf(usd, 'Small, 2,000 credits', null) }
  }
  function later(ms: number): void {
    const now = performance.now()
    vi.spyOn(performance, 'now').mockImplementation(() => now + ms)
  }

  test('is read again after five minutes', async () => {
    const { stripe, lineOf } = await openPrices()
    expect(await lineOf()).toEqual({ product, price: expect.any(String) })
    await stripe.products.update(product, { active: false })
    expect(await lineOf()).not.toBe(null)
    later(300_001)
    expect(await lineOf()).toBe(null)
  })

  test('is read again half a minute after Stripe did not tell it', async () => {
    const { lineOf } = await openPrices()
    sandbox.faults.add({ do: 'fail-before', path: '/v1/prices' })
    expect([await lineOf(), await lineOf()]).toEqual([null, null])
    later(30_001)
    expect(await lineOf()).toEqual({ product, price: expect.any(String) })
  })
})
