import { Forbidden } from '../access/faults.ts'
import { requireRole, type Scope } from '../access/viewer.ts'
import type { Catalog, CreditPackage, Plan } from '../catalog/catalog.ts'
import type { Account } from '../domain/account.ts'
import type { Instant } from '../domain/identity.ts'
import type { RateCard } from '../domain/rate-card.ts'
import { buys, mayBuy } from '../domain/who-may-buy.ts'
import type { CatalogInForce } from '../ledger/catalogs/catalogs.ts'
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
  { at }: { at?: Optional<Instant> },
  context: GatewayContext,
): Promise<RateCardView> {
  const { viewer, services } = context
  if (at == null && isGuest(viewer)) return cardOf(publicCatalog(context))
  requireRole(viewer, 'VIEWER')
  if (isGuest(viewer)) throw new Forbidden('only the present rate card is public: leave `at` out, or use another token')
  return cardOf(await served(async () => services.catalogs.at(at ?? (await services.now()))))
}

const cardOf = ({ catalog, publication }: CatalogInForce): RateCardView => ({
  card: catalog.rateCard,
  effectiveFrom: publication.effectiveFrom,
})

/** Senders without a token, and pill tokens: they see plans and rate card only if the catalog is public. */
const isGuest = (viewer: Scope | null): boolean => viewer === null || viewer.pill !== undefined

/** The catalog in force, from memory, so that no request waits for the database. */
export function publicCatalog({ viewer, services }: GatewayContext): CatalogInForce {
  const present = services.catalogs.inForceNow()
  if (present.catalog.isPublic) return present
  requireRole(viewer, 'VIEWER')
  throw new Forbidden('the catalog is not public: use another token or an API key')
}

export const cardCategories = ({ card }: RateCardView): RateCategoryView[] =>
  card.categories.map((category) => ({ category, card }))

export const categoryRates = ({ category, card }: RateCategoryView): RateView[] =>
  category.rates.map((rate) => ({ rate, card }))

export async function packages(_: unknown, __: unknown, context: GatewayContext): Promise<PackageView[]> {
  const { viewer, services } = context
  if (viewer === null) return packageViews(publicCatalog(context).catalog, false)
  const caller = requireRole(viewer, 'VIEWER')
  const catalog = await catalogNow(services)
  return packageViews(catalog, await mayBuyNow(caller, services, catalog))
}

export async function plans(_: unknown, __: unknown, context: GatewayContext): Promise<readonly Plan[]> {
  const { viewer, services } = context
  if (isGuest(viewer)) return publicCatalog(context).catalog.plans
  requireRole(viewer, 'VIEWER')
  return (await catalogNow(services)).plans
}

export const catalogNow = ({ catalogs, now }: Services): Promise<Catalog> =>
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
): boolean => mayBuyFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at), account)

export const shortagePackages = (
  { account, at }: InsufficientView,
  _: unknown,
  { viewer, services }: GatewayContext,
): PackageView[] => packagesFor(requireRole(viewer, 'VIEWER'), services.catalogs.catalogAt(at), account)
