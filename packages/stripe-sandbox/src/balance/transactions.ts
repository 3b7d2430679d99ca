import type Stripe from 'stripe'
import { currency, paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import { changed, type Work } from '../api/work.ts'
import { transactionsOf } from './paid-out.ts'

const kind = 'balance_transaction'
const availableAfterSeconds = 2 * 86_400

/** The alarm at which a transaction's money can be paid out. */
export const balanceAvailable = 'balance.available'

const listParameters = parameters({
  ...paging,
  currency: currency.optional(),
  payout: text().optional(),
  source: text().optional(),
  type: text().optional(),
})

export const balanceTransactionRoutes: readonly Route[] = [
  route('GET', '/v1/balance_transactions', listParameters, (work, { currency, payout, source, type, ...page }) => {
    const id = payout === undefined ? undefined : transactionsOf(work, payout)
    return work.list(kind, '/v1/balance_transactions', page, { currency, source, type, id })
  }),
  route('GET', '/v1/balance_transactions/:id', parameters({}), (work, _, id) => work.need(kind, id)),
]

type Booking = {
  readonly type: 'adjustment' | 'charge' | 'payment' | 'payout' | 'refund' | 'refund_failure'
  readonly amount: number
  readonly fee?: number
  readonly currency: string
  /** The charge, refund, dispute or payout that moves the money. */
  readonly source: string
}

/** Books money that comes or goes; `net` is what the account's balance changes by. */
export function book(work: Work, { type, amount, fee = 0, currency, source }: Booking): Stripe.BalanceTransaction {
  const available_on = work.now + availableAfterSeconds
  const transaction: Stripe.BalanceTransaction = {
    id: work.id(kind),
    object: kind,
    amount,
    available_on,
    balance_type: 'payments',
    created: work.now,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: type === 'adjustment' ? 'dispute' : type,
    source,
    status: 'pending',
    type,
  }
  work.objects.put(kind, transaction)
  work.at(available_on, balanceAvailable, transaction.id)
  return transaction
}

export function makeAvailable(work: Work, id: string): void {
  work.objects.put(kind, { ...work.need(kind, id), status: 'available' })
}

/** Stripe's price for cards: 2.9 % and 30 of the smallest unit. */
const feeOf = (amount: number) => Math.round(amount * 0.029) + 30

/** Books the charge, which is known a moment after it has succeeded, as with `capture_method: automatic_async`. */
export function bookCharge(work: Work, id: string): Stripe.Charge {
  const before = work.need('charge', id)
  const type = before.payment_method_details?.type === 'card' ? 'charge' : 'payment'
  const { amount, currency } = before
  const { id: balance_transaction } = book(work, { type, amount, fee: feeOf(amount), currency, source: id })
  const charge = { ...before, balance_transaction }
  work.objects.put('charge', charge)
  work.emit('charge.updated', charge, changed(before, charge))
  return charge
}
