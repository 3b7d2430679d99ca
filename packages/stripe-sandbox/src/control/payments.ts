import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { payOut } from '../balance/payouts.ts'
import { type Decision, decideDispute } from '../disputes/disputes.ts'
import { type DisputePlan, openDispute } from '../disputes/open.ts'
import { type RenewedCard, renewCard } from '../payment-methods/renew.ts'
import { finishIntent } from '../payments/confirm.ts'
import type { PlannedDecline, PlannedDeclines } from '../payments/planned-declines.ts'
import { warnOfFraud } from '../radar/early-fraud-warnings.ts'
import { openReview } from '../radar/reviews.ts'
import { finishRefund } from '../refunds/refunds.ts'

/** Acts of banks that take time, done on request. Each throws Stripe's refusal if it is not possible. */
export type BankControl = {
  /** The next charges are declined, whatever the card. */
  decline(decline: PlannedDecline): void
  /** Ends a `processing` payment. */
  finish(paymentIntent: string, end: 'succeeded' | 'failed'): void
  /** Ends a refund: a pending one either way; a successful one can still fail. */
  finishRefund(refund: string, end: 'succeeded' | 'failed'): void
  /**
   * The customer disputes the payment: the part that is not refunded, or this amount. `inquiry`: the bank asks first;
   * `prevented`: the card network settles it by a refund. Returns the dispute's id.
   */
  dispute(paymentIntent: string, amount?: number, kind?: DisputePlan['kind']): string
  /** Decides an open dispute or inquiry, turns an inquiry into a dispute, or opens the appeal of a lost dispute. */
  decideDispute(dispute: string, end: Decision): void
  /** The card's issuer reports the payment as fraud. Returns the warning's id. */
  warnOfFraud(paymentIntent: string): string
  /** Queues the payment for a review. Returns the review's id. */
  review(paymentIntent: string): string
  /** The card network renews the card: the payment method stays, its number or expiry changes. */
  renewCard(paymentMethod: string, card: RenewedCard): void
  /** Pays out what is available. Returns the ids of the payouts, one a currency. */
  payOut(): string[]
}

export function bankControl(transact: <T>(run: (work: Work) => T) => T, declines: PlannedDeclines): BankControl {
  return {
    decline: declines.add,
    finish: (intent, end) => void transact((work) => finishIntent(work, intent, end)),
    finishRefund: (refund, end) => transact((work) => finishRefund(work, refund, end)),
    dispute: (id, amount, kind = 'dispute') =>
      transact((work) => {
        const charge = chargeOf(work, id)
        const disputed = amount ?? charge.amount - charge.amount_refunded
        return openDispute(work, charge, { kind, reason: 'fraudulent', amount: disputed }).id
      }),
    decideDispute: (id, end) => void transact((work) => decideDispute(work, id, end)),
    warnOfFraud: (id) => transact((work) => warnOfFraud(work, chargeOf(work, id)).id),
    review: (id) => transact((work) => openReview(work, chargeOf(work, id), 'manual').id),
    renewCard: (id, card) => void transact((work) => renewCard(work, id, card)),
    payOut: () => transact((work) => payOut(work).map(({ id }) => id)),
  }
}

function chargeOf(work: Work, intent: string): Stripe.Charge {
  const { latest_charge } = work.need('payment_intent', intent)
  return work.need('charge', typeof latest_charge === 'string' ? latest_charge : '')
}
