import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { customerWith, idOf, offSession, onSession, shown, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

const success_url = 'https://gateway.example/payment'

const pack = (currency: string): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [{ price_data: { currency, unit_amount: 2000, product_data: { name: 'Credits' } }, quantity: 1 }],
  payment_intent_data: { setup_future_usage: 'off_session' },
  success_url,
})

test.each([
  ['link', 'usd', 'link', 'succeeded'],
  ['klarna', 'eur', 'klarna', 'succeeded'],
  ['bank', 'usd', 'us_bank_account', 'processing'],
  ['bank', 'eur', 'sepa_debit', 'processing'],
])('Checkout takes and saves %s in %s as %s, and the payment is %s', async (card, currency, type, status) => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  const { id, url } = await stripe.checkout.sessions.create({ ...pack(currency), customer })
  expect((await submit(url ?? '', { email: 'ana@example.com', card })).location).toBe(success_url)
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] })
  expect(session).toMatchObject({
    status: 'complete',
    payment_intent: { status, latest_charge: { payment_method_details: { type } } },
  })
  const { data } = await stripe.customers.listPaymentMethods(customer)
  expect(data).toMatchObject([{ type, customer }])
  expect((await stripe.customers.listPaymentMethods(customer, { type: 'card' })).data).toEqual([])
})

test('A Link payment method is made, saved and charged without the customer', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const method = await stripe.paymentMethods.create({
    type: 'link',
    link: {},
    billing_details: { email: 'ana@example.com' },
  })
  expect(method).toMatchObject({ type: 'link', link: { email: 'ana@example.com' } })
  await stripe.paymentMethods.attach(method.id, { customer })
  expect(await stripe.paymentIntents.create(offSession(customer, method.id))).toMatchObject({ status: 'succeeded' })
})

test('allowed_payment_method_types filters what is offered, on payment and setup sessions and on intents', async () => {
  const { stripe } = await openScene()
  const allowed_payment_method_types = ['card', 'sepa_debit', 'crypto']
  const offered = await stripe.checkout.sessions.create({ ...pack('usd'), allowed_payment_method_types })
  expect(offered).toMatchObject({ allowed_payment_method_types, payment_method_types: ['card'] })
  expect(await shown(offered.url ?? '')).not.toContain('value="link"')
  expect((await submit(offered.url ?? '', { card: 'link' })).status).toBe(400)
  const { id: customer } = await stripe.customers.create()
  const setup = await stripe.checkout.sessions.create({
    mode: 'setup',
    customer,
    allowed_payment_method_types: ['card', 'link'],
    success_url,
  })
  expect(setup.payment_method_types).toEqual(['card', 'link'])
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'eur',
    allowed_payment_method_types: ['card'],
  })
  expect(intent.payment_method_types).toEqual(['card'])
  const all = await stripe.checkout.sessions.create(pack('usd'))
  expect(all.payment_method_types).toEqual(['card', 'link', 'klarna', 'us_bank_account'])
})

test.each([
  ['/v1/checkout/sessions', `mode=setup&success_url=${success_url}`],
  ['/v1/payment_intents', 'amount=500&currency=usd'],
  ['/v1/setup_intents', 'usage=off_session'],
])('%s refuses payment_method_types, which are no longer supported', async (path, form) => {
  const { sandbox } = await openScene()
  const answer = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${sandbox.secretKey}` },
    body: `${form}&payment_method_types[]=card`,
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' },
  })
})

test('adaptive_pricing is on unless the session switches it off', async () => {
  const { stripe } = await openScene()
  expect((await stripe.checkout.sessions.create(pack('usd'))).adaptive_pricing).toEqual({ enabled: true })
  const off = await stripe.checkout.sessions.create({ ...pack('usd'), adaptive_pricing: { enabled: false } })
  expect(off.adaptive_pricing).toEqual({ enabled: false })
})

test('A payment method that there is not is refused by the parameter payment_method', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const refused = {
    code: 'resource_missing',
    param: 'payment_method',
    message: expect.stringMatching(/^No such PaymentMethod: 'pm_none';/),
  }
  expect(await refusalOf(stripe.paymentMethods.attach('pm_none', { customer }))).toMatchObject(refused)
  expect(await refusalOf(stripe.paymentMethods.retrieve('pm_none'))).toMatchObject({ ...refused, statusCode: 404 })
  expect(await refusalOf(stripe.paymentIntents.create(onSession(customer, 'pm_none')))).toMatchObject(refused)
})

test('A decline when a card is saved tells the advice and the code of the card network', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const told = { decline_code: 'stolen_card', advice_code: 'do_not_try_again', network_decline_code: '43' }
  const card = 'pm_card_visa_chargeDeclinedStolenCard'
  expect(await refusalOf(stripe.paymentMethods.attach(card, { customer }))).toMatchObject(told)
  const setup = await stripe.setupIntents.create({ customer })
  await refusalOf(stripe.setupIntents.confirm(setup.id, { payment_method: card }))
  expect((await stripe.setupIntents.retrieve(setup.id)).last_setup_error).toMatchObject(told)
})

test('A bank may decline because nobody handled its wish to authenticate the customer', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  sandbox.banks.decline({ code: 'authentication_not_handled' })
  expect(await refusalOf(stripe.paymentIntents.create(offSession(customer, method)))).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    decline_code: 'authentication_not_handled',
  })
})

test('The card updater changes the card and keeps the payment method', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const before = await stripe.paymentMethods.retrieve(method)
  sandbox.banks.renewCard(method, {})
  const renewed = await stripe.paymentMethods.retrieve(method)
  expect(renewed.card?.exp_year).toBe((before.card?.exp_year ?? 0) + 4)
  expect(renewed.card?.fingerprint).toBe(before.card?.fingerprint)
  sandbox.banks.renewCard(method, { number: '5555555555554444', exp_month: 1 })
  const { data } = await stripe.customers.listPaymentMethods(customer)
  expect(data).toMatchObject([{ id: method, card: { last4: '4444', brand: 'mastercard', exp_month: 1 } }])
  const events = await stripe.events.list({ type: 'payment_method.automatically_updated' })
  expect(events.data).toMatchObject([
    { data: { object: { id: method }, previous_attributes: { card: { last4: '4242' } } } },
    { data: { object: { id: method } } },
  ])
  expect(idOf(data[0]?.customer ?? null)).toBe(customer)
})
