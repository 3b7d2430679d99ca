import { expect, test } from 'vitest'
import { customerWith, eventTypes, idOf, offSession, onSession, shown, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

test('A saved card is charged at once, and the receipt can be read', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const intent = await stripe.paymentIntents.create({
    ...offSession(customer, method),
    description: '20,000 credits',
    receipt_email: 'ana@example.com',
    metadata: { purchase: 'p1' },
    expand: ['latest_charge', 'payment_method', 'customer'],
  })
  expect(intent).toMatchObject({
    status: 'succeeded',
    amount_received: 2000,
    metadata: { purchase: 'p1' },
    customer: { id: customer, email: 'ana@example.com' },
    payment_method: { id: method, card: { brand: 'visa', last4: '4242' } },
    latest_charge: {
      status: 'succeeded',
      paid: true,
      amount_refunded: 0,
      disputed: false,
      receipt_email: 'ana@example.com',
    },
  })
  const charge = intent.latest_charge
  if (charge === null || typeof charge === 'string') throw new Error('It was not expanded')
  expect(await shown(charge.receipt_url ?? '')).toMatch(/20,000 credits[\s\S]*\$20\.00[\s\S]*4242/)
  expect(await eventTypes(stripe)).toEqual([
    'customer.created',
    'payment_method.attached',
    'customer.updated',
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.updated',
  ])
})

test.each([
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', 'try_again_later'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds', 'try_again_later'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', 'do_not_try_again'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', 'do_not_try_again'],
  ['pm_card_chargeDeclinedFraudulent', 'card_declined', 'fraudulent', 'do_not_try_again'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'confirm_card_data'],
])('%s is declined with 402, and the payment waits for another card', async (card, code, decline_code, advice_code) => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const refusal = await refusalOf(stripe.paymentIntents.create(onSession(customer, card)))
  expect(refusal).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code, advice_code })
  const intent = await stripe.paymentIntents.retrieve(refusal.payment_intent?.id ?? '', { expand: ['latest_charge'] })
  expect(intent).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { code, decline_code, charge: refusal.charge },
    latest_charge: { status: 'failed', paid: false, failure_code: code },
  })
  expect((await eventTypes(stripe)).slice(-3)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
  ])

  const paid = await stripe.paymentIntents.confirm(intent.id, {
    payment_method: 'pm_card_visa',
    return_url: 'https://gateway.example/payment',
  })
  expect(paid).toMatchObject({ id: intent.id, status: 'succeeded', last_payment_error: null })
})

test('A card that would be declined cannot be saved; 4000 0000 0000 0341 can, and is declined when charged', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const refusal = await refusalOf(stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer }))
  expect(refusal).toMatchObject({ statusCode: 402, code: 'card_declined' })

  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4000000000000341', exp_month: 12, exp_year: 2034, cvc: '123' },
  })
  await stripe.paymentMethods.attach(method.id, { customer })
  const declined = await refusalOf(stripe.paymentIntents.create(offSession(customer, method.id)))
  expect(declined).toMatchObject({ statusCode: 402, decline_code: 'generic_decline' })
})

test('A saved card can be made to be declined with any code', async () => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  sandbox.banks.decline({ code: 'lost_card', customer })
  const declined = await refusalOf(stripe.paymentIntents.create(offSession(customer, method)))
  expect(declined).toMatchObject({ decline_code: 'lost_card', advice_code: 'do_not_try_again' })
  expect(await stripe.paymentIntents.create(offSession(customer, method))).toMatchObject({ status: 'succeeded' })
})

test('3D Secure: refused without the customer; with the customer the bank asks, and the answer decides', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_authenticationRequired')
  const refusal = await refusalOf(stripe.paymentIntents.create(offSession(customer, method)))
  expect(refusal).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    decline_code: 'authentication_required',
  })
  expect(refusal.payment_intent).toMatchObject({ status: 'requires_payment_method' })

  const confirm = { payment_method: method, return_url: 'https://gateway.example/payment?purchase=p1' }
  const id = refusal.payment_intent?.id ?? ''
  const asked = await stripe.paymentIntents.confirm(id, confirm)
  const page = asked.next_action?.redirect_to_url?.url ?? ''
  expect(asked.status).toBe('requires_action')
  expect(await shown(page)).toMatch(/pay <strong>\$20\.00[\s\S]*Complete[\s\S]*Fail/)

  const failed = await submit(page, { answer: 'fail' })
  expect(failed.location).toMatch(
    /^https:\/\/gateway\.example\/payment\?purchase=p1&payment_intent=pi_.*redirect_status=failed$/,
  )
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'payment_intent_authentication_failure' },
  })

  await stripe.paymentIntents.confirm(id, confirm)
  expect(await submit(page, { answer: 'complete' })).toMatchObject({ status: 303 })
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' })
  expect((await submit(page, { answer: 'complete' })).status).toBe(410)
})

