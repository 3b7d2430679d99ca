import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { eventTypes, idOf, offSession, shown, submit } from './paying.ts'
import { openScene, refusalOf } from './scene.ts'

const pack: Stripe.Checkout.SessionCreateParams = {
  mode: 'payment',
  line_items: [
    { price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: '20,000 <credits>' } }, quantity: 2 },
  ],
  payment_intent_data: { metadata: { purchase: 'p1' }, receipt_email: 'ana@example.com' },
  metadata: { purchase: 'p1' },
  client_reference_id: 'p1',
  success_url: 'https://gateway.example/payment?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://gateway.example/payment?canceled',
}

test('One pays on the hosted page and comes back; the session is complete before', async () => {
  const { stripe } = await openScene()
  const session = await stripe.checkout.sessions.create({ ...pack, expand: ['line_items'] })
  expect(session).toMatchObject({ status: 'open', payment_status: 'unpaid', amount_total: 4000, payment_intent: null })
  expect(session.line_items?.data).toMatchObject([{ quantity: 2, amount_total: 4000 }])
  const page = await shown(session.url ?? '')
  expect(page).toMatch(/Pay \$40\.00[\s\S]*20,000 &#60;credits&#62;[\s\S]*4242 4242 4242 4242/)
  expect(page).toContain('<a href="https://gateway.example/payment?canceled">Back</a>')
  expect(page).toContain('4000000000009995: is declined: insufficient_funds')

  const paid = await submit(session.url ?? '', { email: 'ana@example.com', number: '4242 4242 4242 4242', card: '' })
  expect(paid).toMatchObject({ status: 303, location: `https://gateway.example/payment?session=${session.id}` })
  const complete = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] })
  expect(complete).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    customer: null,
    customer_details: { email: 'ana@example.com' },
    url: null,
    payment_intent: { status: 'succeeded', metadata: { purchase: 'p1' }, latest_charge: { amount: 4000, paid: true } },
  })
  const found = await stripe.checkout.sessions.list({ payment_intent: idOf(complete.payment_intent) })
  expect(found.data.map(({ id }) => id)).toEqual([session.id])
  expect((await eventTypes(stripe)).slice(-2)).toEqual(['checkout.session.completed', 'charge.updated'])
  expect((await submit(session.url ?? '', { number: '4242424242424242' })).status).toBe(410)
})

test('A declined card is told on the page, and another one may be tried', async () => {
  const { stripe } = await openScene()
  const { url, id } = await stripe.checkout.sessions.create(pack)
  const declined = await submit(url ?? '', { card: '4000000000000002' })
  expect(declined).toMatchObject({ status: 402 })
  expect(declined.text).toContain('<p role="alert">Your card was declined.</p>')
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', payment_status: 'unpaid' })
  expect((await submit(url ?? '', { number: '4242424242424242' })).status).toBe(303)
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('With 3D Secure one answers the bank, then comes back', async () => {
  const { stripe } = await openScene()
  const { url, id } = await stripe.checkout.sessions.create(pack)
  const asked = await submit(url ?? '', { card: '4000002760003184' })
  const failed = await submit(asked.location, { answer: 'fail' })
  expect(await shown(failed.location)).toContain('Your bank did not confirm it.')
  const again = await submit(url ?? '', { card: '4000002760003184' })
  const answered = await submit(again.location, { answer: 'complete' })
  const back = await fetch(answered.location, { redirect: 'manual' })
  expect(back.headers.get('location')).toBe(`https://gateway.example/payment?session=${id}`)
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' })
})

test.each(['succeeded', 'failed'] as const)('A bank payment completes it unpaid, and %s later', async (end) => {
  const { sandbox, stripe } = await openScene()
  const { url, id } = await stripe.checkout.sessions.create(pack)
  await submit(url ?? '', { card: 'bank' })
  const session = await stripe.checkout.sessions.retrieve(id)
  expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
  sandbox.banks.finish(idOf(session.payment_intent), end)
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
    payment_status: end === 'succeeded' ? 'paid' : 'unpaid',
  })
  expect(await eventTypes(stripe)).toContain(`checkout.session.async_payment_${end}`)
})

