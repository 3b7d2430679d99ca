import { askCheckout } from '../../../payments/checkout.ts'
import { carryOut } from '../../../payments/push-catalog.ts'
import { planPush } from '../../../payments/push-plan.ts'
import { readPushed } from '../../../payments/pushed-catalog.ts'
import { createPushedPrices } from '../../../payments/pushed-prices.ts'
import { packageKey, packageProduct, type SoldProduct } from '../../../payments/sold-products.ts'
import { metadataOf } from '../../../payments/stripe-metadata.ts'
import type { Check } from '../check.ts'
import { examplePages, examplePurchase } from '../example-purchase.ts'
import type { Step } from '../step.ts'

/** A package of this run: an account may have the products of a real push, which stay as they are. */
function soldAt(check: Check, amount: number, packageId = `stripe-check-${check.run}`): SoldProduct {
  const terms = { amount, currency: 'usd', taxBehavior: 'unspecified', interval: null } as const
  const prices = [{ ...terms, lookupKey: packageKey(packageId, 'usd') }]
  return { id: packageProduct(packageId), name: examplePages.title, taxCode: null, addOn: null, prices }
}

/** Pushes these products alone. Returns the kinds of the changes. */
async function pushed(check: Check, ...sold: SoldProduct[]): Promise<string[]> {
  const { products, holders } = await readPushed(check.stripe, sold)
  const own = products.filter(({ id }) => sold.some((product) => product.id === id))
  const changes = planPush(sold, { products: own, holders })
  for (const change of changes) await carryOut(check.stripe, change)
  for (const { id } of sold) check.made(id, () => check.stripe.products.update(id, { active: false }))
  return changes.map(({ kind }) => kind)
}

const withKey = async ({ stripe }: Check, key: string) => (await stripe.prices.list({ lookup_keys: [key] })).data

export const productSteps: readonly Step[] = [
  {
    name: "a catalog's package is pushed, again, and at another price",
    fact: 'A lookup key has one price: a new one takes it over, and the former one can be archived',
    async run(check) {
      const first = await pushed(check, soldAt(check, 500))
      const again = await pushed(check, soldAt(check, 500))
      const dearer = await pushed(check, soldAt(check, 600))
      const found = await withKey(check, packageKey(`stripe-check-${check.run}`, 'usd'))
      const back = await pushed(check, soldAt(check, 500))
      return {
        expected: {
          first: ['create-product', 'create-price'],
          again: [],
          dearer: ['create-price', 'archive-price'],
          found: [[600, true]],
          back: ['create-price', 'archive-price'],
        },
        came: {
          first,
          again,
          dearer,
          found: found.map(({ unit_amount: amount, active }) => [amount, active]),
          back,
        },
      }
    },
  },
  {
    name: 'a lookup key that is taken',
    fact: 'Stripe refuses a second price with a lookup key, also where the first one is archived',
    async run(check) {
      const sold = soldAt(check, 500, `stripe-check-${check.run}-taken`)
      await pushed(check, sold)
      const lookup_key = sold.prices[0]?.lookupKey ?? ''
      const [price] = await withKey(check, lookup_key)
      await check.stripe.prices.update(price?.id ?? '', { active: false })
      const other = { product: sold.id, currency: 'usd', unit_amount: 700, lookup_key }
      const { statusCode, param } = await check.refusal(check.stripe.prices.create(other))
      const readIn = async (active: boolean) =>
        (await check.stripe.prices.list({ lookup_keys: [lookup_key], active })).data.length
      return {
        expected: [400, 'lookup_key', 0, 1],
        came: [statusCode, param, await readIn(true), await readIn(false)],
      }
    },
  },
  {
    name: 'Checkout sells the pushed price, and goes on without it once it is archived',
    fact: 'A page takes an active price of an active product, and refuses an archived one',
    async run(check) {
      const packageId = `stripe-check-${check.run}-page`
      const sold = soldAt(check, 500, packageId)
      await pushed(check, sold)
      const { id: customer } = await check.customer(null)
      const prices = createPushedPrices(check.stripe, check.log)
      const { title, comeBack, threeDSecure } = examplePages
      const page = async (number: number) => {
        const purchase = examplePurchase(check, number, { customer, pay: 'CHECKOUT', packageId })
        const urls = { successUrl: comeBack, cancelUrl: comeBack, methods: check.catalog.paymentMethods }
        const asked = {
          purchase,
          title,
          metadata: metadataOf(purchase),
          threeDSecure,
          since: 0,
          tax: null,
          takesCodes: false,
          pushed: prices,
        }
        const { session } = await askCheckout(check.stripe, { ...asked, ...urls }, check.log)
        const expand = ['line_items.data.price']
        const { line_items, amount_total } = await check.stripe.checkout.sessions.retrieve(session ?? '', { expand })
        await check.stripe.checkout.sessions.expire(session ?? '')
        const { description, price } = line_items?.data[0] ?? {}
        return { amount_total, description, isPushed: price?.lookup_key === sold.prices[0]?.lookupKey }
      }
      const with_ = await page(50)
      const [price] = await withKey(check, sold.prices[0]?.lookupKey ?? '')
      await check.stripe.prices.update(price?.id ?? '', { active: false })
      const without = await page(51)
      const told = { amount_total: 500, description: title }
      return {
        expected: { with: { ...told, isPushed: true }, without: { ...told, isPushed: false } },
        came: { with: with_, without },
      }
    },
  },
  {
    name: 'a line of an invoice at the pushed price, and at another price of its product',
    fact: 'The line names the Product, so that reports of Stripe count it there',
    async run(check) {
      const sold = soldAt(check, 500, `stripe-check-${check.run}-line`)
      await pushed(check, sold)
      const { id: customer } = await check.customer(null)
      const { id: invoice } = await check.stripe.invoices.create({ customer, currency: 'usd', auto_advance: false })
      const [price] = await withKey(check, sold.prices[0]?.lookupKey ?? '')
      const item = { customer, invoice, description: 'Stripe check' }
      const other = { currency: 'usd', product: sold.id, unit_amount: 700 }
      await check.stripe.invoiceItems.create({ ...item, pricing: { price: price?.id } })
      await check.stripe.invoiceItems.create({ ...item, price_data: other })
      const { lines, subtotal } = await check.stripe.invoices.retrieve(invoice)
      await check.stripe.invoices.del(invoice)
      return {
        expected: { subtotal: 1_200, products: [sold.id, sold.id] },
        came: { subtotal, products: lines.data.map(({ pricing }) => pricing?.price_details?.product) },
      }
    },
  },
  {
    name: 'the Product of amounts of one’s own',
    fact: 'A page may describe a price of a Product, and says in a text of its own how many credits are bought',
    async run(check) {
      const sold = { ...soldAt(check, 500, `stripe-check-${check.run}-custom`), prices: [] }
      await pushed(check, sold)
      const read = await check.stripe.products.retrieve(sold.id)
      const { id: customer } = await check.customer(null)
      const page = await check.stripe.checkout.sessions.create({
        mode: 'payment',
        customer,
        line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 900, product: read.id } }],
        custom_text: { submit: { message: '1,200 credits' } },
        success_url: examplePages.comeBack,
      })
      await check.stripe.checkout.sessions.expire(page.id)
      return { expected: [900, '1,200 credits'], came: [page.amount_total, page.custom_text.submit?.message] }
    },
  },
]
