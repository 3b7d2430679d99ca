import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { address, emptyable, flag, list, mergeMetadata, metadata, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'

const settings = {
  active: flag.optional(),
  description: emptyable(text(40_000)).optional(),
  metadata: metadata.optional(),
  tax_code: emptyable(text()).optional(),
  unit_label: emptyable(text(12)).optional(),
  url: emptyable(address).optional(),
}

export const newProduct = parameters({ ...settings, id: text(255).optional(), name: text(250) })
const updateParameters = parameters({
  ...settings,
  name: text(250).optional(),
  default_price: emptyable(text()).optional(),
})
const listParameters = parameters({ ...paging, active: flag.optional(), ids: list(text()).optional() })

export const productRoutes: readonly Route[] = [
  route('POST', '/v1/products', newProduct, createProduct),
  route('GET', '/v1/products', listParameters, (work, { active, ids, ...page }) =>
    work.list('product', '/v1/products', page, { active, id: ids }),
  ),
  route('GET', '/v1/products/:id', parameters({}), (work, _, id) => work.need('product', id)),
  route('POST', '/v1/products/:id', updateParameters, (work, { metadata: added, ...given }, id) => {
    const before = work.need('product', id)
    if (typeof given.default_price === 'string') work.need('price', given.default_price, 'default_price')
    const product = { ...before, ...given, metadata: mergeMetadata(before.metadata, added), updated: work.now }
    work.objects.put('product', product)
    work.emit('product.updated', product, changed(before, product))
    return product
  }),
]

/** A new product; throws where its id is taken. */
export function createProduct(work: Work, given: ReturnType<typeof newProduct.parse>): Stripe.Product {
  const id = given.id ?? work.id('product')
  if (work.objects.find(id) !== undefined) {
    throw invalid('Product already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const product: Stripe.Product = {
    id,
    object: 'product',
    active: given.active ?? true,
    created: work.now,
    default_price: null,
    description: given.description ?? null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata({}, given.metadata),
    name: given.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: given.tax_code ?? null,
    tax_details: null,
    type: 'service',
    unit_label: given.unit_label ?? null,
    updated: work.now,
    url: given.url ?? null,
  }
  work.objects.put('product', product)
  work.emit('product.created', product)
  return product
}
