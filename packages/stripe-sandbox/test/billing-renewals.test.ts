import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { at, billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { refusalOf } from './scene.ts'

test('A subscription begins with a paid invoice, and its events come in order', async () => {
  const { stripe, customer, price, happened } = await billingScene()
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(2000), quantity: 3 }],
    metadata: { team: 't1' },
  })
  expect(subscription).toMatchObject({ status: 'active', currency: 'usd', metadata: { team: 't1' } })
  const invoice = await latestInvoice(stripe, subscription.id)
  expect(invoice).toMatchObject({
    status: 'paid',
    billing_reason: 'subscription_create',
    amount_due: 6000,
    amount_paid: 6000,
    attempt_count: 1,
    parent: { subscription_details: { subscription: subscription.id, metadata: { team: 't1' } } },
    number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
  })
  expect(invoice.lines.data).toMatchObject([
    { amount: 6000, quantity: 3, description: '3 × Plan of 2000 (at $20.00 / month)' },
  ])
  const { payments } = await stripe.invoices.retrieve(invoice.id, { expand: ['payments'] })
  expect(payments?.data).toMatchObject([{ status: 'paid', amount_paid: 6000, is_default: true }])
  expect(await happened('customer.subscription', 'invoice', 'payment_intent', 'charge')).toEqual([
    'invoice.created',
    'customer.subscription.created',
    'payment_intent.created',
    'invoice.finalized',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.updated',
    'charge.updated',
  ])
})

test('Renewals keep the anchor of the 31st through short months and a leap year', async () => {
  const { stripe, customer, price, until } = await billingScene()
  until('2028-01-31T10:00:00Z')
  const { id, billing_cycle_anchor: anchor } = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000) }],
  })
  const time = new Date(anchor * 1000).toISOString().slice(11)
  const ends: number[] = []
  for (let month = 0; month < 5; month++) {
    const { current_period_end } = itemOf(await stripe.subscriptions.retrieve(id))
    ends.push(current_period_end)
    until(current_period_end)
  }
  const days = ['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31', '2028-06-30']
  expect(ends).toEqual(days.map((day) => at(`${day}T${time}`)))

  until('2028-07-01T00:00:00Z')
  const invoices = await stripe.invoices.list({ subscription: id, limit: 100 })
  expect(invoices.data.map(({ status, amount_paid }) => [status, amount_paid])).toEqual(
    Array.from({ length: 6 }, () => ['paid', 1000]),
  )
})

test('A yearly subscription from 29 February renews on 28 February, and on the 29th in a leap year', async () => {
  const { stripe, customer, price, until } = await billingScene()
  until('2028-02-29T10:00:00Z')
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000, { interval: 'year' }) }],
  })
  const days: string[] = []
  for (let year = 0; year < 4; year++) {
    const { current_period_end } = itemOf(await stripe.subscriptions.retrieve(id))
    days.push(new Date(current_period_end * 1000).toISOString().slice(0, 10))
    until(current_period_end)
  }
  expect(days).toEqual(['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29'])
})

test('A renewal is announced, is a draft for an hour, takes what waits, and is then charged', async () => {
  const { stripe, customer, price, until, happened } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const { id } = created
  const end = itemOf(created).current_period_end
  await stripe.invoiceItems.create({
    customer,
    amount: 250,
    currency: 'usd',
    description: 'Extra',
    metadata: { m: '1' },
  })
  await happened()
  until(end)
  const draft = await latestInvoice(stripe, id)
  expect(draft).toMatchObject({
    status: 'draft',
    billing_reason: 'subscription_cycle',
    total: 1250,
    automatically_finalizes_at: end + 3600,
    hosted_invoice_url: null,
    period_end: end,
  })
  expect(draft.lines.data).toMatchObject([
    { amount: 250, description: 'Extra', metadata: { m: '1' } },
    { amount: 1000, period: { start: end, end: itemOf(await stripe.subscriptions.retrieve(id)).current_period_end } },
  ])
  expect(await happened('customer.subscription', 'invoice')).toEqual([
    'invoice.upcoming',
    'invoice.created',
    'customer.subscription.updated',
  ])
  until(end + 3600)
  expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
    status: 'paid',
    amount_paid: 1250,
    status_transitions: { finalized_at: end + 3600, paid_at: end + 3600 },
  })
})

