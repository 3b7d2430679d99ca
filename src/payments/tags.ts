import { hash } from 'node:crypto'
import { purchaseId, type TeamId, teamId } from '../domain/identity.ts'
import type { NewPurchase } from '../domain/purchase.ts'
import type { BillName, MeteredBill } from './metered-bill-rows.ts'

/** A purchase of a team. */
export type PurchaseName = { readonly teamId: TeamId; readonly id: NewPurchase['id'] }

/**
 * What a purchase is called at Stripe: idempotency keys are derived from it and everything that is made for it carries
 * it. Another database that counts its purchases anew calls none of them the same.
 */
export const tagOf = ({ teamId, id, createdAt }: PurchaseName & Pick<NewPurchase, 'createdAt'>): string =>
  hash('sha256', `${teamId} ${id} ${createdAt}`, 'hex').slice(0, 32)

type Metadata = Readonly<Record<string, string>>

/** The metadata of what is made at Stripe for a purchase. */
export const metadataOf = (purchase: PurchaseName & Pick<NewPurchase, 'createdAt'>): Record<string, string> => ({
  team: purchase.teamId,
  purchase: `${purchase.id}`,
  tag: tagOf(purchase),
})

/** Which purchase something at Stripe was made for; null: for none of ours. */
export function purchaseIn(metadata: Metadata | null): (PurchaseName & { readonly tag: string }) | null {
  const { team, purchase, tag } = metadata ?? {}
  if (!team || !tag || !purchase || !/^[1-9]\d{0,8}$/.test(purchase)) return null
  return { teamId: teamId(team), id: purchaseId(Number(purchase)), tag }
}

type NamedBill = BillName & Pick<MeteredBill, 'createdAt'>

/** What a bill of metered usage is called at Stripe, as `tagOf` a purchase. */
export const billTagOf = ({ teamId, month, currency, createdAt }: NamedBill): string =>
  hash('sha256', `${teamId} ${month} ${currency} ${createdAt}`, 'hex').slice(0, 32)

/** The metadata of what is made at Stripe for a bill. */
export const billMetadataOf = (bill: NamedBill): Record<string, string> => ({
  team: bill.teamId,
  month: bill.month,
  currency: bill.currency,
  tag: billTagOf(bill),
})
