import { expect, test } from 'vitest'
import { eventTypes, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

test('A card is saved in one call, or in two', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const atOnce = await stripe.setupIntents.create({ customer, payment_method: 'pm_card_visa', confirm: true })
  expect(atOnce).toMatchObject({ status: 'succeeded', usage: 'off_session', customer })
  const begun = await stripe.setupIntents.create({ customer, metadata: { team: 't1' } })
  expect(begun.status).toBe('requires_payment_method')
  const done = await stripe.setupIntents.confirm(begun.id, { payment_method: 'pm_card_mastercard' })
  expect(done).toMatchObject({ status: 'succeeded', metadata: { team: 't1' } })
  const saved = (await stripe.paymentMethods.list({ customer })).data.map(({ id }) => id)
  expect(saved).toEqual([done.payment_method, atOnce.payment_method])
  expect((await stripe.setupIntents.list({ customer })).data).toHaveLength(2)
  expect(await refusalOf(stripe.setupIntents.confirm(done.id))).toMatchObject({ code: 'setup_intent_unexpected_state' })
})

test('A card that would be declined is refused with 402, and the setup waits for another', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.setupIntents.create({ customer })
  const payment_method = 'pm_card_visa_chargeDeclinedStolenCard'
  const refusal = await refusalOf(stripe.setupIntents.confirm(id, { payment_method }))
  expect(refusal).toMatchObject({ statusCode: 402, decline_code: 'stolen_card', setup_intent: { id } })
  expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    last_setup_error: { decline_code: 'stolen_card' },
  })
  expect((await eventTypes(stripe)).at(-1)).toBe('setup_intent.setup_failed')
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
})

test('The customer can say no to the bank, and a setup can be called off', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create()
  const setup = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: 'https://gateway.example/billing',
  })
  const { location } = await submit(setup.next_action?.redirect_to_url?.url ?? '', { answer: 'fail' })
  expect(location).toContain('redirect_status=failed')
  expect(await stripe.setupIntents.retrieve(setup.id)).toMatchObject({
    status: 'requires_payment_method',
    last_setup_error: { code: 'setup_intent_authentication_failure' },
  })
  expect(await stripe.setupIntents.cancel(setup.id)).toMatchObject({ status: 'canceled' })
})