test('A renewal that fails is tried again after 3, 5 and 7 days, and then the subscription is canceled', async () => {
  const { sandbox, stripe, customer, price, until, happened } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const { id } = created
  const charged = itemOf(created).current_period_end + 3600
  sandbox.banks.decline({ code: 'insufficient_funds', times: 4 })
  await happened()
  until(charged)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
  const day = 86_400
  const attempts = [3, 8, 15].map((days) => charged + days * day)
  for (const [index, next] of attempts.entries()) {
    expect(await latestInvoice(stripe, id)).toMatchObject({
      status: 'open',
      attempt_count: index + 1,
      next_payment_attempt: next,
    })
    until(next)
  }
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: charged + 15 * day,
    cancellation_details: { reason: 'payment_failed' },
  })
  const types = await happened(
    'invoice.payment_failed',
    'customer.subscription.updated',
    'customer.subscription.deleted',
  )
  expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(4)
  expect(types.at(-1)).toBe('customer.subscription.deleted')
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'open', auto_advance: false })
})

test('A renewal that failed recovers by the next attempt, or by another card', async () => {
  const { sandbox, stripe, customer, price, until } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const { id } = created
  const charged = itemOf(created).current_period_end + 3600
  sandbox.banks.decline({ code: 'insufficient_funds' })
  until(charged + 3 * 86_400)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  expect(await latestInvoice(stripe, id)).toMatchObject({
    status: 'paid',
    attempt_count: 2,
    next_payment_attempt: null,
  })

  const next = itemOf(await stripe.subscriptions.retrieve(id)).current_period_end + 3600
  sandbox.banks.decline({ code: 'insufficient_funds', times: 2 })
  until(next)
  const invoice = await latestInvoice(stripe, id)
  expect(await refusalOf(stripe.invoices.pay(invoice.id))).toMatchObject({ statusCode: 402, code: 'card_declined' })
  const { id: other } = await stripe.paymentMethods.attach('pm_card_mastercard', { customer })
  expect(await stripe.invoices.pay(invoice.id, { payment_method: other })).toMatchObject({ status: 'paid' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
})

test('A trial is free, is warned of three days before its end, and is then paid for', async () => {
  const { stripe, customer, price, until, happened } = await billingScene()
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1500) }],
    trial_period_days: 14,
  })
  const { id, trial_end } = created
  expect(created).toMatchObject({ status: 'trialing', billing_cycle_anchor: trial_end })
  expect(itemOf(created).current_period_end).toBe(trial_end)
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'paid', total: 0 })
  await happened()
  until((trial_end ?? 0) - 3 * 86_400)
  expect(await happened('customer.subscription')).toEqual(['customer.subscription.trial_will_end'])
  until(trial_end ?? 0)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  until((trial_end ?? 0) + 3600)
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'paid', amount_paid: 1500 })
})

test('A trial that ends without a payment method pauses or cancels where it was told so', async () => {
  const { stripe, customer, price, until, happened } = await billingScene()
  const { id: poor } = await stripe.customers.create({})
  const begin = async (missing_payment_method: 'cancel' | 'pause') =>
    stripe.subscriptions.create({
      customer: poor,
      items: [{ price: await price(1500) }],
      trial_period_days: 1,
      trial_settings: { end_behavior: { missing_payment_method } },
    })
  const [paused, canceled] = [await begin('pause'), await begin('cancel')]
  await happened()
  until((canceled.trial_end ?? 0) + 60)
  expect(await stripe.subscriptions.retrieve(paused.id)).toMatchObject({
    status: 'paused',
    status_details: { paused: { subscription: { type: 'trial_end_without_payment_method' } } },
  })
  expect(await stripe.subscriptions.retrieve(canceled.id)).toMatchObject({ status: 'canceled' })
  expect(await happened('customer.subscription.paused', 'customer.subscription.deleted')).toEqual([
    'customer.subscription.paused',
    'customer.subscription.deleted',
  ])
  expect(customer).not.toBe(poor)
})

