import type { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { WholeCatalog } from '../../../src/catalog/catalog.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import type { TeamId } from '../../../src/domain/identity.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import { pushCatalog } from '../../../src/payments/push-catalog.ts'
import { openPaying, type Paying } from './scene.ts'

let scene: Paying
let keys = 0
let month = 0

beforeAll(async () => {
  scene = await openPaying({ catalog: 'ai-studios' })
})
/** Each test has months of its own, in which no subscription of another test renews. */
beforeEach(async () => {
  scene.sandbox.faults.clear()
  for await (const { id } of scene.stripe.subscriptions.list({ limit: 100 }))
    await scene.stripe.subscriptions.cancel(id)
  month += 4
  await scene.until(new Date(Date.UTC(2028, month, 5, 12)).toISOString())
})
afterAll(() => scene.close())

const base = 9_000
const unit = 3_000
const hour = 3_600_000

async function subscribed(given: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const team = await scene.team('free')
  await scene.saveCard(team)
  const subscription = await scene.subscribe(team, [{ price: await scene.price('team', base) }], given)
  return { team, subscription, customer: await scene.customer(team) }
}
const nextKey = () => `key-${++keys}`
const set = (team: TeamId, units: number, key = nextKey()) => scene.order(team, units, key)
const pass = (ms: number) => scene.until(new Date(scene.sandbox.clock.now() + ms).toISOString())
const units = async (team: TeamId) => (await scene.account(team)).addOn
const unitsPaid = async (team: TeamId) => ((await scene.paidIn(team)) - base) / unit

/** The invoices of units, the latest first. */
async function invoicesOf(customer: string): Promise<Stripe.Invoice[]> {
  const { data } = await scene.stripe.invoices.list({ customer, limit: 100 })
  return data.filter(({ parent }) => parent === null)
}

describe.each(['flexible', 'classic'] as const)('an invoice for units, in %s billing mode', (type) => {
  test('is for the fresh ones alone, has the cycle as its period, and does not name the subscription', async () => {
    const { team, subscription, customer } = await subscribed({ billing_mode: { type } })
    expect(subscription.billing_mode.type).toBe(type)
    await pass(10 * 24 * hour)
    await set(team, 2)
    await set(team, 1)
    await set(team, 5)
    const found = await invoicesOf(customer)
    expect(found.map(({ status, subtotal }) => [status, subtotal])).toEqual([
      ['paid', 3 * unit],
      ['paid', 2 * unit],
    ])
    const { current_period_start: start, current_period_end: end } = subscription.items.data[0] ?? {}
    expect(found[0]).toMatchObject({
      metadata: { team, units: '3', subscription: subscription.id },
      lines: { data: [{ quantity: 3, period: { start, end } }] },
    })
    const { data } = await scene.stripe.invoiceItems.list({ customer, pending: true })
    expect(data).toEqual([])
    await scene.until(new Date(((end ?? 0) + 7_200) * 1000).toISOString())
    expect(await scene.paidIn(team)).toBe(2 * base + 10 * unit)
    expect(await units(team)).toEqual({ units: 5, granted: 5 })
  })

  test('is made more than twenty times a day, which no subscription could', async () => {
    const { team } = await subscribed({ billing_mode: { type } })
    for (let wanted = 1; wanted <= 22; wanted += 1) expect(await set(team, wanted)).toEqual({ kind: 'done' })
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 22, granted: 22 }, 22])
  })
})

