import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { keepNewest } from '../concurrency/bounded-map.ts'
import { sharing } from '../concurrency/sharing.ts'
import type { TaxTerms } from '../domain/tax.ts'
import type { Purchase } from './purchase.ts'
import { isNamed, isPrice, type PushedPrice, type PushedProduct } from './push-plan.ts'
import { priceFacts, productFacts } from './pushed-catalog.ts'
import { customProduct, packageKey, packageProduct, priceTerms } from './sold-products.ts'
import { faultOf, isMissing } from './stripe-faults.ts'

/**
 * How a line at Stripe names what a purchase buys. `price`: a Price that agrees with it in all that it says; null: the
 * line has the amount of its own. `product`: its Product; null: the line describes one.
 */
export type PushedLine = { readonly product: string; readonly price: string | null } | null

type Sold = Pick<Purchase, 'packageId' | 'price'>

/** Reads what `catalog -- push` made. */
export type PushedPrices = {
  /**
   * The line of a purchase, as Stripe had it at most five minutes ago. Null also where Stripe does not answer: a sale waits
   * four seconds for it at most, and never fails by it. `title`: the purchase's name for its customer.
   */
  lineOf(purchase: Sold, title: string, tax: TaxTerms | null): Promise<PushedLine>
  /** Stripe has refused the line: the next one is read anew. */
  forget(purchase: Sold): void
}

type Known = {
  readonly product: Omit<PushedProduct, 'prices'> | null
  /** The price that has the lookup key, and can be bought. */
  readonly price: PushedPrice | null
}

const keptMs = 300_000
/** After an outage, sales don't wait for the next answer each. */
const keptAfterFailureMs = 30_000
const maxKnown = 1_000
/** A sale waits for this reading, which is one request or two. */
const quick = { timeout: 2_000, maxNetworkRetries: 0 }

export function createPushedPrices(stripe: Stripe, log: Logger): PushedPrices {
  const shared = sharing<string, Known | null>()
  /** `found` null: Stripe did not answer. */
  const known = new Map<string, { readonly found: Known | null; readonly until: number }>()
  const told = new Set<string>()

  async function read({ packageId, price }: Sold): Promise<Known> {
    if (packageId === null) return { product: await productOf(customProduct), price: null }
    const key = packageKey(packageId, price.currency)
    const { data } = await stripe.prices.list(
      { lookup_keys: [key], active: true, limit: 1, expand: ['data.product'] },
      quick,
    )
    const [found] = data
    if (found === undefined) return { product: await productOf(packageProduct(packageId)), price: null }
    const { product } = found
    const isThere = typeof product === 'object' && !product.deleted
    return { product: isThere ? productFacts(product) : null, price: priceFacts(found) }
  }

  async function productOf(id: string): Promise<Known['product']> {
    try {
      return productFacts(await stripe.products.retrieve(id, {}, quick))
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  function find(sold: Sold): Promise<Known | null> {
    const name = nameOf(sold)
    const fresh = known.get(name)
    if (fresh !== undefined && fresh.until > performance.now()) return Promise.resolve(fresh.found)
    return shared(name, async () => {
      const found = await read(sold).catch((error: unknown) => {
        // Throws any error that is not Stripe's.
        faultOf(error)
        log.warn({ err: error, price: name }, 'Stripe does not answer which price a sale has: it is sold without one')
        return null
      })
      known.delete(name)
      known.set(name, { found, until: performance.now() + (found === null ? keptAfterFailureMs : keptMs) })
      keepNewest(known, maxKnown)
      return found
    })
  }

  function tell(sold: Sold, { product, price }: Known): void {
    const level = product === null && price === null ? 'info' : 'warn'
    if (told.has(level)) return
    told.add(level)
    log[level]({ price: nameOf(sold) }, pushIsDue)
  }

  return {
    async lineOf(purchase, title, tax) {
      const { packageId, price: asked } = purchase
      const found = await find(purchase)
      if (found === null) return null
      const { product, price } = found
      const named = { name: packageId === null ? (product?.name ?? '') : title, taxCode: tax?.code ?? null }
      const isSold = product?.isActive === true && isNamed(product, named)
      if (packageId === null) return isSold ? { product: product.id, price: null } : null
      const wanted = { ...priceTerms(asked, tax, null), lookupKey: packageKey(packageId, asked.currency) }
      const hasPrice = price !== null && isPrice(price, wanted)
      if (!isSold || !hasPrice) tell(purchase, found)
      return isSold ? { product: product.id, price: hasPrice ? price.id : null } : null
    },
    forget(purchase) {
      known.delete(nameOf(purchase))
    },
  }
}

const nameOf = ({ packageId, price }: Sold): string =>
  packageId === null ? customProduct : packageKey(packageId, price.currency)

const pushIsDue =
  'Stripe has no price that agrees with a sale, which is sold by its own amount: run npm run catalog -- push FILE with the catalog in force'
