import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { refusalOf } from './scene.ts'

/** The part of an amount for the rest of a period, to the cent. */
const share = (amount: number, { start, end }: { start: number; end: number }, whole: { start: number; end: number }) =>
  Math.round((amount * (end - start)) / (whole.end - whole.start))

test('A change of plan is prorated by seconds, and waits for the next invoice', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const [basic, pro] = [await price(2000), await price(5000)]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: basic }] })
  const { id } = created
  const item = itemOf(created)
  const whole = { start: item.current_period_start, end: item.current_period_end }
  until(whole.start + 10 * 86_400)
  const updated = await stripe.subscriptions.update(id, { items: [{ id: item.id, price: pro }] })
  expect(itemOf(updated)).toMatchObject({ id: item.id, price: { id: pro }, current_period_end: whole.end })

  const waiting = await stripe.invoiceItems.list({ customer, pending: true })
  const [remaining, unused] = waiting.data
  expect(remaining).toMatchObject({ proration: true, amount: share(5000, remaining?.period ?? whole, whole) })
  expect(unused).toMatchObject({ proration: true, amount: -share(2000, unused?.period ?? whole, whole) })
  expect(remaining?.amount).toBeGreaterThan(3350)
  expect(remaining?.amount).toBeLessThanOrEqual(3387)
  until(whole.end + 3600)
  expect(await latestInvoice(stripe, id)).toMatchObject({
    status: 'paid',
    total: 5000 + (remaining?.amount ?? 0) + (unused?.amount ?? 0),
  })
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([])
})

test('Add-on units are items: added at once with an invoice, changed without proration, taken off', async () => {
  const { stripe, customer, price, happened } = await billingScene()
  const [plan, unit] = [await price(2000), await price(700)]
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
  await happened()
  const added = await stripe.subscriptionItems.create({
    subscription: id,
    price: unit,
    quantity: 2,
    proration_behavior: 'always_invoice',
    payment_behavior: 'error_if_incomplete',
  })
  expect(added).toMatchObject({ quantity: 2, price: { id: unit }, subscription: id })
  const invoice = await latestInvoice(stripe, id)
  expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update' })
  expect(invoice.lines.data).toMatchObject([
    {
      parent: {
        type: 'subscription_item_details',
        subscription_item_details: { proration: true, subscription_item: added.id },
      },
    },
  ])
  expect(await happened('customer.subscription', 'invoice.paid', 'invoiceitem')).toEqual([
    'invoiceitem.created',
    'customer.subscription.updated',
    'invoice.paid',
  ])

  const { items } = await stripe.subscriptions.update(id, {
    items: [{ id: added.id, quantity: 5 }],
    proration_behavior: 'none',
  })
  expect(items.data.map(({ quantity }) => quantity)).toEqual([1, 5])
  expect(await stripe.subscriptionItems.del(added.id, { proration_behavior: 'none' })).toMatchObject({ deleted: true })
  expect(itemOf(await stripe.subscriptions.retrieve(id)).price.id).toBe(plan)
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([])
  const last = itemOf(await stripe.subscriptions.retrieve(id))
  expect(await refusalOf(stripe.subscriptionItems.del(last.id))).toMatchObject({ statusCode: 400 })
})

test('An upgrade that must be paid and is declined does not happen', async () => {
  const { sandbox, stripe, customer, price } = await billingScene()
  const [basic, pro] = [await price(2000), await price(9000)]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: basic }] })
  const { id } = created
  const items = [{ id: itemOf(created).id, price: pro }]
  sandbox.banks.decline({ code: 'generic_decline', times: 2 })
  const refused = stripe.subscriptions.update(id, {
    items,
    proration_behavior: 'always_invoice',
    payment_behavior: 'error_if_incomplete',
  })
  expect(await refusalOf(refused)).toMatchObject({ statusCode: 402, code: 'card_declined' })
  expect(itemOf(await stripe.subscriptions.retrieve(id)).price.id).toBe(basic)
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1)

  const pending = await stripe.subscriptions.update(id, {
    items,
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  expect(pending).toMatchObject({ status: 'active', pending_update: { subscription_items: [{ price: { id: pro } }] } })
  expect(itemOf(pending).price.id).toBe(basic)
  await stripe.invoices.pay((await latestInvoice(stripe, id)).id)
  const applied = await stripe.subscriptions.retrieve(id)
  expect(itemOf(applied).price.id).toBe(pro)
  expect(applied).toMatchObject({ status: 'active', pending_update: null })
})