test('A first payment that is declined leaves the subscription incomplete, which expires after 23 hours', async () => {
  const { sandbox, stripe, customer, price, until } = await billingScene()
  sandbox.banks.decline({ code: 'generic_decline' })
  const incomplete = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  expect(incomplete.status).toBe('incomplete')
  until(incomplete.created + 23 * 3600)
  expect(await stripe.subscriptions.retrieve(incomplete.id)).toMatchObject({ status: 'incomplete_expired' })
  expect(await latestInvoice(stripe, incomplete.id)).toMatchObject({ status: 'void' })

  sandbox.banks.decline({ code: 'generic_decline' })
  const refused = stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000) }],
    payment_behavior: 'error_if_incomplete',
  })
  expect(await refusalOf(refused)).toMatchObject({ statusCode: 402, code: 'card_declined' })
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toHaveLength(1)
})

test('A first payment that waits for the bank activates the subscription when the customer has agreed', async () => {
  const { stripe, customer, price } = await billingScene('pm_card_authenticationRequired')
  const waiting = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000) }],
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice.confirmation_secret'],
  })
  expect(waiting).toMatchObject({
    status: 'incomplete',
    latest_invoice: { confirmation_secret: { type: 'payment_intent' } },
  })
  const invoice = await latestInvoice(stripe, waiting.id)
  expect(await refusalOf(stripe.invoices.pay(invoice.id, { off_session: false }))).toMatchObject({
    statusCode: 402,
    code: 'invoice_payment_intent_requires_action',
  })
  const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data
  const intent = await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent))
  const agreed = await fetch(intent.next_action?.redirect_to_url?.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ answer: 'complete' }),
    redirect: 'manual',
  })
  expect(agreed.status).toBe(303)
  expect(await stripe.subscriptions.retrieve(waiting.id)).toMatchObject({ status: 'active' })
})

test('Where the account says so, the last failed retry leaves the subscription unpaid; a payment puts it right', async () => {
  const { sandbox, stripe, customer, price, until } = await billingScene()
  sandbox.billing.afterRetries('unpaid')
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const { id } = created
  const end = itemOf(created).current_period_end
  sandbox.banks.decline({ code: 'insufficient_funds', times: 4 })
  until(end + 3600 + 15 * 86_400)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'unpaid' })
  const owed = await latestInvoice(stripe, id)
  expect(await stripe.invoices.pay(owed.id)).toMatchObject({ status: 'paid' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
})

test('A customer who is deleted has no subscription any more, and time goes on', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const draft = await stripe.invoices.create({ customer, currency: 'usd', auto_advance: true })
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 100, currency: 'usd' })
  await stripe.customers.del(customer)
  until('2028-04-01T00:00:00Z')
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' })
})

test('A bank account pays days later: the subscription is active meanwhile, and past due where it fails', async () => {
  const { sandbox, stripe, customer, price, until } = await billingScene()
  const { id: account } = await stripe.paymentMethods.attach('pm_usBankAccount_success', { customer })
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000) }],
    default_payment_method: account,
  })
  expect(created.status).toBe('active')
  const invoice = await latestInvoice(stripe, created.id)
  expect(invoice.status).toBe('open')
  until(created.created + 4 * 86_400)
  const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data
  sandbox.banks.finish(String(payment?.payment.payment_intent), 'failed')
  expect(await stripe.subscriptions.retrieve(created.id)).toMatchObject({ status: 'past_due' })
})

test('Ten years of renewals are each paid once, in their order', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  until('2038-01-02T00:00:00Z')
  const invoices: Stripe.Invoice[] = []
  for await (const invoice of stripe.invoices.list({ subscription: id, limit: 100 })) invoices.push(invoice)
  expect(invoices).toHaveLength(121)
  expect(new Set(invoices.map(({ status }) => status))).toEqual(new Set(['paid']))
  const numbers = invoices.map(({ number }) => Number(number?.slice(-4)))
  expect(numbers.reverse()).toEqual(Array.from({ length: 121 }, (_, index) => index + 1))
  expect((await stripe.events.list({ type: 'invoice.upcoming', limit: 100 })).has_more).toBe(true)
})
