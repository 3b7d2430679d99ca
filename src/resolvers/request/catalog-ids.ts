import type { CreditPackage, Plan } from '../../catalog/catalog.ts'
import { versionOf } from '../../catalog/version.ts'
import { type RateCategoryView, type RateView, rateCredits } from '../rates.ts'

const types = ['Plan', 'CreditPackage', 'Rate', 'RateCategory'] as const
export type CatalogType = (typeof types)[number]

/**
 * The id of a part of a catalog: unique by its type, its code and its content. An unchanged part has the same id in
 * another catalog. A changed part has another id, so that a client's cache keeps both.
 */
export const catalogId = (type: CatalogType, code: string, version: string): string =>
  Buffer.from(`${type}:${version}:${code}`, 'utf8').toString('base64url')

const shape = new RegExp(`^(${types.join('|')}):([0-9a-f]{12}):([a-z0-9.-]{1,100})$`)
const longest = 200

/** The code that an input names. It accepts the code itself, or an id of the type, with any content. */
export function codeOf(type: CatalogType, text: string): string {
  if (text.length > longest) return text
  const [whole, of, version, code] = shape.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  if (whole === undefined || of !== type || version === undefined || code === undefined) return text
  return catalogId(type, code, version) === text ? code : text
}

/** Catalogs are frozen, so each part is hashed once. */
const known = new WeakMap<object, string>()

function idOf(type: CatalogType, code: string, part: object, shown: () => unknown): string {
  const id = known.get(part)
  if (id !== undefined) return id
  const made = catalogId(type, code, versionOf(shown()))
  known.set(part, made)
  return made
}

export const planId = (plan: Plan): string => idOf('Plan', plan.id, plan, () => plan)

/** A package that is sold in one currency has the id that it had before packages had several prices. */
export const packageId = (pack: CreditPackage): string =>
  idOf('CreditPackage', pack.id, pack, () => {
    const { prices, ...shown } = pack
    return prices.length === 1 ? shown : pack
  })

/** The id follows from the fields that the API shows. A change of another field does not change the id. */
export const rateId = (view: RateView): string =>
  idOf('Rate', view.rate.id, view.rate, () => {
    const { category: _, plans: __, maxCount: ___, ...shown } = view.rate
    return { ...shown, credits: rateCredits(view) }
  })

/** A category shows its rates, so its id changes with any of them. */
export const categoryId = ({ category, card }: RateCategoryView): string =>
  idOf('RateCategory', category.id, category, () => ({
    name: category.name,
    rates: category.rates.map((rate) => rateId({ rate, card })),
  }))
