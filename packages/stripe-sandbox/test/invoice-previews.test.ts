import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { type BillingScene, billingScene, itemOf, latestInvoice } from './billing-scene.ts'
import { refusalOf } from './scene.ts'

const day = 86_400

type Mode = 'classic' | 'flexible'
type Begun = BillingScene & { readonly subscription: Stripe.Subscription; readonly item: Stripe.SubscriptionItem }

/** A subscription of 2 units at $30 a month, ten days old, of a customer in Germany. */
async function begun(type: Mode = 'flexible', enabled = false): Promise<Begun> {
  const scene = await billingScene()
  const { stripe, customer, price, until } = scene
  await stripe.customers.update(customer, { address: { country: 'DE', postal_code: '10115' } })
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: await price(3000), quantity: 2 }],
    billing_mode: { type },
    automatic_tax: { enabled },
  })
  const item = itemOf(subscription)
  until(item.current_period_start + 10 * day)
  return { ...scene, subscription, item }
}

const sums = ({ total, subtotal, amount_due, total_taxes, lines }: Stripe.Invoice) => ({
  total,
  subtotal,
  amount_due,
  tax: total_taxes?.map(({ amount }) => amount),
  lines: lines.data.map(({ amount, description }) => ({ amount, description })),
})

const changes: Record<string, (scene: Begun) => Promise<Stripe.SubscriptionUpdateParams.Item>> = {
  'to more units': async () => ({ quantity: 5 }),
  'to fewer units': async () => ({ quantity: 1 }),
  'to a dearer price': async ({ price }) => ({ price: await price(9000) }),
  'to a cheaper price': async ({ price }) => ({ price: await price(1000) }),
  'to a yearly price': async ({ price }) => ({ price: await price(30_000, { interval: 'year' }) }),
  'to nothing but itself': async () => ({}),
}

for (const mode of ['classic', 'flexible'] as const) {
  for (const isTaxed of [false, true]) {
    for (const proration_behavior of ['always_invoice', 'create_prorations', 'none'] as const) {
      test.each(Object.keys(changes))(
        `A preview of a change %s has the lines and sums of the invoice (${mode}, tax ${isTaxed}, ${proration_behavior})`,
        async (name) => {
          const scene = await begun(mode, isTaxed)
          const { stripe, subscription, item, until } = scene
          const items = [{ id: item.id, ...(await changes[name]?.(scene)) }]
          const preview = await stripe.invoices.createPreview({
            subscription: subscription.id,
            subscription_details: { items, proration_behavior },
          })
          const first = subscription.latest_invoice
          const at = preview.parent?.subscription_details?.subscription_proration_date
          const dated = at === undefined ? {} : { proration_date: at }
          const after = await stripe.subscriptions.update(subscription.id, { items, proration_behavior, ...dated })
          if (after.latest_invoice === first) until(item.current_period_end + 3600)
          const billed = await latestInvoice(stripe, subscription.id)
          expect(sums(preview)).toEqual(sums(billed))
          expect(preview.period_end === item.current_period_end).toBe(after.latest_invoice === first)
        },
      )
    }
  }
}

test('A preview stores nothing, tells nobody and counts as no invoice', async () => {
  const { stripe, customer, subscription, item, happened } = await begun()
  await happened()
  const unchanged = await stripe.subscriptions.retrieve(subscription.id)
  for (let i = 0; i < 25; i += 1) {
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items: [{ id: item.id, quantity: 7 }], proration_behavior: 'always_invoice' },
    })
    expect(preview).toMatchObject({ billing_reason: 'upcoming', status: 'draft', number: null })
    expect(preview.id).toMatch(/^upcoming_in_/)
  }
  expect(await happened()).toEqual([])
  expect(await stripe.subscriptions.retrieve(subscription.id)).toEqual(unchanged)
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
  expect((await stripe.invoiceItems.list({ customer })).data).toEqual([])
})

test('The first invoice of a new subscription is previewed, with a customer or without one', async () => {
  const { stripe, customer, price } = await billingScene()
  const details = { items: [{ price: await price(3000), quantity: 3 }] }
  const known = await stripe.invoices.createPreview({ customer, subscription_details: details })
  expect(known).toMatchObject({ customer, total: 9000, amount_due: 9000 })
  const nobody = await stripe.invoices.createPreview({ currency: 'usd', subscription_details: details })
  expect(nobody).toMatchObject({ customer: null, total: 9000 })
  expect((await stripe.customers.list()).data).toHaveLength(1)
  const euros = stripe.invoices.createPreview({ customer, currency: 'eur', subscription_details: details })
  expect(await refusalOf(euros)).toMatchObject({ statusCode: 400, param: 'currency' })
})

test('A recurring preview has a whole period alone, without prorations and balance', async () => {
  const { stripe, subscription, item } = await begun()
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id,
    preview_mode: 'recurring',
    subscription_details: { items: [{ id: item.id, quantity: 5 }] },
  })
  expect(preview).toMatchObject({ total: 15_000, lines: { data: [{ amount: 15_000 }] } })
})

test('A subscription that ends has no upcoming invoice', async () => {
  const { stripe, subscription } = await begun()
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  const refusal = await refusalOf(stripe.invoices.createPreview({ subscription: subscription.id }))
  expect(refusal).toMatchObject({ statusCode: 404, code: 'invoice_upcoming_none' })
})

test('Tax waits for an address', async () => {
  const { stripe, customer, price } = await billingScene()
  const preview = await stripe.invoices.createPreview({
    customer,
    automatic_tax: { enabled: true },
    subscription_details: { items: [{ price: await price(3000) }] },
  })
  expect(preview).toMatchObject({ automatic_tax: { status: 'requires_location_inputs' }, total: 3000 })
})
