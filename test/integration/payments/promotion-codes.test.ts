import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { purchaseTotal } from '../../../src/domain/purchase-total.ts'
import { readClock } from '../../../src/ledger/clock/move-clock.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { Reconciliation } from '../../../src/payments/reconciliation.ts'
import { metadataOf } from '../../../src/payments/stripe-metadata.ts'
import { openPaying, type Paying } from './scene.ts'

const visa = '4242424242424242'
const cents = (amount: number) => (BigInt(amount) * NANO) / 100n
const catalogOf = (name: string, more: string) =>
  parseCatalog(`${loadCatalog(`catalogs/${name}.yaml`).source}\n${more}\n`, `${name}.yaml`)
const withCodes = 'promotionCodes: true'
const taxedBy = (behavior: string) => `tax: { behavior: ${behavior}, code: txcd_10103001 }\n${withCodes}`

const open: Paying[] = []
async function paying(catalog: WholeCatalog): Promise<Paying> {
  const scene = await openPaying({ catalog })
  open.push(scene)
  return scene
}
afterAll(async () => {
  for (const scene of open) {
    expect((await verifyLedger(scene.database)).filter(({ violations }) => violations > 0)).toEqual([])
    await scene.close()
  }
})

async function codeOf(
  { stripe }: Paying,
  coupon: Stripe.CouponCreateParams,
  more: Partial<Stripe.PromotionCodeCreateParams> = {},
): Promise<string> {
  const { id } = await stripe.coupons.create(coupon)
  return (await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, ...more })).code
}

async function only(scene: Paying, team: TeamId): Promise<Purchase> {
  const [purchase] = await scene.purchases(team)
  if (purchase === undefined) throw new Error(`${team} has no purchase`)
  return purchase
}

/** Buys at Checkout with a code; what the purchase is after that. */
async function bought(scene: Paying, team: TeamId, given: Record<string, string>, packageId?: string) {
  const { checkoutUrl } = await scene.buy(team, packageId, 'CHECKOUT')
  const page = await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: visa, ...given })
  expect(page.status, page.text).toBe(303)
  await scene.sandbox.idle()
  return only(scene, team)
}

const costsOf = async (scene: Paying, team: TeamId) =>
  (
    await scene.database.pool.query(
      "select cost_amount, granted, clawed_back from credit_grant where team_id = $1 and kind = 'PACKAGE'",
      [team],
    )
  ).rows.map(({ cost_amount, granted, clawed_back }) => ({
    cost: cost_amount === null ? null : BigInt(cost_amount),
    granted: BigInt(granted) / MICRO,
    taken: BigInt(clawed_back) / MICRO,
  }))

async function invoiced(scene: Paying, team: TeamId) {
  scene.poke()
  await expect.poll(async () => (await only(scene, team)).invoiceUrl).not.toBe(null)
  return (await scene.stripe.invoices.list({ customer: await scene.customer(team) })).data
}

