import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { customerWith } from './paying.ts'
import { openEndpoint, openScene, refusalOf } from './scene.ts'

test('A customer is created, read, changed, found by email and deleted', async () => {
  const { stripe } = await openScene()
  const created = await stripe.customers.create({
    email: 'ana@example.com',
    name: 'Ana',
    metadata: { team: 't1', x: '1' },
  })
  expect(created).toMatchObject({ object: 'customer', email: 'ana@example.com', metadata: { team: 't1', x: '1' } })
  await stripe.customers.create({ email: 'ben@example.com' })
  expect(await stripe.customers.retrieve(created.id)).toMatchObject({ id: created.id })

  const updated = await stripe.customers.update(created.id, { metadata: { x: '', y: '2' }, name: '' })
  expect(updated).toMatchObject({ metadata: { team: 't1', y: '2' }, name: null, email: 'ana@example.com' })
  const found = await stripe.customers.list({ email: 'ana@example.com' })
  expect(found.data.map(({ id }) => id)).toEqual([created.id])

  expect(await stripe.customers.del(created.id)).toMatchObject({ id: created.id, deleted: true })
  expect(await stripe.customers.retrieve(created.id)).toMatchObject({ deleted: true })
  expect(await refusalOf(stripe.customers.update(created.id, {}))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('The wrong key is refused with 401', async () => {
  const { sandbox } = await openScene()
  const { hostname, port } = new URL(sandbox.url)
  const stranger = new Stripe('sk_test_other', { host: hostname, port, protocol: 'http' })
  expect(await refusalOf(stranger.customers.list())).toMatchObject({
    statusCode: 401,
    type: 'StripeAuthenticationError',
  })
})

test('Each event is delivered once, signed, in order', async () => {
  const { sandbox, stripe } = await openScene()
  const endpoint = await openEndpoint(sandbox.webhookSecret)
  sandbox.deliverTo(endpoint.url)
  const { id } = await stripe.customers.create({ name: 'Ana' })
  await stripe.customers.update(id, { name: 'Ana B' })
  await sandbox.idle()
  expect(endpoint.types()).toEqual(['customer.created', 'customer.updated'])
  expect(endpoint.received[1]?.event).toMatchObject({
    api_version: Stripe.API_VERSION,
    data: { object: { id, name: 'Ana B' }, previous_attributes: { name: 'Ana' } },
  })
  const { data } = await stripe.events.list()
  expect(data.map(({ type }) => type)).toEqual(['customer.updated', 'customer.created'])
})

test('A customer can be made with a card that is the default at once; the card is free again without the customer', async () => {
  const { stripe } = await openScene()
  const { id, invoice_settings } = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const [card] = (await stripe.customers.listPaymentMethods(id)).data
  expect(invoice_settings.default_payment_method).toBe(card?.id)
  const other = await stripe.customers.create()
  const foreign = { invoice_settings: { default_payment_method: card?.id } }
  expect(await refusalOf(stripe.customers.update(other.id, foreign))).toMatchObject({
    param: 'invoice_settings[default_payment_method]',
  })
  await stripe.customers.del(id)
  expect(await stripe.paymentMethods.retrieve(card?.id ?? '')).toMatchObject({ customer: null })
})

test('Detaching the default card takes it out of the settings', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_mastercard')
  await stripe.paymentMethods.detach(method)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    invoice_settings: { default_payment_method: null },
  })
})