test('Mode setup saves the card, which can then be charged without the customer', async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ email: 'ana@example.com' })
  const { url, id } = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    customer,
    success_url: 'https://gateway.example/billing',
    setup_intent_data: { metadata: { team: 't1' } },
  })
  const asked = await submit(url ?? '', { card: '4000002500003155' })
  await submit(asked.location, { answer: 'complete' })
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['setup_intent'] })
  expect(session).toMatchObject({ status: 'complete', payment_status: 'no_payment_required' })
  const setup = session.setup_intent
  if (setup === null || typeof setup === 'string') throw new Error('It was not expanded')
  expect(setup).toMatchObject({ status: 'succeeded', metadata: { team: 't1' }, customer })
  const intent = await stripe.paymentIntents.create(offSession(customer, idOf(setup.payment_method)))
  expect(intent.status).toBe('succeeded')
  expect(await eventTypes(stripe)).toEqual(
    expect.arrayContaining(['setup_intent.succeeded', 'payment_method.attached', 'checkout.session.completed']),
  )
})

test('customer_creation always makes a customer', async () => {
  const { stripe } = await openScene()
  const { url, id } = await stripe.checkout.sessions.create({ ...pack, customer_creation: 'always' })
  await submit(url ?? '', { email: 'ben@example.com', number: '4242424242424242' })
  const { customer } = await stripe.checkout.sessions.retrieve(id, { expand: ['customer'] })
  expect(customer).toMatchObject({ email: 'ben@example.com' })
})

test("A customer without an e-mail address gets the payer's; one that has an address keeps it", async () => {
  const { stripe } = await openScene()
  const { id: customer } = await stripe.customers.create({ name: 'Team' })
  for (const email of ['ana@example.com', 'ben@example.com']) {
    const { url } = await stripe.checkout.sessions.create({ ...pack, customer })
    await submit(url ?? '', { email, number: '4242424242424242' })
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ email: 'ana@example.com' })
  }
})

test('It expires after its time, or on request', async () => {
  const { sandbox, stripe } = await openScene()
  const expires_at = Math.floor(sandbox.clock.now() / 1000) + 1900
  const timed = await stripe.checkout.sessions.create({ ...pack, expires_at })
  const stopped = await stripe.checkout.sessions.create(pack)
  expect(await stripe.checkout.sessions.expire(stopped.id)).toMatchObject({ status: 'expired', url: null })
  expect(await refusalOf(stripe.checkout.sessions.expire(stopped.id))).toMatchObject({ statusCode: 400 })
  sandbox.clock.advance(1900)
  expect(await stripe.checkout.sessions.retrieve(timed.id)).toMatchObject({ status: 'expired' })
  expect((await submit(timed.url ?? '', { card: '' })).status).toBe(410)
  const [event] = (await stripe.events.list({ type: 'checkout.session.expired' })).data
  expect(event).toMatchObject({ created: expires_at, data: { object: { id: timed.id } } })
  expect(await refusalOf(stripe.checkout.sessions.create({ ...pack, expires_at: 1 }))).toMatchObject({
    param: 'expires_at',
  })
})

test('With an expired session the payment that was begun is canceled, and the bank asks no more', async () => {
  const { stripe } = await openScene()
  const { url, id } = await stripe.checkout.sessions.create(pack)
  const asked = await submit(url ?? '', { card: '4000002760003184' })
  await stripe.checkout.sessions.expire(id)
  expect((await submit(asked.location, { answer: 'complete' })).status).toBe(410)
  const { payment_intent } = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  expect(payment_intent).toMatchObject({ status: 'canceled', amount_received: 0 })
})
