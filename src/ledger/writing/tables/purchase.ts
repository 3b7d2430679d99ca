import type { NewPurchase } from '../../../domain/purchase.ts'
import type { PurchaseEntity } from '../../../entities/purchase.ts'
import type { PostedFacts } from '../../deciding/team-state.ts'
import { instant as toTimestamp } from '../../rows/instants.ts'
import { bigint, type Column, type Described, instant, integer, table, text, updated } from '../table.ts'

/** When a purchase that nobody went on with is given up. */
const abandonedAfterMs = 86_400_000

/** The columns that follow from Stripe's facts. */
type Later =
  | ('state' | 'customer' | 'paymentMethod' | 'receiptEmail' | 'paymentIntent' | 'checkoutSession' | 'checkoutUrl')
  | ('actionUrl' | 'declineCode' | 'failure' | 'reversals' | 'receiptUrl' | 'invoice' | 'invoiceUrl')
  | ('returnCode' | 'returnedAt')
  | ('paidBy' | 'fingerprint' | 'isUnderWay' | 'warning' | 'review' | 'loss' | 'ofNewTeam' | 'warnedAt')
  | ('balanceTransaction' | 'feeAmount' | 'feeCurrency' | 'payout')
  | ('taxBehavior' | 'taxAmount' | 'totalAmount' | 'discountAmount')
  | ('askedAt' | 'asks' | 'facts' | 'posted')

const description: Described<typeof PurchaseEntity, NewPurchase, null, 'teamId' | Later> = {
  id: integer((purchase) => purchase.id),
  cause: text((purchase) => purchase.cause),
  packageId: text((purchase) => purchase.packageId),
  catalogVersion: text((purchase) => purchase.catalogVersion),
  credits: bigint((purchase) => purchase.credits),
  priceAmount: bigint((purchase) => purchase.price.amount),
  priceCurrency: text((purchase) => purchase.price.currency),
  pay: text((purchase) => purchase.pay),
  successUrl: text((purchase) => purchase.successUrl),
  cancelUrl: text((purchase) => purchase.cancelUrl),
  memberId: text((purchase) => purchase.memberId),
  createdAt: instant((purchase) => purchase.createdAt),
  // A recharge is the reconciler's from the start; a purchase only once its buyer has asked for the money.
  askAt: instant(({ cause, createdAt }) => (cause === 'RECHARGE' ? createdAt : createdAt + abandonedAfterMs)),
}

export const purchase = table('purchase', description)

const postedFacts = {
  id: integer(({ purchase }) => purchase),
  posted: integer(({ facts }) => facts),
  askAt: instant(({ askAt }) => askAt),
} satisfies Record<string, Column<PostedFacts, null>>

/**
 * A purchase of which more facts are known by now is due when those say. They may be posted already, where nothing follows
 * from them.
 */
export const posted = updated('purchase', postedFacts, {
  posted: 'greatest(g.posted, u.posted)',
  ask_at: `case when g.facts = u.posted then ${toTimestamp('u.ask_at')} else g.ask_at end`,
})
