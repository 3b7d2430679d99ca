import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { submit } from '../../../packages/stripe-sandbox/test/paying.ts'
import { loadCatalog, parseCatalog } from '../../../src/catalog/load.ts'
import { MICRO } from '../../../src/domain/amounts/credits.ts'
import { NANO } from '../../../src/domain/amounts/money.ts'
import { memberId, type TeamId } from '../../../src/domain/identity.ts'
import { verifyLedger } from '../../../src/ledger/verify/verify-ledger.ts'
import { StripeUnavailable } from '../../../src/payments/payments.ts'
import type { Purchase } from '../../../src/payments/purchase.ts'
import { metadataOf } from '../../../src/payments/stripe-metadata.ts'
import { openPaying, type Paying } from './scene.ts'

const { source } = loadCatalog('catalogs/wevion.yaml')
const code = 'txcd_10103001'
const taxedBy = (behavior: 'exclusive' | 'inclusive') =>
  parseCatalog(`${source}\ntax: { behavior: ${behavior}, code: ${code} }\n`, 'taxed.yaml')
const exclusive = { behavior: 'exclusive', code } as const

const given = 500n * MICRO
const bought = 5_500n * MICRO
const card = '4242424242424242'
const cents = (amount: number) => (BigInt(amount) * NANO) / 100n
const taxed = (tax: number, total: number) => ({ tax: cents(tax), total: cents(total) })

let scene: Paying
beforeAll(async () => {
  scene = await openPaying({ catalog: taxedBy('exclusive') })
})
beforeEach(() => scene.sandbox.faults.clear())
afterAll(() => scene.close())

/** A team whose customer lives there; null: nobody knows where. */
async function living(country: string | null, saved: string | null = 'pm_card_visa', planId = 'free'): Promise<TeamId> {
  const team = await scene.team(planId)
  if (saved !== null) await scene.saveCard(team, saved)
  const customer = await scene.customer(team)
  if (country !== null) await scene.stripe.customers.update(customer, { address: { country } })
  await scene.sandbox.idle()
  return team
}

async function only(team: TeamId): Promise<Purchase> {
  const [purchase] = await scene.purchases(team)
  if (purchase === undefined) throw new Error(`${team} has no purchase`)
  return purchase
}

const invoicesOf = async (team: TeamId) =>
  (await scene.stripe.invoices.list({ customer: await scene.customer(team), limit: 100 })).data

async function settled(team: TeamId, state: string): Promise<void> {
  const read = async () => {
    scene.poke()
    return (await scene.account(team)).recharge?.state
  }
  await expect.poll(read).toBe(state)
}

const unsound = async () => (await verifyLedger(scene.database)).filter(({ violations }) => violations > 0)

describe('a preview', () => {
  const price = { amount: cents(500), currency: 'USD' }

  test.each([
    ['DE', 'exclusive', 95, 595],
    ['ES', 'exclusive', 105, 605],
    ['US', 'exclusive', 0, 500],
    ['DE', 'inclusive', 80, 500],
  ] as const)('for a team in %s, %s: tax %d, total %d', async (country, behavior, tax, total) => {
    const team = await living(country, null)
    expect(await scene.payments.taxOn(team, price, { behavior, code })).toEqual(taxed(tax, total))
  })

  test('has no tax while no address is known, and asks Stripe for nothing without a customer', async () => {
    const team = await living(null, null)
    expect(await scene.payments.taxOn(team, price, exclusive)).toBe(null)
    const stranger = await scene.team()
    scene.sandbox.faults.add({ do: 'fail-before', path: '/v1/tax/calculations', times: 9 })
    expect(await scene.payments.taxOn(stranger, price, exclusive)).toBe(null)
  })

  test('asks Stripe once for many readers, and again once the address is set', async () => {
    const team = await living('DE', null)
    const asking = () => Promise.all(Array.from({ length: 5 }, () => scene.payments.taxOn(team, price, exclusive)))
    expect(new Set((await asking()).map((found) => found?.tax))).toEqual(new Set([cents(95)]))
    scene.sandbox.faults.add({ do: 'fail-before', path: '/v1/tax/calculations', times: 9 })
    expect((await asking()).map((found) => found?.tax)).toEqual(Array(5).fill(cents(95)))
    await scene.payments.setBillingDetails(team, { country: 'ES' })
    await expect(scene.payments.taxOn(team, price, exclusive)).rejects.toThrow(StripeUnavailable)
    scene.sandbox.faults.clear()
    expect(await scene.payments.taxOn(team, price, exclusive)).toEqual(taxed(105, 605))
  })
})

