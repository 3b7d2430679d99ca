import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { idOf, shown, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

type Behavior = 'exclusive' | 'inclusive'

const pack = (
  tax_behavior: Behavior,
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    {
      price_data: {
        currency: 'eur',
        unit_amount: 10_000,
        tax_behavior,
        product_data: { name: 'Credits', tax_code: 'txcd_10103001' },
      },
      quantity: 1,
    },
  ],
  automatic_tax: { enabled: true },
  billing_address_collection: 'required',
  success_url: 'https://gateway.example/payment',
  ...more,
})

test.each([
  ['DE', 'exclusive', 1900, 11_900],
  ['DE', 'inclusive', 1597, 10_000],
  ['ES', 'exclusive', 2100, 12_100],
  ['US', 'exclusive', 0, 10_000],
] as const)(
  'Checkout from %s with prices that are %s of tax: tax %d, total %d',
  async (country, behavior, tax, total) => {
    const { stripe } = await openScene()
    const { id, url, automatic_tax } = await stripe.checkout.sessions.create(pack(behavior))
    expect(automatic_tax).toMatchObject({ enabled: true, status: 'requires_location_inputs' })
    expect(await shown(url ?? '')).toContain('name="country"')
    const card = '4242424242424242'
    expect((await submit(url ?? '', { card })).status).toBe(400)
    expect((await submit(url ?? '', { card, country })).status).toBe(303)
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'line_items'] })
    expect(session).toMatchObject({
      amount_subtotal: 10_000,
      amount_total: total,
      total_details: { amount_tax: tax },
      automatic_tax: { status: 'complete' },
      customer_details: { address: { country } },
      payment_intent: { amount: total, amount_received: total },
      line_items: { data: [{ amount_tax: tax, amount_total: total }] },
    })
  },
)

test('A known customer is taxed at once; the address and tax id that are entered are saved where the session says so', async () => {
  const { stripe } = await openScene()
  const known = await stripe.customers.create({ address: { country: 'DE' } })
  const taxed = await stripe.checkout.sessions.create(pack('exclusive', { customer: known.id }))
  expect(taxed).toMatchObject({ amount_total: 11_900, automatic_tax: { status: 'complete' } })

  const { id: customer } = await stripe.customers.create({ name: 'Team' })
  const refused = stripe.checkout.sessions.create(pack('exclusive', { customer }))
  expect(await refusalOf(refused)).toMatchObject({ statusCode: 400, code: 'customer_tax_location_invalid' })
  const tax_id_collection = { enabled: true }
  const nameless = stripe.checkout.sessions.create(
    pack('exclusive', { customer, tax_id_collection, customer_update: { address: 'auto' } }),
  )
  expect(await refusalOf(nameless)).toMatchObject({ param: 'customer_update[name]' })
  const { url } = await stripe.checkout.sessions.create(
    pack('exclusive', { customer, tax_id_collection, customer_update: { address: 'auto', name: 'auto' } }),
  )
  const entered = { card: '4242424242424242', country: 'ES', name: 'Ana SL', tax_id: 'ESB12345678' }
  expect((await submit(url ?? '', entered)).status).toBe(303)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ name: 'Ana SL', address: { country: 'ES' } })
  expect((await stripe.customers.listTaxIds(customer)).data).toMatchObject([{ type: 'eu_vat', value: 'ESB12345678' }])
  const invoice = await stripe.invoices.create({ customer, custom_fields: [{ name: 'PO number', value: '42' }] })
  expect(invoice).toMatchObject({
    customer_address: { country: 'ES' },
    customer_tax_ids: [{ type: 'eu_vat', value: 'ESB12345678' }],
    custom_fields: [{ name: 'PO number', value: '42' }],
  })
})

