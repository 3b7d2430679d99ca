import { hash } from 'node:crypto'
import { Stripe } from 'stripe'
import type { WholeCatalog } from '../catalog/catalog.ts'
import { type PushChange, planPush } from './push-plan.ts'
import { pushedMark, readPushed } from './pushed-catalog.ts'
import { type SoldProduct, soldProducts } from './sold-products.ts'
import { laterKey, step } from './step.ts'
import { faultOf } from './stripe-faults.ts'

/** A push did not reach its end. The message says why, and what to do. */
export class PushFailed extends Error {
  override readonly name = 'PushFailed'
}

/** A push that finds the changes of another one in its way begins anew so often. */
const maxRounds = 3

type Create = Extract<PushChange, { kind: 'create-price' }>

/**
 * Brings the Products and Prices at Stripe to what the catalog sells, and passes each change to `tell` before it is made.
 * It ends once Stripe has nothing else than the catalog: so it goes on where an earlier push stopped, and beside another
 * push of the same catalog. Returns the number of changes.
 *
 * @throws {PushFailed}
 */
export async function pushCatalog(
  stripe: Stripe,
  whole: WholeCatalog,
  tell: (change: PushChange) => void,
): Promise<number> {
  const sold = soldProducts(whole)
  let made = 0
  for (let round = 1; round <= maxRounds; round += 1) {
    const changes = planPush(sold, await reading(() => readPushed(stripe, sold)))
    if (changes.length === 0) return made
    for (const change of changes) {
      tell(change)
      await carryingOut(change, () => carryOut(stripe, change))
      made += 1
    }
  }
  throw new PushFailed('Another push changes the same account. Wait until it ends, then push again.')
}

/** The changes that a push would make now. @throws {PushFailed} */
export async function previewPush(stripe: Stripe, whole: WholeCatalog): Promise<PushChange[]> {
  const sold = soldProducts(whole)
  return planPush(sold, await reading(() => readPushed(stripe, sold)))
}

/**
 * Makes one change. A product has an id of ours, and updates say the whole new state, so that both may be repeated. A
 * price is made once under a key that follows from it and from the price before it.
 */
export async function carryOut(stripe: Stripe, change: PushChange): Promise<void> {
  switch (change.kind) {
    case 'create-product':
      return createProduct(stripe, change.product)
    case 'update-product':
      await stripe.products.update(change.product.id, { ...settingsOf(change.product), active: true })
      return
    case 'create-price':
      return createPrice(stripe, change)
    case 'archive-price':
      await stripe.prices.update(change.price.id, { active: false })
      return
    case 'archive-product':
      await stripe.products.update(change.product.id, { active: false })
  }
}

async function createProduct(stripe: Stripe, product: SoldProduct): Promise<void> {
  try {
    await stripe.products.create({ id: product.id, ...settingsOf(product) })
  } catch (error) {
    // Another push was faster.
    const { StripeInvalidRequestError } = Stripe.errors
    if (!(error instanceof StripeInvalidRequestError) || error.code !== 'resource_already_exists') throw error
  }
}

async function createPrice(stripe: Stripe, { product, price, former }: Create): Promise<void> {
  const { amount, currency, taxBehavior, interval, lookupKey } = price
  const terms: Stripe.PriceCreateParams = {
    product: product.id,
    currency,
    unit_amount: amount,
    tax_behavior: taxBehavior,
    lookup_key: lookupKey,
    transfer_lookup_key: true,
    metadata: metadataOf(product),
    ...(interval === null ? {} : { recurring: { interval } }),
  }
  const key = `push:${hash('sha256', JSON.stringify([terms, former]), 'hex').slice(0, 32)}`
  const changed = async () => {
    const { data } = await stripe.prices.list({ lookup_keys: [lookupKey], limit: 1 })
    return data[0] !== undefined && data[0].id !== former ? data[0] : null
  }
  await step(key, (options) => stripe.prices.create(terms, options), changed, laterKey())
}

const settingsOf = (product: SoldProduct) => ({
  name: product.name,
  metadata: metadataOf(product),
  ...(product.taxCode === null ? {} : { tax_code: product.taxCode }),
})

/** Subscriptions name the plan of their units by it. */
const metadataOf = ({ addOn }: SoldProduct): Record<string, string> =>
  addOn === null ? pushedMark : { ...pushedMark, add_on: addOn }

const reading = <T>(call: () => Promise<T>): Promise<T> => explained('Reading the products and prices', call)
const carryingOut = <T>({ kind }: PushChange, call: () => Promise<T>): Promise<T> =>
  explained(`The change '${kind}'`, call)

async function explained<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    // Throws any error that is not Stripe's.
    const { kind } = faultOf(error)
    throw new PushFailed(`${what} failed: ${error instanceof Error ? error.message : error} ${wayOn(error, kind)}`, {
      cause: error,
    })
  }
}

function wayOn(error: unknown, kind: ReturnType<typeof faultOf>['kind']): string {
  const { StripeAuthenticationError, StripePermissionError } = Stripe.errors
  if (error instanceof StripeAuthenticationError)
    return 'Set STRIPE_SECRET_KEY to a key of this account, then push again.'
  if (error instanceof StripePermissionError) {
    return 'Give the key of STRIPE_SECRET_KEY write access to products and prices, then push again.'
  }
  return kind === 'refused' || kind === 'declined'
    ? 'Correct it in Stripe, then push again.'
    : 'Push again: a push goes on where the last one stopped.'
}