describe('a purchase by Checkout', () => {
  test.each([
    ['DE', taxed(95, 595)],
    ['ES', taxed(105, 605)],
    ['US', taxed(0, 500)],
  ])('from %s is taxed, keeps the address, and has the invoice that Stripe makes', async (country, sums) => {
    const team = await living(null, null)
    const { checkoutUrl, session } = await scene.buy(team)
    expect(await scene.stripe.checkout.sessions.retrieve(session ?? '', { expand: ['line_items'] })).toMatchObject({
      automatic_tax: { enabled: true },
      billing_address_collection: 'required',
      tax_id_collection: { enabled: true },
      amount_subtotal: 500,
    })
    await submit(checkoutUrl ?? '', { email: 'ana@example.com', card, country })
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought)
    expect(await only(team)).toMatchObject({ state: 'PAID', taxed: sums })
    expect(await scene.stripe.customers.retrieve(await scene.customer(team))).toMatchObject({ address: { country } })
    scene.poke()
    await expect.poll(async () => (await only(team)).invoiceUrl).not.toBe(null)
    const total = Number((sums.total * 100n) / NANO)
    expect(await invoicesOf(team)).toMatchObject([{ status: 'paid', total, amount_paid: total, subtotal: 500 }])
  })

  test('is known by the event of its payment alone', async () => {
    const team = await living(null, null)
    const begun = await scene.buy(team)
    scene.sandbox.deliverTo('http://127.0.0.1:1')
    await submit(begun.checkoutUrl ?? '', { email: 'ana@example.com', card, country: 'DE' })
    const { data } = await scene.stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 })
    for (const event of data) expect(await scene.events.handle(event)).toBe('handled')
    expect(await only(team)).toMatchObject({ state: 'PAID', taxed: taxed(95, 595) })
    scene.sandbox.deliverTo(scene.webhookUrl)
  })
})

