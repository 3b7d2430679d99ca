import type { Work } from '../api/work.ts'
import { closeDispute } from '../disputes/disputes.ts'
import { openDispute } from '../disputes/open.ts'
import { finishIntent } from '../payments/confirm.ts'
import type { PlannedDecline, PlannedDeclines } from '../payments/planned-declines.ts'
import { finishRefund } from '../refunds/refunds.ts'

/** Acts of banks that take time, done on request. Each throws Stripe's refusal if it is not possible. */
export type BankControl = {
  /** The next charges are declined, whatever the card. */
  decline(decline: PlannedDecline): void
  /** Ends a `processing` payment. */
  finish(paymentIntent: string, end: 'succeeded' | 'failed'): void
  /** Ends a refund: a pending one either way; a successful one can still fail. */
  finishRefund(refund: string, end: 'succeeded' | 'failed'): void
  /** The customer disputes the payment: the part that is not refunded, or this amount. Returns the dispute's id. */
  dispute(paymentIntent: string, amount?: number): string
  /** Decides an open dispute. */
  decideDispute(dispute: string, end: 'won' | 'lost'): void
}

export function bankControl(transact: <T>(run: (work: Work) => T) => T, declines: PlannedDeclines): BankControl {
  return {
    decline: declines.add,
    finish: (intent, end) => void transact((work) => finishIntent(work, intent, end)),
    finishRefund: (refund, end) => transact((work) => finishRefund(work, refund, end)),
    dispute: (id, amount) =>
      transact((work) => {
        const { latest_charge } = work.need('payment_intent', id)
        const charge = work.need('charge', typeof latest_charge === 'string' ? latest_charge : '')
        return openDispute(work, charge, 'fraudulent', amount ?? charge.amount - charge.amount_refunded).id
      }),
    decideDispute: (id, end) => void transact((work) => closeDispute(work, work.need('dispute', id), end)),
  }
}
