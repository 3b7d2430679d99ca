import { hash } from 'node:crypto'
import { type Instant, purchaseId, type TeamId, teamId } from '../domain/identity.ts'
import type { NewPurchase } from '../domain/purchase.ts'
import type { BillName, MeteredBill } from './metered-bill-rows.ts'
import type { Purchase } from './purchase.ts'
import type { PurchaseRefund } from './refund-rows.ts'

/** A purchase of a team. */
export type PurchaseName = { readonly teamId: TeamId; readonly id: NewPurchase['id'] }

/**
 * A purchase's name at Stripe. Idempotency keys are derived from the tag, and everything that is made for the purchase
 * carries it. Another database that numbers its purchases anew makes other tags.
 */
export const tagOf = ({ teamId, id, createdAt }: PurchaseName & Pick<NewPurchase, 'createdAt'>): string =>
  hash('sha256', `${teamId} ${id} ${createdAt}`, 'hex').slice(0, 32)

type Metadata = Readonly<Record<string, string>>

/** The metadata of Stripe's objects for a purchase. */
export const metadataOf = (purchase: PurchaseName & Pick<NewPurchase, 'createdAt'>): Record<string, string> => ({
  team: purchase.teamId,
  purchase: `${purchase.id}`,
  tag: tagOf(purchase),
})

const dayMs = 86_400_000

/**
 * The same, with what Stripe's fraud rules may read of it. Nothing of it is personal, and all of it follows from the row:
 * a repeated request has the same. Source: docs/payments.md.
 */
export const riskMetadataOf = (
  purchase: Pick<Purchase, 'teamId' | 'id' | 'createdAt' | 'cause' | 'pay' | 'packageId' | 'ofNewTeam'>,
  teamCreatedAt: Instant,
): Record<string, string> => ({
  ...metadataOf(purchase),
  source: purchase.cause === 'RECHARGE' ? 'recharge' : purchase.pay === 'CHECKOUT' ? 'checkout' : 'saved',
  package: purchase.packageId ?? 'custom',
  new_team: purchase.ofNewTeam ? 'yes' : 'no',
  team_age_days: `${Math.max(0, Math.floor((purchase.createdAt - teamCreatedAt) / dayMs))}`,
})

/** The purchase that an object at Stripe was made for; null: none of ours. */
export function purchaseIn(metadata: Metadata | null): (PurchaseName & { readonly tag: string }) | null {
  const { team, purchase, tag } = metadata ?? {}
  if (!team || !tag || !purchase || !/^[1-9]\d{0,8}$/.test(purchase)) return null
  return { teamId: teamId(team), id: purchaseId(Number(purchase)), tag }
}

type NamedBill = BillName & Pick<MeteredBill, 'createdAt'>

/** The name of a metered bill at Stripe, like `tagOf` for a purchase. */
export const billTagOf = ({ teamId, month, currency, createdAt }: NamedBill): string =>
  hash('sha256', `${teamId} ${month} ${currency} ${createdAt}`, 'hex').slice(0, 32)

/** The name of an operator's refund at Stripe, like `tagOf` for a purchase. */
export const refundTagOf = ({ teamId, key, createdAt }: Pick<PurchaseRefund, 'teamId' | 'key' | 'createdAt'>): string =>
  hash('sha256', `${teamId} ${key} ${createdAt}`, 'hex').slice(0, 32)

/** The metadata of Stripe's objects for a bill. */
export const billMetadataOf = (bill: NamedBill): Record<string, string> => ({
  team: bill.teamId,
  month: bill.month,
  currency: bill.currency,
  tag: billTagOf(bill),
})