describe('an invoice for units', () => {
  test('is not made where the cycle has had the units', async () => {
    const { team, customer } = await subscribed()
    await set(team, 2)
    for (const wanted of [0, 1, 2]) await set(team, wanted)
    expect(await invoicesOf(customer)).toHaveLength(1)
  })

  test("is paid by the subscription's own method, and taxed like the subscription", async () => {
    const { team, subscription, customer } = await subscribed()
    const { id: method } = await scene.stripe.paymentMethods.attach('pm_card_mastercard', { customer })
    await scene.stripe.customers.update(customer, { address: { country: 'DE' } })
    const own = { default_payment_method: method, automatic_tax: { enabled: true } }
    await scene.stripe.subscriptions.update(subscription.id, own)
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    expect(await set(team, 1)).toEqual({ kind: 'done' })
    const [invoice] = await invoicesOf(customer)
    expect(invoice).toMatchObject({ default_payment_method: method, automatic_tax: { enabled: true }, subtotal: unit })
  })

  test('is void once its card is declined, so that nobody pays for nothing', async () => {
    const { team, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    const key = nextKey()
    const declined = await set(team, 1, key)
    expect(declined).toMatchObject({ kind: 'declined', declineCode: 'generic_decline' })
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'void' }])
    expect(await set(team, 1, key)).toEqual(declined)
  })

  test('whose card was declined is void in the end, however often that is cut', async () => {
    const { team, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_chargeCustomerFail')
    scene.sandbox.faults.add({ do: 'delay', ms: 0, method: 'POST', path: '/v1/invoice', times: 4 })
    scene.sandbox.faults.add({ do: 'fail-before', method: 'POST', path: '/v1/invoices/', times: 2 })
    const key = nextKey()
    await expect(set(team, 1, key)).rejects.toThrow(StripeUnavailable)
    await scene.saveCard(team)
    const again = () => set(team, 1, key).catch(() => null)
    await expect.poll(again).toMatchObject({ kind: 'declined', declineCode: 'generic_decline' })
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'void' }])
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 0, granted: 0 }, 0])
  })

  test('that was not confirmed for a day is void, and its page takes no money', async () => {
    const { team, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = nextKey()
    expect(await set(team, 1, key)).toMatchObject({ kind: 'action-required' })
    await pass(24 * hour)
    await expect.poll(() => set(team, 1, key)).toMatchObject({ kind: 'declined', declineCode: null })
    const [invoice] = await invoicesOf(customer)
    expect(invoice?.status).toBe('void')
    const paying = scene.stripe.invoices.pay(invoice?.id ?? '', { payment_method: 'pm_card_visa' })
    await expect(paying).rejects.toThrow()
    expect(await unitsPaid(team)).toBe(0)
  })

  test('of a bank debit waits for days at its page, and is not called off while the bank is at work', async () => {
    const { team, customer } = await subscribed()
    await scene.saveCard(team, 'pm_usBankAccount_success')
    const key = nextKey()
    expect(await set(team, 2, key)).toMatchObject({ kind: 'action-required' })
    await pass(3 * 24 * hour)
    expect(await set(team, 2, key)).toMatchObject({ kind: 'action-required' })
    expect(await units(team)).toEqual({ units: 0, granted: 0 })
    const [intent] = (await scene.stripe.paymentIntents.list({ customer, limit: 1 })).data
    scene.sandbox.banks.finish(intent?.id ?? '', 'succeeded')
    await expect.poll(() => units(team)).toEqual({ units: 2, granted: 2 })
    expect(await set(team, 2, key)).toEqual({ kind: 'done' })
    expect(await unitsPaid(team)).toBe(2)
  })

  test('of a subscription that ends meanwhile is void', async () => {
    const { team, subscription, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = nextKey()
    expect(await set(team, 1, key)).toMatchObject({ kind: 'action-required' })
    await scene.stripe.subscriptions.cancel(subscription.id)
    expect(await set(team, 1, key)).toMatchObject({ kind: 'declined', reason: 'The subscription has ended' })
    expect(await invoicesOf(customer)).toMatchObject([{ status: 'void' }])
  })

  test('that was paid as the subscription ended is told to the operator, who refunds it', async () => {
    const { team, subscription, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = nextKey()
    await set(team, 1, key)
    const [invoice] = await invoicesOf(customer)
    scene.sandbox.webhooks.hold()
    await scene.saveCard(team)
    await scene.stripe.invoices.pay(invoice?.id ?? '', { payment_method: await scene.savedCard(team) })
    await scene.stripe.subscriptions.cancel(subscription.id)
    expect(await set(team, 1, key)).toMatchObject({ kind: 'declined' })
    const told = scene.logged.filter(({ invoice: of }) => of === invoice?.id)
    expect(told).toMatchObject([{ msg: expect.stringContaining('refund the invoice') }])
    scene.sandbox.webhooks.release()
  })

  test('with another sum than the catalog has is called off, and the operator is told', async () => {
    const { team, customer } = await subscribed()
    await set(team, 1)
    const [paid] = await invoicesOf(customer)
    const price = `${paid?.lines.data[0]?.pricing?.price_details?.price}`
    const { lookup_key, product } = await scene.stripe.prices.retrieve(price)
    const other = { product: `${product}`, currency: 'usd', unit_amount: 1, lookup_key: lookup_key ?? '' }
    const { id } = await scene.stripe.prices.create({ ...other, transfer_lookup_key: true })
    expect(await set(team, 2)).toMatchObject({ kind: 'declined', reason: 'The invoice has another sum' })
    expect(scene.logged.at(-1)).toMatchObject({ team, msg: expect.stringContaining('another sum') })
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 1, granted: 1 }, 1])
    await scene.stripe.prices.update(id, { active: false })
    expect(await set(team, 2)).toEqual({ kind: 'done' })
  })

  test('needs no price that somebody has archived', async () => {
    const { team } = await subscribed()
    await set(team, 1)
    for await (const { id, metadata } of scene.stripe.prices.list({ limit: 100, active: true })) {
      if (metadata.add_on !== undefined) await scene.stripe.prices.update(id, { active: false })
    }
    expect(await set(team, 3)).toEqual({ kind: 'done' })
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 3, granted: 3 }, 3])
    expect(await set(team, 4)).toEqual({ kind: 'done' })
  })
})

