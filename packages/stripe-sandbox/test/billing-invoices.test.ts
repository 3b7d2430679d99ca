import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene } from './billing-scene.ts'
import { onSession, shown, submit } from './paying.ts'
import { refusalOf } from './scene.ts'

test('Products and prices are made, found by lookup key, and changed', async () => {
  const { stripe } = await billingScene()
  const product = await stripe.products.create({ id: 'pro', name: 'Pro', metadata: { plan: 'pro' } })
  expect(product).toMatchObject({ id: 'pro', active: true })
  expect(await refusalOf(stripe.products.create({ id: 'pro', name: 'Pro' }))).toMatchObject({
    code: 'resource_already_exists',
  })
  expect(await stripe.products.update('pro', { name: 'Pro 2' })).toMatchObject({ name: 'Pro 2' })
  const make = (more: Partial<Stripe.PriceCreateParams> = {}) =>
    stripe.prices.create({
      product: 'pro',
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month', interval_count: 3 },
      lookup_key: 'pro-monthly',
      ...more,
    })
  const first = await make()
  expect(first).toMatchObject({ type: 'recurring', recurring: { interval: 'month', interval_count: 3 } })
  expect(first.unit_amount_decimal?.toString()).toBe('2000')
  expect(await refusalOf(make())).toMatchObject({ statusCode: 400, param: 'lookup_key' })
  const second = await make({ transfer_lookup_key: true, unit_amount: 2500 })
  const found = await stripe.prices.list({ lookup_keys: ['pro-monthly'], expand: ['data.product'] })
  expect(found.data).toMatchObject([{ id: second.id, product: { id: 'pro', name: 'Pro 2' } }])
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
  await stripe.prices.update(first.id, { active: false })
  expect((await stripe.prices.list({ product: 'pro', active: true })).data).toHaveLength(1)
  expect(await refusalOf(make({ tiers_mode: 'volume', lookup_key: 'other' }))).toMatchObject({
    code: 'parameter_unknown',
  })
})

test('A payment that was made is attached to an invoice, which is then paid', async () => {
  const { stripe, customer, method, happened } = await billingScene()
  const intent = await stripe.paymentIntents.create(onSession(customer, method))
  const draft = await stripe.invoices.create({
    customer,
    currency: 'usd',
    metadata: { purchase: 'p1' },
    auto_advance: false,
  })
  await stripe.invoiceItems.create({
    customer,
    invoice: draft.id,
    amount: 2000,
    currency: 'usd',
    description: '5,000 credits',
  })
  const open = await stripe.invoices.finalizeInvoice(draft.id)
  expect(open).toMatchObject({ status: 'open', amount_due: 2000, number: expect.any(String) })
  await happened()
  const paid = await stripe.invoices.attachPayment(draft.id, { payment_intent: intent.id })
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 2000, amount_remaining: 0, metadata: { purchase: 'p1' } })
  expect(await happened('invoice', 'payment_intent')).toEqual([
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
    'payment_intent.canceled',
  ])
  const { data } = await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent.id } })
  expect(data).toMatchObject([{ invoice: draft.id, status: 'paid', amount_paid: 2000 }])
  expect((await stripe.charges.list({ customer })).data).toHaveLength(1)

  const another = await stripe.invoices.create({ customer, currency: 'usd' })
  await stripe.invoiceItems.create({ invoice: another.id, amount: 2000, customer, currency: 'usd' })
  await stripe.invoices.finalizeInvoice(another.id)
  const again = stripe.invoices.attachPayment(another.id, { payment_intent: intent.id })
  expect(await refusalOf(again)).toMatchObject({ statusCode: 400, param: 'payment_intent' })
})

test('A payment that succeeds after it was attached is credited then; two parts pay the whole', async () => {
  const { stripe, customer, method } = await billingScene()
  const invoice = await stripe.invoices.create({ customer, currency: 'usd' })
  await stripe.invoiceItems.create({ invoice: invoice.id, customer, amount: 3000, currency: 'usd' })
  await stripe.invoices.finalizeInvoice(invoice.id)
  const { confirm: _, return_url: __, ...plan } = onSession(customer, method)
  const intent = await stripe.paymentIntents.create(plan)
  expect(await stripe.invoices.attachPayment(invoice.id, { payment_intent: intent.id })).toMatchObject({
    status: 'open',
  })
  await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://gateway.example/payment' })
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ amount_paid: 2000, amount_remaining: 1000 })
  expect(await stripe.invoices.pay(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 3000 })
  const charges = await stripe.charges.list({ customer })
  expect(charges.data.map(({ amount }) => amount).sort()).toEqual([1000, 2000])
})

