import { requireRole, type Scope } from '../access/viewer.ts'
import type { Catalog, CreditPackage, Plan } from '../catalog/catalog.ts'
import type { Account } from '../domain/account.ts'
import type { Instant } from '../domain/identity.ts'
import type { RateCard } from '../domain/rate-card.ts'
import { isAtLeast } from '../domain/role.ts'
import { readTeam, served } from './asking.ts'
import type { GatewayContext, Services } from './context.ts'
import type { Optional } from './inputs.ts'
import { shortageNotice } from './notices.ts'
import { planOf } from './plans.ts'
import type { RateCategoryView, RateView } from './rates.ts'
import type { InsufficientView } from './results.ts'

export type RateCardView = { readonly card: RateCard; readonly effectiveFrom: Instant }
export type PackageView = { readonly pack: CreditPackage; readonly purchasable: boolean }

export async function rateCard(
  _: unknown,
  { at }: { at?: Optional<Instant> },
  { viewer, services }: GatewayContext,
): Promise<RateCardView> {
  requireRole(viewer, 'VIEWER')
  const { catalog, publication } = await served(async () => services.catalogs.at(at ?? (await services.now())))
  return { card: catalog.rateCard, effectiveFrom: publication.effectiveFrom }
}

export const cardCategories = ({ card }: RateCardView): RateCategoryView[] =>
  card.categories.map((category) => ({ category, card }))

export const categoryRates = ({ category, card }: RateCategoryView): RateView[] =>
  category.rates.map((rate) => ({ rate, card }))

export async function packages(_: unknown, __: unknown, { viewer, services }: GatewayContext): Promise<PackageView[]> {
  const caller = requireRole(viewer, 'VIEWER')
  const catalog = await catalogNow(services)
  return packageViews(catalog, await mayBuyNow(caller, services, catalog))
}

export async function plans(_: unknown, __: unknown, { viewer, services }: GatewayContext): Promise<readonly Plan[]> {
  requireRole(viewer, 'VIEWER')
  return (await catalogNow(services)).plans
}

export const catalogNow = ({ catalogs, now }: Services): Promise<Catalog> =>
  served(async () => (await catalogs.at(await now())).catalog)

/** PLATFORM without a team of its own buys for any team whose plan sells packages. */
async function mayBuyNow(viewer: Scope, services: Services, catalog: Catalog): Promise<boolean> {
  if (!isAtLeast(viewer.role, 'ADMIN')) return false
  if (viewer.teamId === null) return true
  const team = await readTeam(services, viewer.teamId)
  return mayBuyFor(viewer, catalog, team?.account ?? null)
}

/** Admins buy, on plans that sell. Source: SEEDS G4, W9. */
export const mayBuyFor = (viewer: Scope, catalog: Catalog, account: Account | null): boolean =>
  isAtLeast(viewer.role, 'ADMIN') && (planOf(catalog, account)?.topUp ?? false)

/** Smallest first. */
const packageViews = ({ packages }: Catalog, purchasable: boolean): PackageView[] =>
  packages
    .toSorted((one, other) => Number(one.credits > other.credits) - Number(one.credits < other.credits))
    .map((pack) => ({ pack, purchasable }))

/** What the caller can buy for a team; empty where it may not. */
export const packagesFor = (viewer: Scope, catalog: Catalog, account: Account | null): PackageView[] =>
  mayBuyFor(viewer, catalog, account) ? packageViews(catalog, true) : []

/** The domain's message knows neither catalog nor caller; this one does. */
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
