import { requireRole } from '../access/viewer.ts'
import { PaymentActionRequired, PaymentDeclined, PaymentUnavailable } from '../domain/errors.ts'
import { purchaseId, type TeamId } from '../domain/identity.ts'
import type { Money } from '../domain/money.ts'
import type { PayWith } from '../domain/purchase.ts'
import { isAtLeast } from '../domain/role.ts'
import { readGrantsOfSources } from '../ledger/grants.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { type Purchase, returnedMoney } from '../payments/purchase.ts'
import { readPurchase, readPurchases } from '../payments/purchase-rows.ts'
import { acting, callerOf } from './acting.ts'
import { answerOfKnown, readTeam, served, submissionOf, unknownTeam } from './asking.ts'
import { buyingRefusal } from './buying.ts'
import { mayBuyFor, type PackageView } from './catalogs.ts'
import type { GatewayContext, Services } from './context.ts'
import { checkedKey, checkedName, type Optional, teamFor } from './inputs.ts'
import { type Connection, type PageArguments, pageOf, readPage } from './pages.ts'
import { paid } from './paying.ts'
import {
  beginPurchaseResult,
  type GrantView,
  type PurchaseView,
  type Results,
  resultOf,
  type TeamView,
} from './results.ts'
import { checkedReturnUrl } from './return-urls.ts'

export type PurchaseCreditsInput = {
  packageId: string
  idempotencyKey: string
  pay?: Optional<PayWith>
  successUrl?: Optional<string>
  cancelUrl?: Optional<string>
  teamId?: Optional<string>
}

/** Said again under its key, it goes on with the same purchase. */
export async function purchaseCredits(
  _: unknown,
  { input }: { input: PurchaseCreditsInput },
  context: GatewayContext,
): Promise<PaymentResult | PaymentUnavailable | Results[(typeof beginPurchaseResult)[number]]> {
  const { services } = context
  const viewer = requireRole(context.viewer, 'VIEWER')
  const key = checkedKey(input.idempotencyKey)
  const terms = {
    packageId: checkedName('The packageId', input.packageId),
    pay: input.pay ?? ('AUTO' as const),
    successUrl: checkedReturnUrl('The successUrl', input.successUrl, services),
    cancelUrl: checkedReturnUrl('The cancelUrl', input.cancelUrl, services),
  }
  const teamId = teamFor(viewer, input.teamId)
  if (teamId === null) throw unknownTeam()
  acting(context, 'VIEWER', teamId)
  const refusal = buyingRefusal(viewer, teamId)
  if (refusal !== null) return refusal
  const { memberId } = viewer
  const command = { kind: 'begin-purchase', ...terms, memberId, caller: callerOf(viewer) } as const
  const asked = { teamId, key, mutation: 'purchaseCredits', input: terms, command }
  const answer = await answerOfKnown(services, submissionOf(asked))
  if (answer.outcome.kind !== 'purchase') return resultOf(answer, teamId, beginPurchaseResult)
  const { id } = answer.outcome.purchase
  const pursued = await paid(() => services.payments.pursue(teamId, id))
  return pursued instanceof PaymentUnavailable ? pursued : resultOfPayment(pursued, services)
}

type PaymentResult = PurchaseView | PaymentDeclined | PaymentActionRequired

async function resultOfPayment(purchase: Purchase, services: Services): Promise<PaymentResult> {
  const { state, actionUrl, failure: reason, declineCode } = purchase
  if (state === 'FAILED') return new PaymentDeclined({ reason, declineCode })
  if (state === 'PENDING' && actionUrl !== null) return new PaymentActionRequired({ actionUrl })
  const [view] = await purchaseViews(services, purchase.teamId, [purchase], null)
  if (view === undefined) throw new Error(`Purchase ${purchase.id} of ${purchase.teamId} has no view`)
  return view
}

/** The largest number that a purchase can have. */
const most = 2_147_483_647

