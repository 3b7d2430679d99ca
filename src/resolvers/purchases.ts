import { requireRole } from '../access/viewer.ts'
import { inCurrency } from '../catalog/currencies.ts'
import type { ReadingClient } from '../database/readings.ts'
import type { Money } from '../domain/amounts/money.ts'
import type { Grant } from '../domain/grant.ts'
import { purchaseId, type TeamId } from '../domain/identity.ts'
import { type PurchaseState, sourceOfPayment } from '../domain/purchase.ts'
import { type PurchaseTotal, purchaseTotal } from '../domain/purchase-total.ts'
import { isAtLeast } from '../domain/role.ts'
import { readGrantsOfSources } from '../ledger/history/grants.ts'
import type { TeamNow } from '../ledger/team-reader.ts'
import { PaymentsOverasked } from '../payments/budget.ts'
import { StripeUnavailable } from '../payments/payments.ts'
import { type Booking, type Purchase, paymentOf, returnedMoney } from '../payments/purchase.ts'
import { type Buyers, countPurchases, readPurchase, readPurchases } from '../payments/purchase-rows.ts'
import { teamNow } from './balances.ts'
import { mayBuyFor, type PackageView } from './catalogs.ts'
import { memberView } from './members.ts'
import { type GatewayContext, requireCaller, type Services } from './request/context.ts'
import { filterMark } from './request/cursors.ts'
import { type CountedConnection, listOf, type PageArguments, pageOf, readPage } from './request/pages.ts'
import { readSnapshot } from './request/reading.ts'
import type { GrantView, PurchaseView, TeamView } from './request/results.ts'
import { served } from './request/submit.ts'

/** The largest number that a purchase can have. */
const most = 2_147_483_647

export async function findPurchase(
  context: GatewayContext,
  teamId: TeamId,
  number: number,
): Promise<PurchaseView | null> {
  if (number > most) return null
  return findPurchaseBy(context, (client) => readPurchase(client, teamId, purchaseId(number)))
}

/** The purchase that `read` finds, in one reading with its grant. */
export const findPurchaseBy = (
  context: GatewayContext,
  read: (client: ReadingClient) => Promise<Purchase | null>,
): Promise<PurchaseView | null> =>
  readSnapshot(context, async (client) => {
    const purchase = await read(client)
    return purchase && viewOf(purchase, await grantsOf(client, purchase.teamId, [purchase]), null)
  })

/** The purchases that the caller may see: those of the pill token's member, else those of all members. */
const buyersFor = (context: GatewayContext, teamId: TeamId): Buyers => ({
  teamId,
  memberId: context.viewer?.pill === undefined ? null : requireCaller(context, 'VIEWER').memberId,
})

/** The purchase, if the member of the pill token bought it. */
export async function findOwnPurchase(
  context: GatewayContext,
  teamId: TeamId,
  number: number,
): Promise<PurchaseView | null> {
  const found = await findPurchase(context, teamId, number)
  return found?.purchase.memberId === requireCaller(context, 'VIEWER').memberId ? found : null
}

/** Source: facts V11. */
export async function teamPurchases(
  team: TeamView,
  given: PageArguments,
  context: GatewayContext,
): Promise<CountedConnection<PurchaseView>> {
  const { teamId } = team.account
  const buyers = buyersFor(context, teamId)
  const page = readPage(listOf('purchases', teamId, filterMark({ memberId: buyers.memberId })), given)
  const { purchases, grants } = await readSnapshot(context, async (client) => {
    const found = await readPurchases(client, buyers, page.span, page.size + 1)
    return { purchases: found, grants: await grantsOf(client, teamId, found) }
  })
  const view = (purchase: Purchase) => viewOf(purchase, grants, team)
  const count = () => readSnapshot(context, (client) => countPurchases(client, buyers))
  return { ...pageOf(page, purchases, ({ id }) => id, view), count }
}

/** The view right after the purchase. It is part of a mutation's answer, so it waits for no other reading. */
export const purchaseView = async ({ database }: Services, purchase: Purchase): Promise<PurchaseView> =>
  viewOf(purchase, await served(() => grantsOf(database.pool, purchase.teamId, [purchase])), null)

/** The grants that purchases brought, by their source. */
type Grants = ReadonlyMap<string | null, Grant>

const viewOf = (purchase: Purchase, grants: Grants, team: TeamNow | null): PurchaseView => {
  const { teamId } = purchase
  return { type: 'Purchase', teamId, purchase, grant: grants.get(sourceOf(purchase)) ?? null, team }
}

async function grantsOf(client: ReadingClient, teamId: TeamId, purchases: readonly Purchase[]): Promise<Grants> {
  const sources = purchases.flatMap((purchase) => sourceOf(purchase) ?? [])
  const found = await readGrantsOfSources(client, teamId, sources)
  return new Map(found.map((grant) => [grant.source, grant]))
}

