import { hash } from 'node:crypto'
import { Stripe } from 'stripe'
import type { AddOn, Plan } from '../catalog/catalog.ts'
import type { TaxTerms } from '../domain/tax.ts'
import { toMinorUnits } from './minor-units.ts'
import { isPrice } from './push-plan.ts'
import { priceFacts, productFacts } from './pushed-catalog.ts'
import { type PriceTerms, priceTerms, type UnitInterval, unitsKey, unitsTitle } from './sold-products.ts'

/** `interval` null: the price of a unit that is paid once. `tax` null: nothing is said of a tax. */
export type UnitTerms = { readonly interval: UnitInterval | null; readonly tax: TaxTerms | null }

/**
 * The price at Stripe of a plan's add-on as the catalog has it: the pushed one, or one of its own, which is created if
 * there is none. The lookup key of that one follows from all that makes it this price, so that two processes that create it
 * at once create one.
 */
export async function priceOf(
  stripe: Stripe,
  { id: planId, name }: Plan,
  { credits, price }: AddOn,
  { interval, tax }: UnitTerms,
): Promise<string> {
  const taxed = tax === null ? [] : [tax.behavior, tax.code]
  const text = [planId, credits, price.amount, price.currency, interval ?? 'once', ...taxed].join(' ')
  const lookupKey = `credits-add-on-${hash('sha256', text, 'hex').slice(0, 32)}`
  const found = await findUnitPrice(stripe, lookupKey, {
    ...priceTerms(price, tax, interval),
    planId,
    taxCode: tax?.code ?? null,
  })
  if (found !== null) return found
  const metadata = { add_on: planId }
  const product = `credits-add-on-${hash('sha256', [planId, ...taxed].join(' '), 'hex').slice(0, 32)}`
  const named = { id: product, name: unitsTitle(name), metadata }
  await unlessThere(() => stripe.products.create(tax === null ? named : { ...named, tax_code: tax.code }))
  const currency = price.currency.toLowerCase()
  const terms = { product, currency, unit_amount: toMinorUnits(price), lookup_key: lookupKey, metadata }
  const behaving = tax === null ? terms : { ...terms, tax_behavior: tax.behavior }
  const created = interval === null ? behaving : { ...behaving, recurring: { interval } }
  await unlessThere(() => stripe.prices.create(created))
  const other = await find(stripe, lookupKey)
  if (other !== null) return other
  // Somebody has archived the price that has the key.
  return (await stripe.prices.create({ ...created, transfer_lookup_key: true })).id
}

type Wanted = PriceTerms & { readonly planId: string; readonly taxCode: string | null }

/** The pushed price if it agrees in all that it says, else the price of this lookup key. */
async function findUnitPrice({ prices }: Stripe, lookupKey: string, wanted: Wanted): Promise<string | null> {
  const { planId, taxCode, ...terms } = wanted
  const pushedKey = unitsKey(planId, terms.interval, terms.currency)
  const { data } = await prices.list({
    lookup_keys: [pushedKey, lookupKey],
    active: true,
    limit: 2,
    expand: ['data.product'],
  })
  const pushed = data.find(
    (found) =>
      isPrice(priceFacts(found), { ...terms, lookupKey: pushedKey }) &&
      found.metadata.add_on === planId &&
      isSoldWith(found.product, taxCode),
  )
  return (pushed ?? data.find(({ lookup_key: key }) => key === lookupKey))?.id ?? null
}

const isSoldWith = (product: Stripe.Price['product'], taxCode: string | null): boolean =>
  typeof product === 'object' &&
  !product.deleted &&
  product.active &&
  (taxCode === null || productFacts(product).taxCode === taxCode)

async function find({ prices }: Stripe, lookupKey: string): Promise<string | null> {
  const { data } = await prices.list({ lookup_keys: [lookupKey], active: true, limit: 1 })
  return data[0]?.id ?? null
}

/** Another process may have made the price a moment ago, which is as good. */
async function unlessThere(make: () => Promise<unknown>): Promise<void> {
  try {
    await make()
  } catch (error) {
    const isTaken = error instanceof Stripe.errors.StripeInvalidRequestError && isThere(error)
    if (!isTaken) throw error
  }
}

const isThere = ({ code, param }: InstanceType<typeof Stripe.errors.StripeInvalidRequestError>): boolean =>
  code === 'resource_already_exists' || param === 'lookup_key'
