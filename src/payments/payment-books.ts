import type { PoolClient } from 'pg'
import type { Stripe } from 'stripe'
import type { Instant, PurchaseId, TeamId } from '../domain/identity.ts'
import { instant } from '../ledger/rows/instants.ts'
import { fromMinorUnits } from './minor-units.ts'
import type { Purchase } from './purchase.ts'
import { type PurchaseRow, purchaseColumns, toPurchase } from './purchase-rows.ts'

type Client = Pick<PoolClient, 'query'>

const writeBookings = `
  update purchase p set balance_transaction = b.id, fee_amount = b.fee, fee_currency = b.currency
  from jsonb_to_recordset($1::jsonb) b(payment text, id text, fee bigint, currency text)
  where p.payment_intent = b.payment and p.balance_transaction is null`

/** Stores the fee and the balance transaction of each payment whose charge Stripe has booked. */
export async function bookPayments(client: Client, payments: readonly Stripe.PaymentIntent[]): Promise<void> {
  const booked = payments.flatMap(({ id: payment, latest_charge: charge }) => {
    const transaction = typeof charge === 'object' ? charge?.balance_transaction : null
    if (typeof transaction !== 'object' || transaction === null) return []
    const { id, fee, currency } = transaction
    return [{ payment, id, fee: `${fromMinorUnits(fee, currency)}`, currency: currency.toUpperCase() }]
  })
  if (booked.length === 0) return
  await client.query({ name: 'book-payments', text: writeBookings, values: [JSON.stringify(booked)] })
}

const readBooked = 'select from purchase where payout = $1 limit 1'
const writePayout = 'update purchase set payout = $1 where balance_transaction = any($2) and payout is null'

/** Whether a payment of this payout is known. Then all of them are. */
export async function isPayoutBooked(client: Client, payout: string): Promise<boolean> {
  return (await client.query(readBooked, [payout])).rowCount !== 0
}

/** Stores the payout of the payments with these balance transactions, all at once. */
export async function bookPayout(client: Client, payout: string, transactions: readonly string[]): Promise<void> {
  await client.query(writePayout, [payout, transactions])
}

export type PaidSpan = {
  readonly since: Instant
  readonly until: Instant
  readonly after: PaidPlace
  readonly limit: number
}
export type PaidPlace = { readonly teamId: TeamId | ''; readonly id: PurchaseId | 0 }

const readPaid = `select ${purchaseColumns} from purchase p
  where (p.team_id, p.id) > ($1, $2) and p.state in ('PAID', 'REFUNDED', 'DISPUTED') and p.payment_intent is not null
    and p.created_at >= ${instant('$3::float8')} and p.created_at < ${instant('$4::float8')}
  order by p.team_id, p.id limit $5`

/** Purchases that were begun in a span of time and are paid with money, behind a place. */
export async function readPaidPurchases(client: Client, span: PaidSpan): Promise<Purchase[]> {
  const values = [span.after.teamId, span.after.id, span.since, span.until, span.limit]
  const { rows } = await client.query<PurchaseRow>({ name: 'paid-purchases', text: readPaid, values })
  return rows.map(toPurchase)
}
