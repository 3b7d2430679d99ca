import type Stripe from 'stripe'
import { invalid } from '../api/failure.ts'
import { newId } from '../api/ids.ts'
import type { Work } from '../api/work.ts'
import { productName } from '../billing/lines.ts'
import { activePrice, createPrice, priceOfLine } from '../billing/prices.ts'
import { createProduct } from '../billing/products.ts'
import { idOf } from '../billing/reference.ts'
import { behaviorOf, type TaxBehavior } from '../tax/rates.ts'
import type { NewSession } from './parameters.ts'

type Line = NonNullable<NewSession['line_items']>[number]

type Mode = NewSession['mode']

/** The line of a session, without tax. */
export function lineOf(work: Work, mode: Mode, line: Line): Stripe.LineItem {
  const price = priceOf(work, mode, line)
  const unit = price?.unit_amount ?? line.price_data?.unit_amount ?? 0
  const amount = unit * line.quantity
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price?.currency ?? line.price_data?.currency ?? 'usd',
    description: price === null ? (line.price_data?.product_data?.name ?? null) : productName(work, price),
    metadata: {},
    price,
    quantity: line.quantity,
  }
}

/** The price that the line names or describes; null: it describes a product for this one payment, too. */
function priceOf(work: Work, mode: Mode, { price, price_data: data }: Line): Stripe.Price | null {
  if ((price === undefined) === (data === undefined)) {
    throw invalid('You must pass exactly one of these parameters: price, price_data.', { param: 'line_items' })
  }
  if ((data?.product === undefined) === (data?.product_data === undefined) && data !== undefined) {
    throw invalid('You must pass exactly one of these parameters: product, product_data.', { param: 'line_items' })
  }
  const found = price === undefined ? describedPrice(work, mode, data) : activePrice(work, price, 'line_items')
  if (found !== null) refuseArchived(work, found)
  const recurs = found?.recurring !== null && found?.recurring !== undefined
  if (recurs !== (mode === 'subscription')) {
    throw invalid(
      recurs
        ? 'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.'
        : 'You must provide a recurring price in `subscription` mode.',
      { param: 'line_items' },
    )
  }
  return found
}

function describedPrice(work: Work, mode: Mode, data: Line['price_data']): Stripe.Price | null {
  if (data === undefined) return null
  const { product, product_data, ...terms } = data
  if (mode === 'payment') return product === undefined ? null : priceOfLine(work, { ...terms, product })
  const made = product ?? (product_data === undefined ? '' : createProduct(work, product_data).id)
  return createPrice(work, { ...terms, product: made })
}

function refuseArchived(work: Work, { id, product }: Stripe.Price): void {
  if (work.need('product', idOf(product) ?? '').active) return
  const message = `The price \`${id}\` is not available to be purchased because its product is not active.`
  throw invalid(message, { param: 'line_items' })
}

/** Whether the amounts of the session's lines include tax. */
export const behaviorsOf = (lines: readonly Stripe.LineItem[], given: readonly Line[]): TaxBehavior[] =>
  lines.map(({ price }, place) => behaviorOf(price?.tax_behavior ?? given[place]?.price_data?.tax_behavior))