describe('where the catalog takes promotion codes', () => {
  let scene: Paying
  beforeAll(async () => {
    scene = await paying(catalogOf('wevion', withCodes))
  })

  test('a code lowers what is paid, and all credits arrive', async () => {
    const team = await scene.team()
    const purchase = await bought(scene, team, { promotion_code: await codeOf(scene, { percent_off: 20 }) })
    expect(purchase).toMatchObject({ state: 'PAID', discount: cents(100), taxed: null, price: { amount: cents(500) } })
    expect(purchaseTotal(purchase)).toMatchObject({
      net: { amount: cents(400) },
      tax: null,
      total: { amount: cents(400) },
    })
    expect(await scene.available(team)).toBe(5_500n * MICRO)
    expect(await costsOf(scene, team)).toEqual([{ cost: cents(400), granted: 5_000n, taken: 0n }])
    expect(await scene.charges(team)).toMatchObject([{ amount_received: 400 }])
  })

  test('its invoice has the price, the discount and the payment', async () => {
    const team = await scene.team()
    await bought(scene, team, { promotion_code: await codeOf(scene, { amount_off: 150, currency: 'usd' }) })
    const [invoice] = await invoiced(scene, team)
    expect(invoice).toMatchObject({ status: 'paid', total: 350, amount_paid: 350 })
    expect(invoice?.lines.data.map(({ amount, description }) => `${description}: ${amount}`)).toEqual([
      'Starter, 5,000 credits: 500',
      'Promotion code: -150',
    ])
  })

  test('refunds count against what was paid', async () => {
    const team = await scene.team()
    const purchase = await bought(scene, team, { promotion_code: await codeOf(scene, { percent_off: 20 }) })
    expect(await scene.payments.refundPreview(team, purchase.id, cents(100))).toMatchObject({
      refundable: { amount: cents(400) },
      amount: { amount: cents(100) },
      credits: 1_250n * MICRO,
    })
    expect(await scene.payments.refundPreview(team, purchase.id, null)).toMatchObject({
      amount: { amount: cents(400) },
      credits: 5_000n * MICRO,
    })
    const act = {
      mutation: 'refundPurchase',
      caller: { id: memberId('ops'), role: 'PLATFORM' },
      credential: 'TOKEN',
      reference: null,
      address: null,
      traceId: null,
    } as const
    const request = { teamId: team, purchaseId: purchase.id, reason: 'by mistake' }
    const ask = (key: string, amount: number) =>
      scene.payments.refund({ ...request, key, fingerprint: key.padStart(4, '0'), amount: cents(amount) }, act)
    expect(await ask('ab', 500)).toMatchObject({ kind: 'exceeds', refundable: { amount: cents(400) } })
    expect(await ask('cd', 100)).toMatchObject({ kind: 'refunded', purchase: { state: 'PAID' } })
    expect(await costsOf(scene, team)).toMatchObject([{ taken: 1_250n }])
    expect(await ask('ef', 300)).toMatchObject({ kind: 'refunded', purchase: { state: 'REFUNDED' } })
    expect(await costsOf(scene, team)).toMatchObject([{ cost: cents(400), taken: 5_000n }])
  })

  test('a code for the whole price brings the credits, and no money to the books', async () => {
    const team = await scene.team()
    const { session } = await bought(scene, team, { promotion_code: await codeOf(scene, { percent_off: 100 }) })
    const purchase = await only(scene, team)
    expect(purchase).toMatchObject({ state: 'PAID', intent: null, discount: cents(500), reversals: [] })
    expect(purchaseTotal(purchase)).toMatchObject({ net: { amount: 0n }, tax: null, total: { amount: 0n } })
    expect(await scene.available(team)).toBe(5_500n * MICRO)
    expect(await costsOf(scene, team)).toEqual([{ cost: null, granted: 5_000n, taken: 0n }])
    expect(await scene.payments.refundPreview(team, purchase.id, null)).toMatchObject({
      amount: { amount: 0n },
      refundable: { amount: 0n },
      credits: 0n,
      owed: 0n,
    })
    const metadata = metadataOf(purchase)
    const { id: method } = await scene.stripe.paymentMethods.attach('pm_card_visa', {
      customer: purchase.customer ?? '',
    })
    const second = await scene.stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer: purchase.customer ?? '',
      payment_method: method,
      confirm: true,
      return_url: 'https://app.example',
      metadata,
    })
    await scene.sandbox.idle()
    expect((await scene.stripe.refunds.list({ payment_intent: second.id })).data).toMatchObject([
      { amount: 500, reason: 'duplicate' },
    ])
    expect(await only(scene, team)).toMatchObject({ state: 'PAID', intent: null, session })
    expect(await scene.available(team)).toBe(5_500n * MICRO)
  })

  test('a purchase that a bank takes days for says what it will pay', async () => {
    const team = await scene.team()
    const code = await codeOf(scene, { percent_off: 20 })
    const waiting = await bought(scene, team, { promotion_code: code, card: 'bank' })
    expect(waiting).toMatchObject({ state: 'PENDING', isUnderWay: true, discount: cents(100) })
    const { rows } = await scene.database.pool.query('select * from account_notice where team_id = $1', [team])
    expect(JSON.stringify(rows)).toContain('A payment of $4 is under way')
    scene.sandbox.banks.finish(waiting.intent ?? '', 'succeeded')
    await scene.sandbox.idle()
    expect(await only(scene, team)).toMatchObject({ state: 'PAID', discount: cents(100) })
  })

  test('the money of a day counts what was paid', async () => {
    const limited = await paying(catalogOf('wevion', `${withCodes}\npurchaseLimits: { moneyPerDay: 11 }`))
    const team = await limited.team()
    const code = await codeOf(limited, { percent_off: 80 })
    await bought(limited, team, { promotion_code: code })
    await bought(limited, team, { promotion_code: code })
    // 2.00 are paid, and the price of another one is 5.00.
    expect(await bought(limited, team, { promotion_code: code })).toMatchObject({ state: 'PAID' })
    await bought(limited, team, {})
    expect(await limited.buy(team, 'starter', 'CHECKOUT')).toMatchObject({
      state: 'FAILED',
      declineCode: 'daily_limit',
    })
  })

  test('a saved method and its charges have none, and their invoices are of the price', async () => {
    const team = await scene.team()
    await scene.saveCard(team)
    expect(await scene.buy(team)).toMatchObject({ state: 'PAID', pay: 'SAVED_METHOD', discount: null })
    expect(await scene.charges(team)).toMatchObject([{ amount_received: 500 }])
    expect(await invoiced(scene, team)).toMatchObject([{ total: 500, amount_paid: 500 }])
  })

  test('a discount that is not by a code on the page is no price', async () => {
    const team = await scene.team()
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const { id: coupon } = await scene.stripe.coupons.create({ percent_off: 20 })
    const metadata = metadataOf(begun)
    const other = await scene.stripe.checkout.sessions.create({
      mode: 'payment',
      customer: begun.customer ?? '',
      discounts: [{ coupon }],
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Starter' } } },
      ],
      metadata,
      payment_intent_data: { metadata },
      success_url: 'https://app.example',
    })
    await submit(other.url ?? '', { email: 'ana@example.com', card: visa })
    await scene.sandbox.idle()
    expect(await only(scene, team)).toMatchObject({ state: 'FAILED', outcome: 'PAID_OTHERWISE', discount: null })
    expect(await scene.available(team)).toBe(500n * MICRO)
  })

  test('a team that has paid nothing yet is still a new one', async () => {
    const [free, paying] = [await scene.team(), await scene.team()]
    await bought(scene, free, { promotion_code: await codeOf(scene, { percent_off: 100 }) })
    await bought(scene, paying, { promotion_code: await codeOf(scene, { percent_off: 20 }) })
    await scene.until(new Date(scene.sandbox.clock.now() + 2 * 86_400_000).toISOString())
    const isNew = async (team: TeamId) => (await scene.buy(team, 'starter', 'CHECKOUT')).ofNewTeam
    expect([await isNew(free), await isNew(paying)]).toEqual([true, false])
  })

  test('the daily comparison finds no difference in what codes lowered', async () => {
    await scene.until(new Date(scene.sandbox.clock.now() + 3_700_000).toISOString())
    const { database, stripe } = scene
    const { signal } = new AbortController()
    const compared = await new Reconciliation({ database, stripe, signal, settleMs: 0 }).run(
      await readClock(database),
      30,
    )
    // The purchase that was paid by a coupon is the one that waits for the operator.
    expect(compared.differences.map(({ kind, stripe: paid }) => `${kind} ${paid}`)).toEqual(['OTHER_AMOUNT $4'])
    expect(compared.payments).toBeGreaterThan(3)
  })
})

