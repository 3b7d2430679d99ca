import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { openScene, refusalOf } from './scene.ts'

test.each([
  [49, 'usd', 'amount_too_small'],
  [29, 'gbp', 'amount_too_small'],
  [49, 'jpy', 'amount_too_small'],
  [100_000_000, 'usd', 'amount_too_large'],
])('A payment of %d %s is refused: %s', async (amount, currency, code) => {
  const { stripe } = await openScene()
  expect(await refusalOf(stripe.paymentIntents.create({ amount, currency }))).toMatchObject({
    statusCode: 400,
    code,
    param: 'amount',
  })
})

test('Amounts in ISK and UGX end in 00, those with three decimals in 0', async () => {
  const { stripe } = await openScene()
  for (const currency of ['isk', 'ugx', 'kwd']) {
    expect(await refusalOf(stripe.paymentIntents.create({ amount: 50_005, currency }))).toMatchObject({
      param: 'amount',
    })
    expect(await stripe.paymentIntents.create({ amount: 50_000, currency })).toMatchObject({ currency })
  }
})

test('A checkout below the minimum is refused', async () => {
  const { stripe } = await openScene()
  const session = stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price_data: { currency: 'eur', unit_amount: 49, product_data: { name: 'Credits' } }, quantity: 1 }],
    success_url: 'https://gateway.example/payment',
  })
  expect(await refusalOf(session)).toMatchObject({ code: 'amount_too_small' })
})

test('An invoice below the minimum is paid at once, and what was due is added to the next one', async () => {
  const { stripe, customer } = await billingScene()
  const bill = async (amount: number) => {
    const { id } = await stripe.invoices.create({ customer, currency: 'usd' })
    await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: 'usd' })
    return stripe.invoices.finalizeInvoice(id)
  }
  expect(await bill(49)).toMatchObject({ status: 'paid', total: 49, amount_due: 0, amount_paid: 0, ending_balance: 49 })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 49 })
  expect(await bill(2000)).toMatchObject({ status: 'open', total: 2000, amount_due: 2049, starting_balance: 49 })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 0 })
})

test('A one-off invoice whose payment fails is not tried again', async () => {
  const { sandbox, stripe, customer, until, happened } = await billingScene()
  const { id } = await stripe.invoices.create({ customer, currency: 'usd', auto_advance: true })
  await stripe.invoiceItems.create({ customer, invoice: id, amount: 900, currency: 'usd' })
  sandbox.banks.decline({ code: 'generic_decline' })
  await happened()
  const { automatically_finalizes_at } = await stripe.invoices.retrieve(id)
  until(automatically_finalizes_at ?? 0)
  const failed = { status: 'open', attempt_count: 1, next_payment_attempt: null }
  expect(await stripe.invoices.retrieve(id)).toMatchObject(failed)
  until((automatically_finalizes_at ?? 0) + 30 * 86_400)
  expect(await stripe.invoices.retrieve(id)).toMatchObject(failed)
  expect(await happened('invoice.payment_failed')).toHaveLength(1)
})

test('A subscription gets at most 10 new invoices a minute and 20 a day, and renews all the same', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(2000) }] })
  const { id: item, current_period_end: end, current_period_start: start } = itemOf(created)
  let quantity = 1
  const add = (): Promise<Stripe.Subscription> =>
    stripe.subscriptions.update(created.id, {
      items: [{ id: item, quantity: ++quantity }],
      proration_behavior: 'always_invoice',
    })
  for (let made = 1; made < 10; made++) await add()
  expect(await refusalOf(add())).toMatchObject({ statusCode: 429, code: 'rate_limit' })
  until(start + 100)
  for (let made = 10; made < 20; made++) await add()
  until(start + 3600)
  expect(await refusalOf(add())).toMatchObject({ statusCode: 429, code: 'rate_limit' })
  until(start + 86_500)
  await add()
  until(end + 3600)
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ billing_reason: 'subscription_cycle' })
})

test('More than 25 requests a second to one endpoint are refused, others are not', async () => {
  const { stripe } = await openScene()
  const answers = await Promise.allSettled(Array.from({ length: 80 }, () => stripe.events.list({ limit: 1 })))
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]).toMatchObject({ statusCode: 429, code: 'rate_limit', type: 'StripeRateLimitError' })
  expect((await stripe.customers.create({ name: 'Ana' })).name).toBe('Ana')
})