test('An update that is pending and never paid expires after 23 hours', async () => {
  const { sandbox, stripe, customer, price, until, happened } = await billingScene()
  const [basic, pro] = [await price(2000), await price(9000)]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: basic }] })
  sandbox.banks.decline({ code: 'generic_decline' })
  const { pending_update } = await stripe.subscriptions.update(created.id, {
    items: [{ id: itemOf(created).id, price: pro }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  await happened()
  until(pending_update?.expires_at ?? 0)
  expect(await happened('customer.subscription.pending', 'invoice.voided')).toEqual([
    'customer.subscription.pending_update_expired',
    'invoice.voided',
  ])
  expect(itemOf(await stripe.subscriptions.retrieve(created.id)).price.id).toBe(basic)
})

test('Another interval begins a new cycle at once, with credit for what was unused', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const [monthly, yearly] = [await price(3000), await price(30_000, { interval: 'year' })]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] })
  const item = itemOf(created)
  const whole = { start: item.current_period_start, end: item.current_period_end }
  until(whole.start + 15 * 86_400)
  const updated = await stripe.subscriptions.update(created.id, { items: [{ id: item.id, price: yearly }] })
  const anchor = updated.billing_cycle_anchor
  expect(anchor).toBeGreaterThan(created.billing_cycle_anchor)
  expect(itemOf(updated)).toMatchObject({ current_period_start: anchor })
  expect(new Date(itemOf(updated).current_period_end * 1000).getUTCFullYear()).toBe(2029)
  const credit = share(3000, { start: anchor, end: whole.end }, whole)
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ status: 'paid', total: 30_000 - credit })
})

test('A downgrade invoiced at once leaves the customer credit, which the next invoice takes', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const [basic, pro] = [await price(1000), await price(4000)]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: pro }] })
  const item = itemOf(created)
  const end = item.current_period_end
  until(item.current_period_start + 86_400)
  await stripe.subscriptions.update(created.id, {
    items: [{ id: item.id, price: basic }],
    proration_behavior: 'always_invoice',
  })
  const settled = await latestInvoice(stripe, created.id)
  expect(settled).toMatchObject({ status: 'paid', amount_due: 0, amount_paid: 0, ending_balance: settled.total })
  expect(settled.total).toBeLessThan(-2800)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: settled.total })
  until(end + 3600)
  expect(await latestInvoice(stripe, created.id)).toMatchObject({
    status: 'paid',
    total: 1000,
    amount_due: 0,
    starting_balance: settled.total,
    ending_balance: settled.total + 1000,
  })
})

test('A subscription is canceled now, or at the end of its period', async () => {
  const { stripe, customer, price, until, happened } = await billingScene()
  const plan = await price(1000)
  const now = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
  const later = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
  await happened()
  expect(await stripe.subscriptions.cancel(now.id)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'cancellation_requested' },
  })
  expect(await happened('customer.subscription')).toEqual(['customer.subscription.deleted'])
  expect(await refusalOf(stripe.subscriptions.cancel(now.id))).toMatchObject({ statusCode: 400 })

  const end = itemOf(later).current_period_end
  const ending = await stripe.subscriptions.update(later.id, { cancel_at_period_end: true })
  expect(ending).toMatchObject({ status: 'active', cancel_at_period_end: true, cancel_at: end })
  expect(await stripe.subscriptions.update(later.id, { cancel_at_period_end: false })).toMatchObject({
    cancel_at: null,
  })
  await stripe.subscriptions.update(later.id, { cancel_at_period_end: true })
  const { data } = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })
  expect(data[0]?.data.previous_attributes).toMatchObject({ cancel_at_period_end: false, cancel_at: null })
  await happened()
  until(end)
  expect(await stripe.subscriptions.retrieve(later.id)).toMatchObject({ status: 'canceled', ended_at: end })
  expect(await happened('customer.subscription', 'invoice')).toEqual(['customer.subscription.deleted'])
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([])
})

test('Collection is paused and goes on; a subscription is paused and resumed', async () => {
  const { stripe, customer, price, until, happened } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000) }] })
  const { id } = created
  await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } })
  until(itemOf(created).current_period_end)
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'void', total: 1000 })
  const resumed = await stripe.subscriptions.update(id, { pause_collection: '' })
  expect(resumed).toMatchObject({ status: 'active', pause_collection: null })

  await happened()
  const paused = await stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } })
  expect(paused).toMatchObject({
    status: 'paused',
    status_details: { paused: { subscription: { type: 'pause_requested' } } },
  })
  until(itemOf(paused).current_period_end + 40 * 86_400)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' })
  const running = await stripe.subscriptions.resume(id)
  expect(running.status).toBe('active')
  expect(itemOf(running).current_period_start).toBe(running.billing_cycle_anchor)
  expect(await latestInvoice(stripe, id)).toMatchObject({ status: 'paid', amount_paid: 1000 })
  const types = await happened('customer.subscription')
  expect(types).toEqual([
    'customer.subscription.updated',
    'customer.subscription.paused',
    'customer.subscription.updated',
    'customer.subscription.updated',
    'customer.subscription.resumed',
  ])
})