test('where the catalog does not say so, the page takes no codes', async () => {
  const scene = await paying(loadCatalog('catalogs/wevion.yaml'))
  const team = await scene.team()
  const { session, checkoutUrl } = await scene.buy(team, 'starter', 'CHECKOUT')
  expect((await scene.stripe.checkout.sessions.retrieve(session ?? '')).allow_promotion_codes).not.toBe(true)
  const code = await codeOf(scene, { percent_off: 20 })
  const answer = await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: visa, promotion_code: code })
  expect(answer.text).toContain('This checkout takes no promotion codes.')
  expect(await only(scene, team)).toMatchObject({ state: 'PENDING' })
})

describe.each([
  ['exclusive', 76, 400, 476],
  ['inclusive', 64, 336, 400],
] as const)('with tax that is %s', (behavior, tax, net, total) => {
  let scene: Paying
  beforeAll(async () => {
    scene = await paying(catalogOf('wevion', taxedBy(behavior)))
  })
  const euros = (amount: number) => ({ amount: cents(amount), currency: 'USD' })

  test('the tax is that of the lowered price, and the parts add up', async () => {
    const team = await scene.team()
    const code = await codeOf(scene, { percent_off: 20 })
    const purchase = await bought(scene, team, { promotion_code: code, country: 'DE' })
    expect(purchase).toMatchObject({ state: 'PAID', discount: cents(100), taxed: { tax: cents(tax) } })
    expect(purchaseTotal(purchase)).toEqual({ net: euros(net), tax: euros(tax), total: euros(total) })
    expect(await costsOf(scene, team)).toEqual([{ cost: cents(net), granted: 5_000n, taken: 0n }])
    expect(await invoiced(scene, team)).toMatchObject([
      { status: 'paid', total, amount_paid: total, total_discount_amounts: [{ amount: 100 }] },
    ])
  })

  test('a credit note of a quarter takes a quarter of the credits', async () => {
    const team = await scene.team()
    const code = await codeOf(scene, { percent_off: 20 })
    const { id } = await bought(scene, team, { promotion_code: code, country: 'DE' })
    const [invoice] = await invoiced(scene, team)
    await scene.stripe.creditNotes.create({
      invoice: invoice?.id ?? '',
      amount: total / 4,
      out_of_band_amount: total / 4,
    })
    await scene.sandbox.idle()
    expect(await costsOf(scene, team)).toMatchObject([{ taken: 1_250n }])
    expect(await scene.payments.refundPreview(team, id, null)).toMatchObject({
      refundable: { amount: cents((total * 3) / 4) },
    })
  })

  test('a code for the whole price leaves no tax', async () => {
    const team = await scene.team()
    const code = await codeOf(scene, { percent_off: 100 })
    const purchase = await bought(scene, team, { promotion_code: code, country: 'DE' })
    expect(purchase).toMatchObject({ state: 'PAID', intent: null, taxed: null, discount: cents(500) })
    expect(await costsOf(scene, team)).toMatchObject([{ cost: null }])
  })
})

