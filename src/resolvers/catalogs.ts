import { Forbidden } from '../access/faults.ts'
import { requireRole, type Scope } from '../access/viewer.ts'
import type { Catalog, CreditPackage, Plan, WholeCatalog } from '../catalog/catalog.ts'
import type { Account } from '../domain/account.ts'
import type { Instant } from '../domain/identity.ts'
import type { RateCard } from '../domain/rate-card.ts'
import { buys, mayBuy } from '../domain/who-may-buy.ts'
import type { CatalogInForce } from '../ledger/catalogs/catalogs.ts'
import { type CurrencyArgument, hasPrices, pricesFor, pricesForTeam } from './currencies.ts'
import { shortageNotice } from './notices.ts'
import { planOf } from './plans.ts'
import type { RateCategoryView, RateView } from './rates.ts'
import type { GatewayContext, Services } from './request/context.ts'
import type { Optional } from './request/inputs.ts'
import type { InsufficientView } from './request/results.ts'
import { readTeam, served } from './request/submit.ts'

export type RateCardView = { readonly card: RateCard; readonly effectiveFrom: Instant }
export type PackageView = { readonly pack: CreditPackage; readonly purchasable: boolean }

export async function rateCard(
  _: unknown,
  { at, ...argument }: { at?: Optional<Instant> } & CurrencyArgument,
  context: GatewayContext,
): Promise<RateCardView> {
  const { viewer, services } = context
  if (at == null && isGuest(viewer)) {
    const present = publicCatalog(context)
    return cardOf(present, pricesFor(present.catalog, argument))
  }
  const caller = requireRole(viewer, 'VIEWER')
  if (isGuest(viewer)) throw new Forbidden('only the present rate card is public: leave `at` out, or use another token')
  const found = await served(async () => services.catalogs.at(at ?? (await services.now())))
  return cardOf(found, await pricesForTeam(found.catalog, caller, services, argument))
}

const cardOf = ({ publication }: CatalogInForce, { rateCard: card }: Catalog): RateCardView => ({
  card,
  effectiveFrom: publication.effectiveFrom,
})

/** Senders without a token, and pill tokens: they see plans and rate card only if the catalog is public. */
const isGuest = (viewer: Scope | null): boolean => viewer === null || viewer.pill !== undefined

/**
 * Refuses names of rates and categories to a pill token, unless the catalog is public. `catalog`: the one that has the
 * names, also if it is no longer in force.
 */
export function requireNamesShown(context: GatewayContext, catalog?: WholeCatalog): void {
  if (!isGuest(context.viewer)) return
  const present = publicCatalog(context)
  if (!(catalog ?? present.catalog).isPublic) throw notPublic()
}

/** The catalog in force, from memory, so that no request waits for the database. */
export function publicCatalog({ viewer, services }: GatewayContext): CatalogInForce {
  const present = services.catalogs.inForceNow()
  if (present.catalog.isPublic) return present
  requireRole(viewer, 'VIEWER')
  throw notPublic()
}

const notPublic = () => new Forbidden('the catalog is not public: use another token or an API key')

export const cardCategories = ({ card }: RateCardView): RateCategoryView[] =>
  card.categories.map((category) => ({ category, card }))

export const categoryRates = ({ category, card }: RateCategoryView): RateView[] =>
  category.rates.map((rate) => ({ rate, card }))

/** A refusal would take the whole answer with it: in a currency of no price, nothing is sold. */
export async function packages(
  _: unknown,
  argument: CurrencyArgument,
  context: GatewayContext,
): Promise<PackageView[]> {
  const { viewer, services } = context
  if (viewer === null) {
    const { catalog } = publicCatalog(context)
    return hasPrices(catalog, argument) ? packageViews(pricesFor(catalog, argument), false) : []
  }
  const caller = requireRole(viewer, 'VIEWER')
  const whole = await catalogNow(services)
  if (!hasPrices(whole, argument)) return []
  const catalog = await pricesForTeam(whole, caller, services, argument)
  return packageViews(catalog, await mayBuyNow(caller, services, catalog))
}

export async function plans(_: unknown, __: unknown, context: GatewayContext): Promise<readonly Plan[]> {
  const { viewer, services } = context
  if (isGuest(viewer)) return publicCatalog(context).catalog.plans
  const caller = requireRole(viewer, 'VIEWER')
  return (await pricesForTeam(await catalogNow(services), caller, services, {})).plans
}

/** The currencies, the main one first. */
export const currencies = async (context: GatewayContext): Promise<readonly string[]> =>
  (await shownCatalog(context)).currencies

/** Whether Checkout takes promotion codes. */
export const takesPromotionCodes = async (context: GatewayContext): Promise<boolean> =>
  (await shownCatalog(context)).promotionCodes

/** The catalog in force; without a token only a public one. */
async function shownCatalog(context: GatewayContext): Promise<WholeCatalog> {
  const { viewer, services } = context
  if (viewer === null) return publicCatalog(context).catalog
  requireRole(viewer, 'VIEWER')
  return catalogNow(services)
}

export const catalogNow = ({ catalogs, now }: Services): Promise<WholeCatalog> =>
  served(async () => (await catalogs.at(await now())).catalog)

/** PLATFORM without a team of its own may buy for any team whose plan sells packages. */
export async function mayBuyNow(viewer: Scope, services: Services, catalog: Catalog): Promise<boolean> {
  if (!buys(viewer.role)) return false
  if (viewer.teamId === null) return true
  const team = await readTeam(services, viewer.teamId)
  return mayBuyFor(viewer, catalog, team?.account ?? null)
}

export const mayBuyFor = (viewer: Scope, catalog: Catalog, account: Account | null): boolean =>
  mayBuy(viewer.role, planOf(catalog, account))

/** The packages, smallest first. */
const packageViews = ({ packages }: Catalog, purchasable: boolean): PackageView[] =>
  packages
    .toSorted((one, other) => Number(one.credits > other.credits) - Number(one.credits < other.credits))
    .map((pack) => ({ pack, purchasable }))

/** The packages that the caller may buy for a team; empty if it may buy none. */
export const packagesFor = (viewer: Scope, catalog: Catalog, account: Account | null): PackageView[] =>
  mayBuyFor(viewer, catalog, account) ? packageViews(catalog, true) : []

/** The domain's message knows neither the catalog nor the caller. This message uses both. */
export const shortageMessage = (
  view: InsufficientView,
  _: unknown,
  { viewer, services }: GatewayContext,
): Promise<string> => shortageNotice(services, requireRole(viewer, 'VIEWER'), view, view)

export const shortageCanPurchase = (
  { account, at }: InsufficientView,
  _: unknown,
  { viewer, services }: GatewayContext,
): boolean => mayBuyFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at, account), account)

export const shortagePackages = (
  { account, at }: InsufficientView,
  _: unknown,
  { viewer, services }: GatewayContext,
): PackageView[] => packagesFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at, account), account)