export async function findPurchase(services: Services, teamId: TeamId, number: number): Promise<PurchaseView | null> {
  if (number > most) return null
  const purchase = await services.database.snapshot((client) => readPurchase(client, teamId, purchaseId(number)))
  if (purchase === null) return null
  const [view = null] = await purchaseViews(services, teamId, [purchase], null)
  return view
}

/** Source: SEEDS V11. */
export async function teamPurchases(
  team: TeamView,
  page: PageArguments,
  { services }: GatewayContext,
): Promise<Connection<PurchaseView>> {
  const { teamId } = team.account
  const { limit, before } = readPage(teamId, page)
  const behind = before === null ? null : Math.min(before, most)
  const purchases = await served(() =>
    services.database.snapshot((client) => readPurchases(client, teamId, behind, limit + 1)),
  )
  const views = await purchaseViews(services, teamId, purchases, team)
  return pageOf(
    teamId,
    views,
    { limit, before },
    ({ purchase }) => purchase.id,
    (view) => view,
  )
}

const sourceOf = ({ intent }: Purchase): string | null => (intent === null ? null : `stripe:${intent}`)

/** In the same order, with what each of them brought, read at once. */
async function purchaseViews(
  { database }: Services,
  teamId: TeamId,
  purchases: readonly Purchase[],
  team: TeamNow | null,
): Promise<PurchaseView[]> {
  const sources = purchases.flatMap((purchase) => sourceOf(purchase) ?? [])
  const found = await served(() => readGrantsOfSources(database.pool, teamId, sources))
  const grants = new Map(found.map((grant) => [grant.source, grant]))
  return purchases.map((purchase) => {
    const grant = grants.get(sourceOf(purchase) ?? '') ?? null
    return { type: 'Purchase', teamId, purchase, grant, team }
  })
}

async function teamOf({ team, teamId }: PurchaseView, services: Services): Promise<TeamNow> {
  const found = team ?? (await readTeam(services, teamId))
  if (found === null) throw unknownTeam()
  return found
}

/** As its own catalog sold it; whether it can be bought is a matter of the catalog now. */
export async function purchasePackage(
  view: PurchaseView,
  _: unknown,
  { viewer, services }: GatewayContext,
): Promise<PackageView> {
  const { packageId, catalogVersion } = view.purchase
  const catalog = await served(() => services.catalogs.find(catalogVersion))
  const pack = catalog?.packages.find(({ id }) => id === packageId)
  if (pack === undefined) throw new Error(`The catalog ${catalogVersion} sold '${packageId}' and does not have it`)
  const { account, at } = await teamOf(view, services)
  const now = services.catalogs.catalogAt(at)
  const sold = now.packages.some(({ id }) => id === packageId)
  return { pack, purchasable: sold && mayBuyFor(requireRole(viewer, 'VIEWER'), now, account) }
}

/** What the account knows of an open grant counts in what time has done. */
export async function purchaseGrant(
  view: PurchaseView,
  _: unknown,
  { services }: GatewayContext,
): Promise<GrantView | null> {
  const { grant, teamId } = view
  if (grant === null) return null
  const { account } = await teamOf(view, services)
  return { type: 'CreditGrant', teamId, grant: account.grants.find(({ id }) => id === grant.id) ?? grant }
}

/** Where a purchase is paid or confirmed is for those who buy, and only while it is open. */
const whilePending = (url: 'checkoutUrl' | 'actionUrl') => (view: PurchaseView, _: unknown, context: GatewayContext) =>
  view.purchase.state === 'PENDING' && isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')
    ? view.purchase[url]
    : null
export const purchaseCheckoutUrl = whilePending('checkoutUrl')
export const purchaseConfirmUrl = whilePending('actionUrl')

export const purchaseRefunded = ({ purchase }: PurchaseView): Money => ({
  amount: returnedMoney(purchase),
  currency: purchase.price.currency,
})

export const purchaseMember = ({ teamId, purchase: { memberId } }: PurchaseView) =>
  memberId === null ? null : { teamId, id: memberId }