describe('in two currencies', () => {
  let scene: Paying
  beforeAll(async () => {
    const { source } = loadCatalog('catalogs/example-eu.yaml')
    scene = await paying(parseCatalog(`${source.replace(/^tax:.*$/m, '')}\n${withCodes}\n`, 'two.yaml'))
  })

  async function buyIn(currency: string, code: string) {
    const team = await scene.team('team')
    const terms = { packageId: 'small', currency, pay: 'CHECKOUT', successUrl: null, cancelUrl: null } as const
    const caller = { id: null, role: 'ADMIN' } as const
    const { outcome } = await scene.submit(team, { kind: 'begin-purchase', ...terms, memberId: null, caller })
    if (outcome.kind !== 'purchase') throw new Error(`Not begun: ${JSON.stringify(outcome)}`)
    const { checkoutUrl } = await scene.payments.advance(team, outcome.purchase.id)
    const page = await submit(checkoutUrl ?? '', { email: 'ana@example.com', card: visa, promotion_code: code })
    await scene.sandbox.idle()
    return { page, team, purchase: await only(scene, team) }
  }

  test('a fixed amount is that of the currency, and one of another currency is refused on the page', async () => {
    const both = { amount_off: 500, currency: 'eur', currency_options: { usd: { amount_off: 550 } } }
    const code = await codeOf(scene, both)
    for (const [currency, discount, paid] of [
      ['EUR', 500, 1500],
      ['USD', 550, 1650],
    ] as const) {
      const { team, purchase } = await buyIn(currency, code)
      expect(purchase).toMatchObject({ state: 'PAID', discount: cents(discount), price: { currency } })
      expect(await scene.charges(team)).toMatchObject([{ amount_received: paid, currency: currency.toLowerCase() }])
      expect(await costsOf(scene, team)).toMatchObject([{ cost: cents(paid) }])
    }
    const dollars = await codeOf(scene, { amount_off: 500, currency: 'usd' })
    const { page, purchase } = await buyIn('EUR', dollars)
    expect(page.text).toContain('This code is not for payments in EUR.')
    expect(purchase).toMatchObject({ state: 'PENDING', discount: null })
  })
})
