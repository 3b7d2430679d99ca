import { expect, test } from 'vitest'
import { billingScene, itemOf, latestInvoice } from './billing-scene.ts'

test('An invoice shows its first ten lines, prorations first, so that after five changes the plan’s own is not among them', async () => {
  const { stripe, customer, price, until } = await billingScene()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(2000), quantity: 1 }] })
  const { id, current_period_start: start, current_period_end: end } = itemOf(created)
  for (const quantity of [2, 3, 4, 5, 6]) {
    until(start + quantity * 86_400)
    await stripe.subscriptions.update(created.id, { items: [{ id, quantity }] })
  }
  until(end + 10)
  const invoice = await latestInvoice(stripe, created.id)
  expect(invoice.lines).toMatchObject({ has_more: true })
  const isProration = (line: (typeof invoice.lines.data)[number]) =>
    line.parent?.subscription_item_details?.proration ?? false
  expect(invoice.lines.data.map(isProration)).toEqual(Array.from({ length: 10 }, () => true))
  const [event] = (await stripe.events.list({ type: 'invoice.created', limit: 1 })).data
  expect(event?.data.object).toMatchObject({ id: invoice.id, lines: { has_more: true } })

  const pages = [await stripe.invoices.listLineItems(invoice.id)]
  expect(pages[0]).toMatchObject({ has_more: true, data: { length: 10 } })
  const after = pages[0]?.data.at(-1)?.id
  const rest = await stripe.invoices.listLineItems(invoice.id, { starting_after: after })
  expect(rest.data).toMatchObject([{ amount: 12_000, quantity: 6 }])
  const back = await stripe.invoices.listLineItems(invoice.id, { ending_before: rest.data[0]?.id, limit: 3 })
  expect(back).toMatchObject({ has_more: true, data: { length: 3 } })
  const all: string[] = []
  for await (const line of stripe.invoices.listLineItems(invoice.id, { limit: 4 })) all.push(line.id)
  expect(new Set(all).size).toBe(11)
  expect((await stripe.invoices.listLineItems(invoice.id, { limit: 100 })).data).toHaveLength(11)
})

test('The lines of a subscription’s items come latest first', async () => {
  const { stripe, customer, price } = await billingScene()
  const created = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(2000) }, { price: await price(700) }],
  })
  expect((await latestInvoice(stripe, created.id)).lines.data.map(({ amount }) => amount)).toEqual([700, 2000])
})

test('An invoice of a subscription with nothing pending is a draft of 0', async () => {
  const { stripe, customer, price } = await billingScene()
  const { id: subscription } = await stripe.subscriptions.create({ customer, items: [{ price: await price(2000) }] })
  const draft = await stripe.invoices.create({ customer, subscription })
  expect(draft).toMatchObject({ status: 'draft', total: 0, lines: { data: [] } })
  expect(draft.parent?.subscription_details).toMatchObject({ subscription })
})

test('The invoice that a payment pays is found by the payment intent', async () => {
  const { stripe, customer, price } = await billingScene()
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: await price(2000) }] })
  const invoice = await latestInvoice(stripe, id)
  const [intent] = (await stripe.paymentIntents.list({ customer })).data
  const payment = { type: 'payment_intent', payment_intent: intent?.id ?? '' } as const
  const { data } = await stripe.invoicePayments.list({ payment, expand: ['data.invoice'] })
  expect(data).toMatchObject([{ status: 'paid', amount_paid: 2000, invoice: { id: invoice.id } }])
})

test('A subscription shows its first ten items, and lists the others', async () => {
  const { stripe, customer, price } = await billingScene()
  const items = []
  for (let index = 1; index <= 12; index++) items.push({ price: await price(100 * index) })
  const created = await stripe.subscriptions.create({ customer, items })
  expect(created.items).toMatchObject({ has_more: true, data: { length: 10 } })
  const all = await stripe.subscriptionItems.list({ subscription: created.id, limit: 100 })
  expect(all).toMatchObject({ has_more: false, data: { length: 12 } })
})