describe('units whose catalog is pushed', () => {
  const pushed = loadCatalog('catalogs/ai-studios.yaml')
  const dearer = parseCatalog(
    pushed.source.replace('credits: 200, price: 30', 'credits: 200, price: 31'),
    'dearer.yaml',
  )
  const push = (catalog: WholeCatalog) => pushCatalog(scene.stripe, catalog, () => undefined)
  const itemsOf = async (subscription: string) =>
    (await scene.stripe.subscriptions.retrieve(subscription)).items.data.map(
      ({ price, quantity }) => `${price.lookup_key ?? price.unit_amount} × ${quantity}`,
    )
  afterAll(() => push(parseCatalog(pushed.source.replaceAll(/^ {4}addOn:.*$/gm, ''), 'none.yaml')))

  test('are paid and renewed at the prices of the push', async () => {
    await push(pushed)
    const { team, customer, subscription } = await subscribed()
    expect(await set(team, 2)).toEqual({ kind: 'done' })
    const [invoice] = await invoicesOf(customer)
    const price = `${invoice?.lines.data[0]?.pricing?.price_details?.price}`
    expect(await scene.stripe.prices.retrieve(price)).toMatchObject({
      lookup_key: 'credits-gateway:units:team:once:usd',
      product: 'credits-gateway-units-team',
    })
    expect(await itemsOf(subscription.id)).toEqual([`${base} × 1`, 'credits-gateway:units:team:month:usd × 2'])
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 2, granted: 2 }, 2])
  })

  test('have a price of their own where the pushed one is another', async () => {
    await push(dearer)
    const { team, subscription } = await subscribed()
    expect(await set(team, 1)).toEqual({ kind: 'done' })
    expect(await itemsOf(subscription.id)).toEqual([`${base} × 1`, expect.stringContaining('credits-add-on-')])
    expect(await unitsPaid(team)).toBe(1)
  })

  test('are set at the price that was decided, also if a push archives it before they are paid', async () => {
    await push(pushed)
    const { team, subscription, customer } = await subscribed()
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const key = nextKey()
    expect(await set(team, 1, key)).toMatchObject({ kind: 'action-required' })
    await push(dearer)
    await scene.saveCard(team)
    const [invoice] = await invoicesOf(customer)
    await scene.stripe.invoices.pay(invoice?.id ?? '', { payment_method: await scene.savedCard(team) })
    expect(await set(team, 1, key)).toEqual({ kind: 'done' })
    expect(await itemsOf(subscription.id)).toEqual([`${base} × 1`, `${unit} × 1`])
    const active = scene.stripe.prices.list({ product: 'credits-gateway-units-team', active: true })
    expect((await active).data.map(({ unit_amount: amount }) => amount)).toEqual([3_100, 3_100, 3_100])
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 1, granted: 1 }, 1])
  })
})

