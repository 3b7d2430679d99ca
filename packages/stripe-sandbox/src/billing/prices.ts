import Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import {
  currency,
  emptyable,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  oneOf,
  paging,
  parameters,
  text,
} from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { createProduct, newProduct } from './products.ts'
import { idOf } from './reference.ts'

export const recurring = parameters({
  interval: oneOf(['day', 'week', 'month', 'year']),
  interval_count: integer(1, 1095).optional(),
})

export const taxBehavior = oneOf(['exclusive', 'inclusive', 'unspecified'])

/** A price made on the way, for one subscription. */
export const recurringPrice = parameters({
  currency,
  product: text(),
  recurring,
  unit_amount: integer(0),
  tax_behavior: taxBehavior.optional(),
})

const createParameters = parameters({
  active: flag.optional(),
  currency,
  lookup_key: text(200).optional(),
  metadata: metadata.optional(),
  nickname: text().optional(),
  product: text().optional(),
  product_data: newProduct.omit({ description: true, url: true }).optional(),
  recurring: recurring.optional(),
  tax_behavior: taxBehavior.optional(),
  transfer_lookup_key: flag.optional(),
  unit_amount: integer(0),
})
const updateParameters = parameters({
  active: flag.optional(),
  lookup_key: emptyable(text(200)).optional(),
  metadata: metadata.optional(),
  nickname: emptyable(text()).optional(),
  tax_behavior: taxBehavior.optional(),
  transfer_lookup_key: flag.optional(),
})
const maxLookupKeys = 10
const listParameters = parameters({
  ...paging,
  active: flag.optional(),
  currency: currency.optional(),
  lookup_keys: list(text()).optional(),
  product: text().optional(),
  recurring: parameters({
    interval: oneOf(['day', 'week', 'month', 'year']).optional(),
    usage_type: oneOf(['licensed', 'metered']).optional(),
  }).optional(),
  type: oneOf(['one_time', 'recurring']).optional(),
})

export const priceRoutes: readonly Route[] = [
  route('POST', '/v1/prices', createParameters, (work, { product, product_data, transfer_lookup_key, ...given }) => {
    if (product !== undefined && product_data !== undefined) {
      throw invalid('You may only specify one of these parameters: product, product_data.', { param: 'product' })
    }
    const id = product_data === undefined ? product : createProduct(work, product_data).id
    if (id === undefined) {
      throw invalid('Missing required param: product.', { code: 'parameter_missing', param: 'product' })
    }
    takeLookupKey(work, given.lookup_key, transfer_lookup_key ?? false)
    return createPrice(work, { ...given, product: id })
  }),
  route('GET', '/v1/prices', listParameters, (work, { lookup_keys, ...given }) => {
    if (lookup_keys !== undefined && lookup_keys.length > maxLookupKeys) {
      throw invalid(`You can specify up to ${maxLookupKeys} lookup_keys.`, { param: 'lookup_keys' })
    }
    const { active, currency, product, recurring: rhythm, type, ...page } = given
    return work.list('price', '/v1/prices', page, {
      active,
      currency,
      product,
      type,
      lookup_key: lookup_keys,
      'recurring.interval': rhythm?.interval,
      'recurring.usage_type': rhythm?.usage_type,
    })
  }),
  route('GET', '/v1/prices/:id', parameters({}), (work, _, id) => work.need('price', id)),
  route('POST', '/v1/prices/:id', updateParameters, (work, given, id) => {
    const { metadata: added, transfer_lookup_key, ...fields } = given
    const before = work.need('price', id)
    refuseUpdate(work, before, fields)
    if (fields.lookup_key !== before.lookup_key) takeLookupKey(work, fields.lookup_key, transfer_lookup_key ?? false)
    return keepPrice(work, before, { ...before, ...fields, metadata: mergeMetadata(before.metadata, added) })
  }),
]

function refuseUpdate(
  work: Work,
  { id, product, tax_behavior: behavior }: Stripe.Price,
  { active, tax_behavior: wanted }: { active?: boolean; tax_behavior?: string },
): void {
  if (wanted !== undefined && wanted !== behavior && behavior !== 'unspecified') {
    throw invalid('You cannot update `tax_behavior` once it is `exclusive` or `inclusive`.', { param: 'tax_behavior' })
  }
  if (active === false && work.need('product', idOf(product) ?? '').default_price === id) {
    throw invalid('This price cannot be archived because it is the default price of its product.', { param: 'active' })
  }
}

type NewPrice = Omit<ReturnType<typeof createParameters.parse>, 'product_data' | 'transfer_lookup_key'> & {
  readonly product: string
}

/** A new price of a product that there is. */
export function createPrice(work: Work, given: NewPrice): Stripe.Price {
  const { recurring } = given
  const price: Stripe.Price = {
    id: work.id('price'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: work.now,
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: mergeMetadata({}, given.metadata),
    nickname: given.nickname ?? null,
    product: work.need('product', given.product, 'product').id,
    recurring: recurring === undefined ? null : recurrence(recurring),
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: given.unit_amount,
    unit_amount_decimal: Stripe.Decimal.from(given.unit_amount),
  }
  work.objects.put('price', price)
  work.emit('price.created', price)
  return price
}

/** The price that a parameter names; throws where it is archived. */
export function activePrice(work: Work, id: string, param: string): Stripe.Price {
  const found = work.need('price', id, param)
  if (!found.active)
    throw invalid('The price specified is inactive. This field only accepts active prices.', { param: 'price' })
  return found
}

/** A price that is described for one line. It can't be used again. */
export const priceOfLine = (work: Work, given: NewPrice): Stripe.Price => createPrice(work, { ...given, active: false })

/** The price of a subscription's item: one that there is, active and recurring, or a new one. Throws for any other. */
export function recurringPriceOf(
  work: Work,
  { price, price_data }: { price?: string; price_data?: ReturnType<typeof recurringPrice.parse> },
): Stripe.Price | undefined {
  if (price_data !== undefined) return createPrice(work, { ...price_data, active: true })
  if (price === undefined) return undefined
  const found = activePrice(work, price, 'items[0][price]')
  if (found.recurring === null) {
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param: 'price' },
    )
  }
  return found
}

type Recurrence = ReturnType<typeof recurring.parse>

const recurrence = ({ interval, interval_count }: Recurrence): Stripe.Price.Recurring => ({
  interval,
  interval_count: interval_count ?? 1,
  meter: null,
  trial_period_days: null,
  usage_type: 'licensed',
})

function takeLookupKey(work: Work, key: string | null | undefined, transfer: boolean): void {
  if (typeof key !== 'string') return
  const [holder] = work.objects.all('price', { lookup_key: key })
  if (holder === undefined) return
  if (!transfer) {
    throw invalid(
      `A price (\`${holder.id}\`) already uses that lookup key. Pass \`transfer_lookup_key=true\` to transfer it.`,
      { param: 'lookup_key' },
    )
  }
  keepPrice(work, holder, { ...holder, lookup_key: null })
}

function keepPrice(work: Work, before: Stripe.Price, price: Stripe.Price): Stripe.Price {
  work.objects.put('price', price)
  work.emit('price.updated', price, changed(before, price))
  return price
}
