import { requireRole } from '../access/viewer.ts'
import type { OfferedTopUp } from '../catalog/catalog.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import type { PurchaseChoice } from '../domain/purchase.ts'
import { catalogNow, mayBuyNow, publicCatalog } from './catalogs.ts'
import { type CurrencyArgument, pricesFor, pricesForTeam } from './currencies.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput, checkedName, type Optional } from './request/inputs.ts'

export type CustomTopUpView = { readonly offer: OfferedTopUp; readonly purchasable: boolean }

/** Null where the catalog sells packages only. */
export async function customTopUp(
  _: unknown,
  argument: CurrencyArgument,
  context: GatewayContext,
): Promise<CustomTopUpView | null> {
  const { viewer, services } = context
  if (viewer === null) return viewOf(pricesFor(publicCatalog(context).catalog, argument).customTopUp, false)
  const caller = requireRole(viewer, 'VIEWER')
  const catalog = await pricesForTeam(await catalogNow(services), caller, services, argument)
  if (catalog.customTopUp === null) return null
  return viewOf(catalog.customTopUp, await mayBuyNow(caller, services, catalog))
}

const viewOf = (offer: OfferedTopUp | null, purchasable: boolean): CustomTopUpView | null =>
  offer && { offer, purchasable }

export type ChoiceInput = { readonly packageId?: Optional<string>; readonly credits?: Optional<Credits> }

/** @throws {InputFault} unless exactly one of the two is given. */
export function choiceIn({ packageId, credits }: ChoiceInput): PurchaseChoice {
  if (packageId != null && credits == null) {
    return { packageId: checkedName('packageId', codeOf('CreditPackage', packageId)) }
  }
  if (packageId == null && credits != null) return { credits }
  throw badInput('packageId', 'give packageId or credits: one of them, and not both')
}
