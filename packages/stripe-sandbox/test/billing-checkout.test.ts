import { expect, test } from 'vitest'
import { billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { idOf, shown, submit } from './paying.ts'
import { refusalOf } from './scene.ts'

const success_url = 'https://gateway.example/payment?session={CHECKOUT_SESSION_ID}'
const email = 'ben@example.com'

test('A subscription begins in Checkout when its first invoice is paid there, and renews with that card', async () => {
  const { stripe, price, until, happened } = await billingScene()
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: await price(2000), quantity: 2 }],
    subscription_data: { metadata: { team: 't1' } },
    success_url,
  })
  expect(session).toMatchObject({ amount_total: 4000, subscription: null, payment_status: 'unpaid' })
  expect(await shown(session.url ?? '')).toContain('$40.00')
  const declined = await submit(session.url ?? '', { email, number: '4000 0000 0000 0002' })
  expect(declined.status).toBe(402)
  await happened()
  const paid = await submit(session.url ?? '', { email, number: '4242 4242 4242 4242' })
  expect(paid.location).toBe(success_url.replace('{CHECKOUT_SESSION_ID}', session.id))
  const complete = await stripe.checkout.sessions.retrieve(session.id)
  expect(complete).toMatchObject({ status: 'complete', payment_status: 'paid', payment_intent: null })
  const id = idOf(complete.subscription)
  const subscription = await stripe.subscriptions.retrieve(id)
  expect(subscription).toMatchObject({ status: 'active', metadata: { team: 't1' }, customer: complete.customer })
  expect(itemOf(subscription).quantity).toBe(2)
  expect(await happened('checkout', 'invoice.paid', 'customer.subscription')).toEqual([
    'invoice.paid',
    'customer.subscription.updated',
    'customer.subscription.updated',
    'checkout.session.completed',
  ])
  until(itemOf(subscription).current_period_end + 3600)
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'paid', billing_reason: 'subscription_cycle' })
})

test('A trial begins in Checkout with a card and no payment', async () => {
  const { stripe, customer, price } = await billingScene()
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer,
    line_items: [{ price: await price(2000) }],
    subscription_data: { trial_period_days: 7 },
    success_url,
  })
  expect(session.amount_total).toBe(0)
  expect((await submit(session.url ?? '', { email, number: '5555 5555 5555 4444' })).status).toBe(303)
  const complete = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  expect(complete).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    subscription: { status: 'trialing', default_payment_method: expect.stringMatching(/^pm_/) },
  })
})

test('A subscription needs a recurring price, a payment one that is not', async () => {
  const { stripe, price } = await billingScene()
  const line_items = [{ price: await price(2000) }]
  const payment = stripe.checkout.sessions.create({ mode: 'payment', line_items, success_url })
  expect(await refusalOf(payment)).toMatchObject({ statusCode: 400, param: 'line_items' })
  const { id } = await stripe.products.create({ name: 'Pack' })
  const once = await stripe.prices.create({ product: id, currency: 'usd', unit_amount: 500 })
  const subscribe = stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: once.id }],
    success_url,
  })
  expect(await refusalOf(subscribe)).toMatchObject({ statusCode: 400, param: 'line_items' })
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price: once.id, quantity: 3 }],
    success_url,
  })
  expect(session.amount_total).toBe(1500)
})