describe('a change that an earlier release began', () => {
  /** The change as that release stored it, and its mark at Stripe. */
  async function begun(team: TeamId, given: { subscription: string; price: string; item: string | null }) {
    const key = nextKey()
    const { subscription, price, item } = given
    await scene.ledger.submit({
      teamId: team,
      key,
      fingerprint: '0003',
      command: { kind: 'order-add-on-units', units: 3 },
    })
    const text = `insert into add_on_change (team_id, key, units, created_at, attempt, claimed_at, subscription, price, item,
        charge_to, charge_from, ask_at)
      values ($1, $2, 3, ledger_now(), 1, ledger_now(), $3, $4, $5, 3, ledger_now(), null)
      returning encode(substring(sha256(convert_to(team_id || ' ' || key || ' ' ||
        floor(extract(epoch from created_at) * 1000)::text, 'UTF8')) for 16), 'hex') || ':1' as mark`
    const { rows } = await scene.database.pool.query(text, [team, key, subscription, price, item])
    return { key, mark: `${rows[0].mark}` }
  }
  const priceOf = async (team: TeamId) => {
    await set(team, 1)
    const [subscription] = (await scene.stripe.subscriptions.list({ customer: await scene.customer(team) })).data
    const item = subscription?.items.data.find(({ price }) => price.metadata.add_on === 'team')
    return { subscription: subscription?.id ?? '', price: item?.price.id ?? '', item: item?.id ?? null }
  }

  test('and that Stripe has charged ends without another charge', async () => {
    const { team } = await subscribed()
    const known = await priceOf(team)
    const { key, mark } = await begun(team, known)
    await scene.stripe.subscriptions.update(known.subscription, {
      items: [{ id: known.item ?? '', quantity: 3, metadata: { change: mark } }],
      proration_behavior: 'none',
    })
    expect(await set(team, 3, key)).toEqual({ kind: 'done' })
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 3, granted: 3 }, 1])
  })

  test('and whose payment waits for the customer is paid on its page', async () => {
    const { team } = await subscribed({ billing_mode: { type: 'classic' } })
    const known = await priceOf(team)
    const { key } = await begun(team, known)
    await scene.saveCard(team, 'pm_card_authenticationRequired')
    const { latest_invoice } = await scene.stripe.subscriptions.update(known.subscription, {
      items: [{ id: known.item ?? '', quantity: 3 }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    })
    if (typeof latest_invoice !== 'object' || latest_invoice === null) throw new Error('There is no invoice')
    const waiting = 'update add_on_change set invoice = $2 where key = $1'
    await scene.database.pool.query(waiting, [key, latest_invoice.id])
    const actionUrl = latest_invoice.hosted_invoice_url
    expect(await set(team, 3, key)).toEqual({ kind: 'action-required', actionUrl })
    await scene.saveCard(team)
    await scene.stripe.invoices.pay(latest_invoice.id, { payment_method: await scene.savedCard(team) })
    expect(await set(team, 3, key)).toEqual({ kind: 'done' })
    expect(await units(team)).toEqual({ units: 3, granted: 3 })
    expect(Math.round(await unitsPaid(team))).toBe(3)
  })

  test('and that never reached Stripe may be tried again after ten minutes', async () => {
    const { team } = await subscribed()
    const { key } = await begun(team, await priceOf(team))
    await expect(set(team, 3, key)).rejects.toThrow(StripeUnavailable)
    await pass(hour)
    await expect(set(team, 3, key)).rejects.toThrow(StripeUnavailable)
    expect(await unitsPaid(team)).toBe(1)
    expect(await set(team, 3, key)).toEqual({ kind: 'done' })
    expect([await units(team), await unitsPaid(team)]).toEqual([{ units: 3, granted: 3 }, 3])
  })
})