test('4000 0025 0000 3155 asks until it is set up, and is then charged without the customer', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const setup = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    confirm: true,
    return_url: 'https://gateway.example/payment',
  })
  expect(setup.status).toBe('requires_action')
  await submit(setup.next_action?.redirect_to_url?.url ?? '', { answer: 'complete' })
  const done = await stripe.setupIntents.retrieve(setup.id)
  expect(done.status).toBe('succeeded')
  const intent = await stripe.paymentIntents.create(offSession(customer, idOf(done.payment_method)))
  expect(intent.status).toBe('succeeded')
})

test('error_on_requires_action refuses with the customer there, without a charge', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const refusal = await refusalOf(
    stripe.paymentIntents.create({
      ...onSession(customer, 'pm_card_authenticationRequired'),
      error_on_requires_action: true,
    }),
  )
  expect(refusal).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    decline_code: 'authentication_not_handled',
  })
  expect(refusal.payment_intent).toMatchObject({ status: 'requires_payment_method', latest_charge: null })
})

test.each(['succeeded', 'failed'] as const)('A bank payment is processing until it has %s', async (end) => {
  const { sandbox, stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_usBankAccount_success')
  const intent = await stripe.paymentIntents.create(onSession(customer, method))
  expect(intent.status).toBe('processing')
  expect(await refusalOf(stripe.paymentIntents.cancel(intent.id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  })
  sandbox.banks.finish(intent.id, end)
  const ended = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] })
  expect(ended).toMatchObject({
    status: end === 'succeeded' ? 'succeeded' : 'requires_payment_method',
    latest_charge: { status: end },
  })
  const types = await eventTypes(stripe)
  expect(types).toContain('payment_intent.processing')
  expect(types).toContain(end === 'succeeded' ? 'payment_intent.succeeded' : 'payment_intent.payment_failed')
})

test('An intent is made, changed, found by its customer and canceled; a paid one cannot be', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const { id, status } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer })
  expect(status).toBe('requires_payment_method')
  expect(await stripe.paymentIntents.update(id, { metadata: { a: 'b' }, amount: 700 })).toMatchObject({
    amount: 700,
    metadata: { a: 'b' },
  })
  expect((await stripe.paymentIntents.list({ customer })).data.map((one) => one.id)).toEqual([id])
  expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'abandoned',
  })
  const paid = await stripe.paymentIntents.create(onSession(customer, method))
  const calls = [stripe.paymentIntents.cancel(paid.id), stripe.paymentIntents.update(paid.id, { amount: 1 })]
  for (const refused of await Promise.all(calls.map(refusalOf))) {
    expect(refused).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: paid.id },
    })
  }
})

test('A payment method of another customer is refused', async () => {
  const { stripe } = await openScene()
  const { method } = await customerWith(stripe, 'pm_card_visa')
  const { id: other } = await stripe.customers.create()
  expect(await refusalOf(stripe.paymentIntents.create(offSession(other, method)))).toMatchObject({
    statusCode: 400,
    param: 'payment_method',
  })
})

test('setup_future_usage saves the card with the customer; detaching takes it back', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const intent = await stripe.paymentIntents.create({
    ...onSession(customer, 'pm_card_visa'),
    setup_future_usage: 'off_session',
  })
  const { data } = await stripe.customers.listPaymentMethods(customer, { type: 'card' })
  expect(data.map(({ id }) => id)).toEqual([intent.payment_method])
  await stripe.paymentMethods.detach(idOf(intent.payment_method))
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
})

test('A payment may ask for 3D Secure where the card is enrolled; without the customer it is charged as a stored credential', async () => {
  const { stripe } = await openScene()
  const visa = await customerWith(stripe, 'pm_card_visa')
  const any = { card: { request_three_d_secure: 'any' } } as const
  const plain = { ...onSession(visa.customer, visa.method), payment_method_options: any }
  expect((await stripe.paymentIntents.create(plain)).status).toBe('succeeded')
  const { customer, method } = await customerWith(stripe, 'pm_card_threeDSecureOptional')
  expect((await stripe.paymentIntents.create(onSession(customer, method))).status).toBe('succeeded')
  const asked = await stripe.paymentIntents.create({
    ...onSession(customer, method),
    payment_method_options: any,
  })
  expect(asked.status).toBe('requires_action')
  await submit(asked.next_action?.redirect_to_url?.url ?? '', { answer: 'complete' })
  expect((await stripe.paymentIntents.retrieve(asked.id)).status).toBe('succeeded')
  const { error_on_requires_action: _, ...alone } = offSession(customer, method)
  const recharge = await stripe.paymentIntents.create({
    ...alone,
    payment_method_options: { card: { stored_credential_usage: 'unscheduled' } },
  })
  expect(recharge.status).toBe('succeeded')
})

test('an intent shows which stored credential it uses', async () => {
  const { stripe } = await openScene()
  const { customer, method } = await customerWith(stripe, 'pm_card_visa')
  const card = { stored_credential_usage: 'unscheduled' } as const
  const paid = await stripe.paymentIntents.create({ ...offSession(customer, method), payment_method_options: { card } })
  expect(paid.payment_method_options?.card).toMatchObject(card)
})