test('A subscription can wait for an anchor, and pay only for the days until then', async () => {
  const { sandbox, stripe, customer, price } = await billingScene()
  const anchor = Math.floor(sandbox.clock.now() / 1000) + 10 * 86_400
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(3100) }],
    billing_cycle_anchor: anchor,
  })
  expect(itemOf(created).current_period_end).toBe(anchor)
  const whole = { start: anchor - 31 * 86_400, end: anchor }
  const stub = { start: itemOf(created).current_period_start, end: anchor }
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ total: share(3100, stub, whole) })
})

test('Canceled with proration and a last invoice, what is unused becomes the customer’s credit', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(3100) }] })
  until(itemOf(created).current_period_start + 86_400)
  const canceled = await stripe.subscriptions.cancel(created.id, { invoice_now: true, prorate: true })
  expect(canceled.status).toBe('canceled')
  const [invoice] = (await stripe.invoices.list({ subscription: created.id, limit: 1 })).data
  expect(invoice).toMatchObject({ status: 'paid', amount_due: 0, lines: { data: [{ amount: invoice?.total }] } })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: invoice?.total })
  expect(invoice?.total).toBeLessThanOrEqual(-2999)
})

test('A trial can be ended early or begun later, and the anchor set to now', async () => {
  const { stripe, customer, price } = await billingScene()
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(1000) }],
    trial_period_days: 30,
  })
  const paid = await stripe.subscriptions.update(created.id, { trial_end: 'now' })
  expect(paid.status).toBe('active')
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ status: 'paid', amount_paid: 1000 })
  const again = await stripe.subscriptions.update(created.id, {
    billing_cycle_anchor: { type: 'now' },
    proration_behavior: 'none',
  })
  expect(itemOf(again).current_period_start).toBe(again.billing_cycle_anchor)
  expect(await latestInvoice(stripe, created.id)).toMatchObject({ status: 'paid', total: 1000 })
  const later = again.billing_cycle_anchor + 5 * 86_400
  const trial = await stripe.subscriptions.update(created.id, { trial_end: later, proration_behavior: 'none' })
  expect(trial).toMatchObject({ status: 'trialing', trial_end: later, billing_cycle_anchor: later })
  expect(await refusalOf(stripe.subscriptions.update(created.id, { trial_end: 1 }))).toMatchObject({
    param: 'trial_end',
  })
})

test('What the API does not know or cannot do is refused', async () => {
  const { stripe, customer, price } = await billingScene()
  const plan = await price(1000)
  const refused = async (params: Stripe.SubscriptionCreateParams) => refusalOf(stripe.subscriptions.create(params))
  expect(await refused({ customer, items: [] })).toMatchObject({ statusCode: 400 })
  expect(await refused({ customer, items: [{ price: 'price_none' }] })).toMatchObject({ code: 'resource_missing' })
  expect(await refused({ customer, items: [{ price: plan }, { price: plan }] })).toMatchObject({ statusCode: 400 })
  expect(await refused({ customer, items: [{ price: plan }], days_until_due: 3 })).toMatchObject({
    param: 'days_until_due',
  })
  expect(await refused({ items: [{ price: plan }] })).toMatchObject({ code: 'parameter_missing', param: 'customer' })
  const { id: product } = await stripe.products.create({ name: 'Once' })
  const once = await stripe.prices.create({ product, currency: 'usd', unit_amount: 1 })
  expect(await refused({ customer, items: [{ price: once.id }] })).toMatchObject({ statusCode: 400 })
  const poor = await stripe.customers.create({})
  expect(await refused({ customer: poor.id, items: [{ price: plan }] })).toMatchObject({ code: 'resource_missing' })
  const sent = await stripe.subscriptions.create({
    customer: poor.id,
    items: [{ price_data: { product, currency: 'usd', unit_amount: 500, recurring: { interval: 'week' } } }],
    collection_method: 'send_invoice',
    days_until_due: 14,
  })
  expect(sent.status).toBe('active')
  expect(await latestInvoice(stripe, sent.id)).toMatchObject({ status: 'draft', due_date: sent.created + 14 * 86_400 })
})
