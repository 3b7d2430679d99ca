import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { openScene, refusalOf } from './scene.ts'

const page = { mode: 'payment', success_url: 'https://example.com' } as const

async function priced(given: Partial<Stripe.PriceCreateParams> = {}) {
  const scene = await openScene()
  const { stripe } = scene
  const { id: product } = await stripe.products.create({ id: 'pack', name: 'Pack' })
  const terms = { product, currency: 'usd', unit_amount: 500 }
  const price = await stripe.prices.create({ ...terms, lookup_key: 'pack:usd', ...given })
  return { stripe, terms, product, price }
}

test('A lookup key has one price, archived or not, until it is transferred', async () => {
  const { stripe, terms, price } = await priced()
  await stripe.prices.update(price.id, { active: false })
  const again = () => stripe.prices.create({ ...terms, lookup_key: 'pack:usd' })
  expect(await refusalOf(again())).toMatchObject({ statusCode: 400, param: 'lookup_key' })
  const found = async (active?: boolean) =>
    (await stripe.prices.list({ lookup_keys: ['pack:usd', 'none'], active })).data.map(({ id }) => id)
  expect([await found(), await found(true), await found(false)]).toEqual([[price.id], [], [price.id]])
  const other = await stripe.prices.create({ ...terms, lookup_key: 'pack:usd', transfer_lookup_key: true })
  expect(await found()).toEqual([other.id])
  expect(await stripe.prices.retrieve(price.id)).toMatchObject({ lookup_key: null, active: false })
})

test('A list takes up to 10 lookup keys', async () => {
  const { stripe } = await priced()
  const keys = Array.from({ length: 11 }, (_, at) => `key ${at}`)
  expect((await stripe.prices.list({ lookup_keys: keys.slice(1) })).data).toEqual([])
  expect(await refusalOf(stripe.prices.list({ lookup_keys: keys }))).toMatchObject({ param: 'lookup_keys' })
})

test('The tax behavior of a price is set once', async () => {
  const { stripe, price } = await priced()
  expect(await stripe.prices.update(price.id, { tax_behavior: 'exclusive' })).toMatchObject({
    tax_behavior: 'exclusive',
  })
  const change = stripe.prices.update(price.id, { tax_behavior: 'inclusive' })
  expect(await refusalOf(change)).toMatchObject({ statusCode: 400, param: 'tax_behavior' })
})

test('The default price of a product can not be archived', async () => {
  const { stripe, product, price } = await priced()
  await stripe.products.update(product, { default_price: price.id })
  expect(await refusalOf(stripe.prices.update(price.id, { active: false }))).toMatchObject({
    message: expect.stringContaining('default price'),
  })
})

test('Archived prices, and prices of archived products, are not sold', async () => {
  const { stripe, product, price, terms } = await priced()
  const open = (line: Stripe.Checkout.SessionCreateParams.LineItem) =>
    stripe.checkout.sessions.create({ ...page, line_items: [{ quantity: 1, ...line }] })
  expect(await open({ price: price.id })).toMatchObject({ amount_total: 500 })
  await stripe.prices.update(price.id, { active: false })
  expect(await refusalOf(open({ price: price.id }))).toMatchObject({ message: expect.stringContaining('inactive') })
  const { id: customer } = await stripe.customers.create()
  const item = stripe.invoiceItems.create({ customer, pricing: { price: price.id } })
  expect(await refusalOf(item)).toMatchObject({ message: expect.stringContaining('inactive') })
  const other = await stripe.prices.create(terms)
  await stripe.products.update(product, { active: false })
  for (const line of [{ price: other.id }, { price_data: { ...terms } }]) {
    expect(await refusalOf(open(line))).toMatchObject({ message: expect.stringContaining('product is not active') })
  }
})

test('A line that describes its price of a product has one that is not sold again', async () => {
  const { stripe, product, terms } = await priced()
  const { id } = await stripe.checkout.sessions.create({ ...page, line_items: [{ quantity: 1, price_data: terms }] })
  const { line_items } = await stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] })
  expect(line_items?.data).toMatchObject([{ description: 'Pack', price: { product, active: false } }])
  const { id: customer } = await stripe.customers.create()
  const item = await stripe.invoiceItems.create({ customer, price_data: { ...terms, unit_amount: 700 }, quantity: 2 })
  expect(item).toMatchObject({ amount: 1_400, pricing: { price_details: { product } } })
  const both = stripe.invoiceItems.create({ customer, currency: 'usd', amount: 1, price_data: terms })
  expect(await refusalOf(both)).toMatchObject({ statusCode: 400 })
})