test.each([
  ['exclusive', 11_900, 10_000],
  ['inclusive', 10_000, 8403],
] as const)('An invoice with automatic tax, %s: total %d, without tax %d', async (tax_behavior, total, net) => {
  const { stripe, customer } = await billingScene()
  const { id } = await stripe.invoices.create({ customer, currency: 'eur', automatic_tax: { enabled: true } })
  await stripe.invoiceItems.create({ customer, invoice: id, amount: 10_000, currency: 'eur', tax_behavior })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({
    total: 10_000,
    total_taxes: [],
    automatic_tax: { status: 'requires_location_inputs' },
  })
  expect(await refusalOf(stripe.invoices.finalizeInvoice(id))).toMatchObject({ code: 'customer_tax_location_invalid' })
  await stripe.customers.update(customer, { address: { country: 'DE' } })
  expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
    status: 'open',
    subtotal: 10_000,
    total,
    amount_due: total,
    total_excluding_tax: net,
    total_taxes: [{ amount: total - net, tax_behavior }],
    lines: { data: [{ amount: 10_000, taxes: [{ amount: total - net }] }] },
  })
})

test('A subscription renews with tax, or without where the address is gone', async () => {
  const { stripe, customer, price, until } = await billingScene()
  await stripe.customers.update(customer, { address: { country: 'ES' } })
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(2000) }],
    automatic_tax: { enabled: true },
  })
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ status: 'paid', amount_paid: 2420 })
  await stripe.customers.update(customer, { address: '' })
  until(itemOf(created).current_period_end + 3600)
  expect(await latestInvoice(stripe, created.id)).toMatchObject({
    status: 'paid',
    amount_paid: 2000,
    automatic_tax: { enabled: false, disabled_reason: 'finalization_requires_location_inputs' },
  })
})

test('A subscription that begins in Checkout is taxed by the address that the customer enters', async () => {
  const { stripe, price } = await billingScene()
  const { id, url } = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: await price(2000) }],
    automatic_tax: { enabled: true },
    success_url: 'https://gateway.example/payment',
  })
  await submit(url ?? '', { email: 'ben@example.com', card: '4242424242424242', country: 'DE' })
  const session = await stripe.checkout.sessions.retrieve(id)
  expect(session).toMatchObject({ status: 'complete', amount_total: 2380 })
  expect(await latestInvoice(stripe, idOf(session.subscription))).toMatchObject({ amount_paid: 2380 })
})

test('A payment intent alone carries no tax, wherever its customer lives', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ address: { country: 'DE' } })
  expect(await stripe.paymentIntents.create({ amount: 2000, currency: 'eur', customer })).toMatchObject({
    amount: 2000,
  })
})

test.each([
  ['DE', 'exclusive', 1900, 11_900],
  ['DE', 'inclusive', 1597, 10_000],
  ['US', 'exclusive', 0, 10_000],
] as const)('A calculation for %s, %s: tax %d, total %d', async (country, tax_behavior, tax, total) => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ address: { country } })
  const line = { amount: 10_000, reference: 'credits', tax_behavior, tax_code: 'txcd_10103001' }
  const made = await stripe.tax.calculations.create({ currency: 'eur', customer, line_items: [line] })
  const { tax_amount_exclusive: added, tax_amount_inclusive: included, amount_total } = made
  expect([added + included, amount_total]).toEqual([tax, total])
  expect(tax_behavior === 'inclusive' ? added : included).toBe(0)
})

test('A calculation without an address is refused', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const line = { amount: 10_000, tax_behavior: 'exclusive' as const }
  const refused = stripe.tax.calculations.create({ currency: 'eur', customer, line_items: [line] })
  expect(await refusalOf(refused)).toMatchObject({ statusCode: 400, code: 'customer_tax_location_invalid' })
})

test('Checkout makes the invoice of its payment where it is asked to, with the tax that was paid', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ address: { country: 'DE' } })
  const invoice_creation = { enabled: true, invoice_data: { metadata: { tag: 'mine' } } }
  const { id, url } = await stripe.checkout.sessions.create(pack('exclusive', { customer, invoice_creation }))
  await submit(url ?? '', { card: '4242424242424242' })
  const { invoice, payment_intent } = await stripe.checkout.sessions.retrieve(id)
  expect(await stripe.invoices.retrieve(idOf(invoice))).toMatchObject({
    status: 'paid',
    subtotal: 10_000,
    total: 11_900,
    amount_paid: 11_900,
    metadata: { tag: 'mine' },
    hosted_invoice_url: expect.any(String),
  })
  const { data } = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: idOf(payment_intent) },
  })
  expect(data).toMatchObject([{ invoice: idOf(invoice), status: 'paid' }])
})
