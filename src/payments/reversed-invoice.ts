import type { Credits } from '../domain/amounts/credits.ts'
import type { Grant } from '../domain/grant.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import type { Loss } from '../domain/loss.ts'
import { isDispute, type Reversal, returnedMoney } from './purchase.ts'

/** An invoice of a plan, of units or of metered usage, of which something was given back. */
export type ReversedInvoice = {
  readonly teamId: TeamId
  readonly invoice: string
  /** The sum of the invoice with its taxes, in nano-units. */
  readonly total: bigint
  readonly currency: string
  readonly reversals: readonly Reversal[]
  readonly facts: number
  readonly posted: number
}

/** A grant that an invoice has paid for. `changed`: what a change of plan has taken back of it, whatever its payment. */
export type PaidGrant = { readonly grant: Grant; readonly changed: Credits }

/**
 * The credits of a grant that are taken back now: its share of what was given back of the invoice, rounded down, beside
 * what a change of plan has taken.
 */
export function takenOf(
  { grant: { granted }, changed }: PaidGrant,
  invoice: Pick<ReversedInvoice, 'total' | 'reversals'>,
): Credits {
  const back = returnedMoney(invoice)
  const total = changed + (back >= invoice.total ? granted : (granted * back) / invoice.total)
  return total < granted ? total : granted
}

/** A payment that the payer's bank takes back stops the recharge; a refund is the operator's own wish. */
export const lossOfInvoice = ({ reversals }: Pick<ReversedInvoice, 'reversals'>): Loss | null =>
  reversals.some(({ id, effect }) => effect === 'WITHDRAWN' && isDispute(id)) ? 'DISPUTED' : null

/** The fate of the invoice's payment, for people. */
export function whatHappenedTo(invoice: ReversedInvoice): string {
  if (lossOfInvoice(invoice) !== null) return 'the payment was disputed'
  const back = returnedMoney(invoice)
  if (back === 0n) return 'the payment is kept after all'
  return back >= invoice.total ? 'the payment was refunded' : 'the payment was refunded in part'
}

/** The deposits that an invoice has paid: those of its plan that begin within its cycle, or the units of one order. */
export type Paid =
  | { readonly kind: 'cycle'; readonly planId: string; readonly from: Instant; readonly until: Instant }
  | { readonly kind: 'units'; readonly until: Instant }
  | { readonly kind: 'bill' }
