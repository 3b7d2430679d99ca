import type Stripe from 'stripe'
import { paging, parameters, text } from '../api/parameters.ts'
import { type Route, route } from '../api/route.ts'
import type { Work } from '../api/work.ts'
import { isPaidOut, putIntoPayout } from './paid-out.ts'
import { book } from './transactions.ts'

export const payoutRoutes: readonly Route[] = [
  route('GET', '/v1/payouts', parameters({ ...paging, status: text().optional() }), (work, { status, ...page }) =>
    work.list('payout', '/v1/payouts', page, { status }),
  ),
  route('GET', '/v1/payouts/:id', parameters({}), (work, _, id) => work.need('payout', id)),
]

/** Pays out all that is available, one payout a currency; a balance below zero waits. */
export function payOut(work: Work): Stripe.Payout[] {
  const available = work.objects
    .all('balance_transaction', { status: 'available' })
    .filter(({ id, type }) => type !== 'payout' && !isPaidOut(work, id))
  const byCurrency = Map.groupBy(available, ({ currency }) => currency)
  return [...byCurrency].flatMap(([currency, transactions]) => {
    const amount = transactions.reduce((sum, { net }) => sum + net, 0)
    return amount > 0 ? [payOutOne(work, currency, amount, transactions)] : []
  })
}

function payOutOne(
  work: Work,
  currency: string,
  amount: number,
  transactions: readonly Stripe.BalanceTransaction[],
): Stripe.Payout {
  const id = work.id('payout')
  const created: Stripe.Payout = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: work.now,
    automatic: true,
    balance_transaction: book(work, { type: 'payout', amount: -amount, currency, source: id }).id,
    created: work.now,
    currency,
    description: 'STRIPE PAYOUT',
    destination: null,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'completed',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'in_transit',
    trace_id: null,
    type: 'bank_account',
  }
  work.objects.put('payout', created)
  putIntoPayout(
    work,
    id,
    transactions.map((transaction) => transaction.id),
  )
  work.emit('payout.created', created)
  const paid = { ...created, status: 'paid' }
  work.objects.put('payout', paid)
  work.emit('payout.paid', paid)
  return paid
}