describe('a purchase by a saved method', () => {
  test.each([
    ['DE', taxed(95, 595)],
    ['ES', taxed(105, 605)],
    ['US', taxed(0, 500)],
  ])('of a team in %s is an invoice that is paid', async (country, sums) => {
    const team = await living(country)
    const paid = await scene.buy(team)
    const total = Number((sums.total * 100n) / NANO)
    const [invoice, ...others] = await invoicesOf(team)
    expect(others).toEqual([])
    expect(invoice).toMatchObject({ status: 'paid', subtotal: 500, total, metadata: metadataOf(paid) })
    expect(paid).toMatchObject({ state: 'PAID', taxed: sums, invoice: invoice?.id, invoiceUrl: expect.any(String) })
    expect(await scene.available(team)).toBe(bought)
    expect(await scene.charges(team)).toMatchObject([{ id: paid.intent, amount: total, metadata: metadataOf(paid) }])
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID', taxed: sums })
  })

  test('without an address goes by Checkout, or says who sets one', async () => {
    const team = await living(null)
    expect(await scene.buy(team)).toMatchObject({ state: 'PENDING', pay: 'CHECKOUT', checkoutUrl: expect.any(String) })
    expect(await scene.buy(team, 'starter', 'SAVED_METHOD')).toMatchObject({
      state: 'FAILED',
      declineCode: 'customer_tax_location_invalid',
      failure: expect.stringMatching(/setBillingDetails/),
    })
    expect(await invoicesOf(team)).toEqual([])
    await scene.payments.setBillingDetails(team, { country: 'DE' })
    expect(await scene.buy(team, 'starter', 'SAVED_METHOD')).toMatchObject({ state: 'PAID', taxed: taxed(95, 595) })
  })

  test('whose address Stripe does not take leaves no invoice behind', async () => {
    const team = await living('DE')
    const error = { message: 'Unknown location', code: 'customer_tax_location_invalid' }
    const invoices = { method: 'POST', path: '/v1/invoices' } as const
    scene.sandbox.faults.add({ do: 'delay', ms: 0, ...invoices })
    scene.sandbox.faults.add({ do: 'refuse', status: 400, error, ...invoices })
    expect(await scene.buy(team)).toMatchObject({ state: 'FAILED', declineCode: 'customer_tax_location_invalid' })
    expect(await invoicesOf(team)).toEqual([])
  })

  test('that is declined has a void invoice, and its reason', async () => {
    const team = await living('DE', 'pm_card_chargeCustomerFail')
    expect(await scene.buy(team)).toMatchObject({ state: 'FAILED', failure: expect.any(String) })
    expect((await invoicesOf(team)).map(({ status }) => status)).toEqual(['void'])
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'FAILED', declineCode: expect.any(String) })
    expect(await scene.charges(team)).toEqual([])
  })

  test('that the bank wants confirmed leads to the page of its invoice, where it is paid once', async () => {
    const team = await living('DE', 'pm_card_authenticationRequired')
    const waiting = await scene.buy(team)
    const [invoice] = await invoicesOf(team)
    expect(waiting).toMatchObject({ state: 'PENDING', actionUrl: invoice?.hosted_invoice_url, invoiceUrl: null })
    await submit(waiting.actionUrl ?? '', { number: card })
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID', taxed: taxed(95, 595), actionUrl: null })
    expect(await scene.charges(team)).toHaveLength(1)
  })

  const faults = [
    ['fails', { do: 'fail-after' }],
    ['is cut', { do: 'cut-after' }],
    ['is not carried out', { do: 'fail-before' }],
  ] as const
  const steps = [
    ['the draft', '/v1/invoices', 0],
    ['the line', '/v1/invoiceitems', 0],
    ['the final invoice', '/v1/invoices', 1],
    ['the name of the payment', '/v1/payment_intents', 0],
    ['the payment', '/v1/invoices', 2],
  ] as const
  test('of a new team is asked for 3D Secure, as without tax, and carries what Radar reads', async () => {
    const team = await living('DE', 'pm_card_threeDSecureOptional')
    const purchase = await scene.buy(team)
    expect(purchase).toMatchObject({ state: 'PENDING', actionUrl: expect.stringContaining('http') })
    const [invoice] = await invoicesOf(team)
    expect(invoice?.payment_settings.payment_method_options?.card).toMatchObject({ request_three_d_secure: 'any' })
    const { metadata } = await scene.stripe.paymentIntents.retrieve(purchase.intent ?? '')
    expect(metadata).toMatchObject({ ...metadataOf(purchase), source: 'saved', new_team: 'yes' })
  })

  test.each(steps.flatMap((step) => faults.map((fault) => [...step, ...fault] as const)))(
    '%s (%s, after %d) whose answer %s is paid once',
    async (_step, path, behind, _how, fault) => {
      const team = await living('DE')
      const requests = { method: 'POST', path }
      if (behind > 0) scene.sandbox.faults.add({ do: 'delay', ms: 0, times: behind, ...requests })
      scene.sandbox.faults.add({ ...fault, times: 4, ...requests })
      const first = await scene.buy(team).catch((error: unknown) => error)
      scene.sandbox.faults.clear()
      const read = async () => {
        scene.poke()
        const known = await only(team)
        // Nothing was charged: the buyer tries again.
        if (first instanceof StripeUnavailable) await scene.payments.advance(team, known.id).catch(() => null)
        return known.state
      }
      await expect.poll(read).toBe('PAID')
      await scene.sandbox.idle()
      expect(await scene.charges(team)).toMatchObject([{ amount: 595 }])
      expect((await invoicesOf(team)).filter(({ status }) => status !== 'void')).toHaveLength(1)
      expect(await scene.available(team)).toBe(bought)
    },
  )

  test('with another net is paid otherwise', async () => {
    const team = await living('DE')
    const begun = await scene.buy(team, 'starter', 'CHECKOUT')
    const customer = begun.customer ?? ''
    const { id } = await scene.stripe.invoices.create({ customer, currency: 'usd', automatic_tax: { enabled: true } })
    await scene.stripe.invoiceItems.create({ customer, invoice: id, amount: 300, currency: 'usd' })
    await scene.stripe.invoices.finalizeInvoice(id)
    const [payment] = (await scene.stripe.invoicePayments.list({ invoice: id })).data
    const intent = String(payment?.payment.payment_intent)
    await scene.stripe.paymentIntents.update(intent, { metadata: metadataOf(begun) })
    await scene.stripe.invoices.pay(id, { off_session: false })
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'FAILED', outcome: 'PAID_OTHERWISE', taxed: null })
    expect(await scene.available(team)).toBe(given)
  })
})

