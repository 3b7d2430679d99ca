import type { CreditPackage, Plan, WholeCatalog } from '../catalog/catalog.ts'
import { creditsInWords } from '../catalog/words.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { Money } from '../domain/amounts/money.ts'
import { cadences } from '../domain/period.ts'
import type { TaxBehavior, TaxTerms } from '../domain/tax.ts'
import { toMinorUnits } from './minor-units.ts'

/** The beginning of the ids and lookup keys of what a push makes. */
export const pushedBy = 'credits-gateway'

export type UnitInterval = 'month' | 'year'

/** The terms of a Price at Stripe. */
export type PriceTerms = {
  /** In the currency's smallest unit. */
  readonly amount: number
  /** In lower case. */
  readonly currency: string
  readonly taxBehavior: TaxBehavior | 'unspecified'
  /** How often it is paid; null: once. */
  readonly interval: UnitInterval | null
}

/** A Price that the catalog wants. One price at most has a lookup key. */
export type SoldPrice = PriceTerms & { readonly lookupKey: string }

/** A Product that the catalog wants, with the prices in all currencies. */
export type SoldProduct = {
  readonly id: string
  readonly name: string
  /** Null: the catalog has no taxes, and the operator's own choice in Stripe stays. */
  readonly taxCode: string | null
  /** The plan whose add-on it is; null: none. */
  readonly addOn: string | null
  readonly prices: readonly SoldPrice[]
}

/** The name of a package on receipts and invoices, and of its Product: `Starter, 5,000 credits`. */
export const packageTitle = (name: string, credits: Credits): string => `${name}, ${creditsInWords(credits)}`

export const packageProduct = (packageId: string): string => `${pushedBy}-package-${packageId}`
export const unitsProduct = (planId: string): string => `${pushedBy}-units-${planId}`
/** The Product of amounts of one's own, whose prices follow from the amount. */
export const customProduct = `${pushedBy}-custom`

export const packageKey = (packageId: string, currency: string): string =>
  `${pushedBy}:package:${packageId}:${currency.toLowerCase()}`
export const unitsKey = (planId: string, interval: UnitInterval | null, currency: string): string =>
  `${pushedBy}:units:${planId}:${interval ?? 'once'}:${currency.toLowerCase()}`

export const priceTerms = (price: Money, tax: TaxTerms | null, interval: UnitInterval | null): PriceTerms => ({
  amount: toMinorUnits(price),
  currency: price.currency.toLowerCase(),
  taxBehavior: tax?.behavior ?? 'unspecified',
  interval,
})

/**
 * All that a catalog sells for money in advance, as Products and Prices of Stripe: packages, any amount, and the units of
 * plans. Plans have no price in a catalog, and metered use is billed by lines of its own.
 */
export function soldProducts(whole: WholeCatalog): SoldProduct[] {
  const { packages, customTopUp, plans } = whole
  const custom = { id: customProduct, name: 'Credits', taxCode: whole.tax?.code ?? null, addOn: null, prices: [] }
  return [
    ...packages.map((pack) => packageOf(pack, whole.tax)),
    ...(customTopUp === null ? [] : [custom]),
    ...plans.flatMap((plan) => unitsOf(plan, whole) ?? []),
  ]
}

const packageOf = ({ id, name, credits, prices }: CreditPackage, tax: TaxTerms | null): SoldProduct => ({
  id: packageProduct(id),
  name: packageTitle(name, credits),
  taxCode: tax?.code ?? null,
  addOn: null,
  prices: prices.map((price) => ({ ...priceTerms(price, tax, null), lookupKey: packageKey(id, price.currency) })),
})

/** Units have a price once, for the cycle that runs, and one for each interval at which their plan is billed. */
function unitsOf({ id, name, allowances }: Plan, { tax, plans, others }: WholeCatalog): SoldProduct | null {
  const prices = [plans, ...others.map((other) => other.plans)].flatMap(
    (all) => all.find((plan) => plan.id === id)?.addOn?.price ?? [],
  )
  const intervals = intervalsOf(allowances)
  if (intervals.length === 0 || prices.length === 0) return null
  return {
    id: unitsProduct(id),
    name: unitsTitle(name),
    taxCode: tax?.code ?? null,
    addOn: id,
    prices: prices.flatMap((price) =>
      [null, ...intervals].map((interval) => ({
        ...priceTerms(price, tax, interval),
        lookupKey: unitsKey(id, interval, price.currency),
      })),
    ),
  }
}

export const unitsTitle = (planName: string): string => `${planName}, additional credits`

/** The intervals at which units are sold: those that are as long as the cycle that they bring. */
const intervalsOf = (allowances: Plan['allowances']): UnitInterval[] =>
  (['month', 'year'] as const).filter((interval) => {
    const own = allowances.filter(({ interval: only }) => only === null || only.toLowerCase() === interval)
    return cadences.findLast((cadence) => own.some(({ every }) => every === cadence))?.toLowerCase() === interval
  })
