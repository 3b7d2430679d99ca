import { requireRole } from '../access/viewer.ts'
import { inCurrency } from '../catalog/currencies.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { Lock } from '../domain/grant.ts'
import type { TeamId } from '../domain/identity.ts'
import { lockOn } from '../domain/new-team-credits.ts'
import { type PurchaseTotal, purchaseTotal } from '../domain/purchase-total.ts'
import { type Sale, saleOf } from '../domain/sale.ts'
import type { TaxTerms } from '../domain/tax.ts'
import { mayBuyFor, type PackageView } from './catalogs.ts'
import { type CurrencyArgument, pricesFor } from './currencies.ts'
import { type ChoiceInput, choiceIn } from './custom-top-ups.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput } from './request/inputs.ts'
import { servedByPayments } from './request/payment-faults.ts'
import { readTeam } from './request/submit.ts'

/**
 * `package` null: an amount of one's own. `projectedBalance`: the spendable credits after the purchase, which first repays
 * the team's debt.
 */
export type PurchasePreview = {
  readonly teamId: TeamId
  readonly sale: Sale
  readonly tax: TaxTerms | null
  readonly package: PackageView | null
  readonly currentBalance: Credits
  readonly projectedBalance: Credits
  /** Bought, and not spendable before `until`; null: all of it is spendable at once. */
  readonly lock: Lock | null
}

/** Null where that is not sold, or there is no team yet. Source: facts A2. */
export async function purchasePreview(
  _: unknown,
  given: ChoiceInput & CurrencyArgument,
  { viewer, services }: GatewayContext,
): Promise<PurchasePreview | null> {
  const caller = requireRole(viewer, 'VIEWER')
  if (caller.teamId === null) throw badInput('packageId', 'your token has no team: preview with the token of a member')
  const choice = choiceIn(given)
  const team = await readTeam(services, caller.teamId)
  if (team === null) return null
  const { account, at } = team
  const own = account.currency
  if (own !== null && given.currency != null && given.currency !== own) {
    throw badInput('currency', `the team pays in ${own}: give ${own}, or no currency`)
  }
  const whole = services.catalogs.wholeAt(at)
  const catalog = own === null ? pricesFor(whole, given) : inCurrency(whole, own)
  const { packages, customTopUp } = catalog
  const packageOf = (code: string) => packages.find(({ id }) => id === code)
  const sale = saleOf(choice, { customTopUp, package: packageOf })
  if ('failure' in sale) return null
  const { credits, packageId } = sale
  const pack = packageId === null ? undefined : packageOf(packageId)
  const repaid = account.owed < credits ? account.owed : credits
  const terms = catalog.fraud.newTeamCredits
  const isSlowed = terms !== null && (await services.payments.isNewTeam(caller.teamId))
  const lock = isSlowed ? lockOn(credits, account.owed, terms, at) : null
  return {
    teamId: caller.teamId,
    sale,
    tax: catalog.tax,
    package: pack ? { pack, purchasable: mayBuyFor(caller, catalog, account) } : null,
    currentBalance: account.available,
    projectedBalance: account.available + credits - repaid - (lock?.amount ?? 0n),
    lock,
  }
}

/** Stripe computes the tax, for the team's address. That it can't be reached is a fault, and no price without tax. */
export async function previewTotal(
  { teamId, sale: { price }, tax }: PurchasePreview,
  { services }: GatewayContext,
): Promise<PurchaseTotal> {
  const taxed = tax === null ? null : await servedByPayments(() => services.payments.taxOn(teamId, price, tax))
  return purchaseTotal({ price, discount: null, taxed })
}