test('Pending items come along where they are asked for; drafts are deleted, open invoices are void', async () => {
  const { stripe, customer } = await billingScene()
  await stripe.invoiceItems.create({ customer, amount: 400, currency: 'usd', description: 'May' })
  const empty = await stripe.invoices.create({ customer })
  expect(empty.total).toBe(0)
  expect(await stripe.invoices.del(empty.id)).toMatchObject({ deleted: true })
  const full = await stripe.invoices.create({
    customer,
    pending_invoice_items_behavior: 'include',
    description: 'Usage',
  })
  expect(full).toMatchObject({
    total: 400,
    description: 'Usage',
    lines: { data: [{ description: 'May', amount: 400 }] },
  })
  expect(await refusalOf(stripe.invoices.voidInvoice(full.id))).toMatchObject({ statusCode: 400 })
  await stripe.invoices.finalizeInvoice(full.id)
  const late = stripe.invoiceItems.create({ invoice: full.id, customer, amount: 1, currency: 'usd' })
  expect(await refusalOf(late)).toMatchObject({ code: 'invoice_not_editable' })
  expect(await stripe.invoices.voidInvoice(full.id)).toMatchObject({ status: 'void' })
  expect((await stripe.invoices.list({ customer, status: 'void' })).data.map(({ id }) => id)).toEqual([full.id])
})

test('An invoice that advances is finalized and charged by itself an hour later; a customer without a card owes it', async () => {
  const { stripe, customer, until } = await billingScene()
  const draft = await stripe.invoices.create({ customer, currency: 'usd', auto_advance: true })
  await stripe.invoiceItems.create({ invoice: draft.id, customer, amount: 900, currency: 'usd' })
  until(draft.automatically_finalizes_at ?? 0)
  expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'paid', amount_paid: 900 })

  const { id: poor } = await stripe.customers.create({})
  const owed = await stripe.invoices.create({ customer: poor, currency: 'usd', auto_advance: false })
  await stripe.invoiceItems.create({ invoice: owed.id, customer: poor, amount: 900, currency: 'usd' })
  expect(await refusalOf(stripe.invoices.pay(owed.id))).toMatchObject({ statusCode: 400, code: 'resource_missing' })
})

test('The hosted invoice is paid on its page, by a card that is not declined', async () => {
  const { stripe, customer } = await billingScene()
  const { id } = await stripe.invoices.create({ customer, currency: 'usd' })
  await stripe.invoiceItems.create({
    invoice: id,
    customer,
    amount: 1234,
    currency: 'usd',
    description: '<b>Credits</b>',
  })
  const { hosted_invoice_url: page, invoice_pdf } = await stripe.invoices.finalizeInvoice(id)
  const text = await shown(page ?? '')
  expect(text).toContain('$12.34')
  expect(text).not.toContain('<b>Credits</b>')
  expect(await shown(invoice_pdf ?? '')).toContain('$12.34')
  const declined = await submit(page ?? '', { number: '4000 0000 0000 0002' })
  expect(declined).toMatchObject({ status: 402, text: expect.stringContaining('declined') })
  expect(await submit(page ?? '', { number: '4242 4242 4242 4242' })).toMatchObject({ status: 303, location: page })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 1234 })
})

test('In the portal the customer adds a card, chooses it, and goes back', async () => {
  const { stripe, customer, method } = await billingScene()
  const return_url = 'https://gateway.example/billing'
  expect(await refusalOf(stripe.billingPortal.sessions.create({ customer, return_url }))).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('No configuration provided'),
  })
  const features = { payment_method_update: { enabled: true } }
  const { id: configuration } = await stripe.billingPortal.configurations.create({ features })
  const session = await stripe.billingPortal.sessions.create({ customer, return_url, configuration })
  expect(await shown(session.url)).toContain('href="https://gateway.example/billing"')
  const declined = await submit(`${session.url}/cards`, { number: '4000 0000 0000 0002', default: 'yes' })
  expect(declined.status).toBe(402)
  expect(await submit(`${session.url}/cards`, { number: '5555 5555 5555 4444', default: 'yes' })).toMatchObject({
    status: 303,
    location: session.url,
  })
  const preferred = async () => {
    const found = await stripe.customers.retrieve(customer)
    return found.deleted === true ? undefined : found.invoice_settings.default_payment_method
  }
  const { data } = await stripe.paymentMethods.list({ customer })
  expect(data.map(({ card }) => card?.last4)).toEqual(['4444', '4242'])
  expect(await preferred()).toBe(data[0]?.id)
  await submit(`${session.url}/default`, { method })
  expect(await preferred()).toBe(method)
  expect((await stripe.billingPortal.configurations.list({ is_default: true })).data).toEqual([])
})