const sourceOf = (purchase: Purchase): string | null => {
  const payment = paymentOf(purchase)
  return payment === null ? null : sourceOfPayment(payment)
}

/**
 * The package as the purchase's own catalog sold it; null: an amount of one's own. Whether it can be bought now is
 * decided by the present catalog.
 */
export async function purchasePackage(
  view: PurchaseView,
  _: unknown,
  { viewer, services }: GatewayContext,
): Promise<PackageView | null> {
  const { packageId, catalogVersion, price } = view.purchase
  if (packageId === null) return null
  const whole = await served(() => services.catalogs.find(catalogVersion))
  const catalog = whole && inCurrency(whole, price.currency)
  const pack = catalog?.packages.find(({ id }) => id === packageId)
  if (pack === undefined) throw new Error(`The catalog ${catalogVersion} sold '${packageId}' and does not have it`)
  const { account, at } = await teamNow(view, services)
  const now = services.catalogs.catalogAt(at, account)
  const sold = now.packages.some(({ id }) => id === packageId)
  return { pack, purchasable: sold && mayBuyFor(requireRole(viewer, 'VIEWER'), now, account) }
}

/** The purchase's grant. An open grant is taken from the account, which includes the effects of time. */
export async function purchaseGrant(
  view: PurchaseView,
  _: unknown,
  { services }: GatewayContext,
): Promise<GrantView | null> {
  const { grant, teamId } = view
  if (grant === null) return null
  const team = await teamNow(view, services)
  return { type: 'CreditGrant', teamId, grant: team.account.grants.find(({ id }) => id === grant.id) ?? grant, team }
}

/** A purchase is PAID only after its credits have arrived: they are on the balance before anybody sees PAID. */
export const purchaseState = ({ purchase, grant }: PurchaseView): PurchaseState =>
  purchase.outcome === 'PAID' && grant === null ? 'PENDING' : purchase.state

/** The page for payment or confirmation, only for callers who may buy, and only while the purchase is open. */
const whilePending = (url: 'checkoutUrl' | 'actionUrl') => (view: PurchaseView, _: unknown, context: GatewayContext) =>
  view.purchase.state === 'PENDING' && isAtLeast(requireRole(context.viewer, 'VIEWER').role, 'ADMIN')
    ? view.purchase[url]
    : null
export const purchaseCheckoutUrl = whilePending('checkoutUrl')
export const purchaseConfirmUrl = whilePending('actionUrl')

/** How Stripe has booked the payment, only for the operator. */
const bookingFor = ({ purchase }: PurchaseView, { viewer }: GatewayContext): Booking | null =>
  requireRole(viewer, 'VIEWER').role === 'PLATFORM' ? purchase.booking : null

type Booked<T> = (view: PurchaseView, _: unknown, context: GatewayContext) => T | null

export const purchaseFee: Booked<Money> = (view, _, context) => bookingFor(view, context)?.fee ?? null
export const purchaseBalanceTransaction: Booked<string> = (view, _, context) =>
  bookingFor(view, context)?.transaction ?? null
export const purchasePayout: Booked<string> = (view, _, context) => bookingFor(view, context)?.payout ?? null
/**
 * The total that was paid, or the preview's total while the purchase is open. A purchase is answered without its tax while Stripe
 * does not tell it: its other fields must not fail.
 */
export async function totalOfPurchase(
  { purchase }: PurchaseView,
  { services }: GatewayContext,
): Promise<PurchaseTotal> {
  const { teamId, price, taxed, discount, outcome, catalogVersion } = purchase
  // The tax on a discounted price is known once it is paid.
  if (taxed !== null || discount !== null || outcome !== 'OPEN') return purchaseTotal(purchase)
  const { tax } = (await served(() => services.catalogs.find(catalogVersion))) ?? { tax: null }
  if (tax === null) return purchaseTotal(purchase)
  const known = await services.payments.taxOn(teamId, price, tax).catch((error: unknown) => {
    if (error instanceof StripeUnavailable || error instanceof PaymentsOverasked) return null
    throw error
  })
  return purchaseTotal({ price, discount, taxed: known })
}

/** The amount that a promotion code took off the price; null: nothing. */
export const purchaseDiscount = ({ purchase: { discount, price } }: PurchaseView): Money | null =>
  discount === null ? null : { amount: discount, currency: price.currency }

export const purchaseRefunded = ({ purchase }: PurchaseView): Money => ({
  amount: returnedMoney(purchase),
  currency: purchase.price.currency,
})

export const purchaseMember = ({ teamId, purchase: { memberId } }: PurchaseView) => memberView(teamId, memberId)