describe('a recharge', () => {
  test.each([
    ['DE', 595],
    ['ES', 605],
    ['US', 500],
  ])('of a team in %s is an invoice that is paid off session', async (country, total) => {
    const team = await living(country)
    await scene.recharge(team)
    const read = async () => {
      scene.poke()
      return (await only(team)).state
    }
    await expect.poll(read).toBe('PAID')
    const paid = await only(team)
    expect(await invoicesOf(team)).toMatchObject([{ status: 'paid', total }])
    expect(await scene.charges(team)).toMatchObject([{ id: paid.intent, metadata: metadataOf(paid) }])
    await settled(team, 'ARMED')
  })

  test('without an address pauses, and is armed again once one is set', async () => {
    const team = await living(null)
    await scene.recharge(team)
    await settled(team, 'PAUSED')
    expect((await scene.account(team)).recharge?.lastFailure).toMatch(/setBillingDetails/)
    await scene.payments.setBillingDetails(team, { country: 'DE' })
    await scene.sandbox.idle()
    await settled(team, 'ARMED')
    expect(await scene.charges(team)).toMatchObject([{ amount: 595 }])
  })

  test('that is declined has a void invoice, and is tried again or paused as any', async () => {
    const team = await living('DE', 'pm_card_chargeCustomerFail')
    await scene.recharge(team)
    const read = async () => {
      scene.poke()
      return (await only(team)).state
    }
    await expect.poll(read).toBe('FAILED')
    expect((await invoicesOf(team)).every(({ status }) => status === 'void')).toBe(true)
    expect(await scene.charges(team)).toEqual([])
  })

  test('that the bank wants confirmed waits for the customer', async () => {
    const team = await living('DE', 'pm_card_authenticationRequired')
    await scene.recharge(team)
    await settled(team, 'ACTION_REQUIRED')
    const { actionUrl, intent } = await only(team)
    expect(actionUrl).toMatch(new RegExp(`/payment/confirm\\?payment=${intent}$`))
    const [invoice] = await invoicesOf(team)
    await submit(invoice?.hosted_invoice_url ?? '', { number: card })
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'PAID', taxed: taxed(95, 595) })
    await settled(team, 'ARMED')
  })
})

describe('a payment with tax that is taken back', () => {
  const act = {
    mutation: 'refundPurchase',
    caller: { id: memberId('operator'), role: 'PLATFORM' },
    credential: 'TOKEN',
    reference: null,
    address: null,
    traceId: null,
  } as const
  const refund = (team: TeamId, { id }: Purchase, amount: bigint | null) => {
    const request = { teamId: team, key: `${team}-${amount}`, fingerprint: `${amount}`, purchaseId: id, amount }
    return scene.payments.refund({ ...request, reason: 'by mistake' }, act)
  }

  test('is refunded as a whole with its total', async () => {
    const team = await living('DE')
    const paid = await scene.buy(team)
    expect(await scene.payments.refundPreview(team, paid.id, null)).toMatchObject({
      amount: { amount: cents(595) },
      refundable: { amount: cents(595) },
      credits: 5_000n * MICRO,
    })
    expect(await refund(team, paid, cents(500))).toMatchObject({ kind: 'refunded', purchase: { state: 'PAID' } })
    // 500 of 595 are not all of it.
    expect(await scene.available(team)).toBe(bought - (5_000n * MICRO * 500n) / 595n)
    expect(await refund(team, paid, cents(95))).toMatchObject({ kind: 'refunded', purchase: { state: 'REFUNDED' } })
    expect(await scene.available(team)).toBe(given)
    expect(await refund(team, paid, cents(1))).toMatchObject({ kind: 'exceeds' })
    expect(await unsound()).toEqual([])
  })

  test('is refunded in part with the tax of that part', async () => {
    const team = await living('DE')
    const paid = await scene.buy(team)
    await scene.stripe.refunds.create({ payment_intent: paid.intent ?? '', amount: 119 })
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought - 1_000n * MICRO)
    expect(await scene.payments.refundPreview(team, paid.id, null)).toMatchObject({
      amount: { amount: cents(476) },
      credits: 4_000n * MICRO,
    })
  })

  test('is lost by a dispute, found by the payment of its invoice', async () => {
    const team = await living('DE')
    const { intent } = await scene.buy(team)
    const dispute = scene.sandbox.banks.dispute(intent ?? '')
    await scene.sandbox.idle()
    expect(await only(team)).toMatchObject({ state: 'DISPUTED' })
    expect(await scene.available(team)).toBe(given)
    scene.sandbox.banks.decideDispute(dispute, 'won')
    await scene.sandbox.idle()
    expect(await scene.available(team)).toBe(bought)
    expect(await unsound()).toEqual([])
  })
})
