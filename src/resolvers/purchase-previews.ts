import { requireRole } from '../access/viewer.ts'
import type { Credits } from '../domain/amounts/credits.ts'
import { mayBuyFor, type PackageView } from './catalogs.ts'
import { codeOf } from './request/catalog-ids.ts'
import type { GatewayContext } from './request/context.ts'
import { badInput } from './request/inputs.ts'
import { readTeam } from './request/submit.ts'

/** `projectedBalance`: the spendable credits after the purchase, which first repays the team's debt. */
export type PurchasePreview = {
  readonly package: PackageView
  readonly currentBalance: Credits
  readonly projectedBalance: Credits
}

/** Null where there is no such package, or no team yet. Source: facts A2. */
export async function purchasePreview(
  _: unknown,
  { packageId: given }: { packageId: string },
  { viewer, services }: GatewayContext,
): Promise<PurchasePreview | null> {
  const caller = requireRole(viewer, 'VIEWER')
  if (caller.teamId === null) throw badInput('packageId', 'your token has no team: preview with the token of a member')
  const team = await readTeam(services, caller.teamId)
  if (team === null) return null
  const { account, at } = team
  const catalog = services.catalogs.catalogAt(at)
  const code = codeOf('CreditPackage', given)
  const pack = catalog.packages.find(({ id }) => id === code)
  if (pack === undefined) return null
  const repaid = account.owed < pack.credits ? account.owed : pack.credits
  return {
    package: { pack, purchasable: mayBuyFor(caller, catalog, account) },
    currentBalance: account.available,
    projectedBalance: account.available + pack.credits - repaid,
  }
}
