import type { PoolClient } from 'pg'
import { type Instant, type PurchaseId, purchaseId, type TeamId } from '../domain/identity.ts'
import type { PurchaseRefundEntity } from '../entities/purchase-refund.ts'
import { asAmount, asInstant, asInteger, asText, columnsOf, listOf, type RowOf } from '../ledger/rows/columns.ts'

type Client = Pick<PoolClient, 'query'>

/** A refund is of a purchase, or of the payment of an invoice. */
export type RefundOf =
  | { readonly kind: 'purchase'; readonly id: PurchaseId }
  | { readonly kind: 'invoice'; readonly id: string; readonly intent: string; readonly currency: string }

/** A refund that the operator asked for, by its idempotency key. ASKED: Stripe's answer is not known yet. */
export type PurchaseRefund = {
  readonly teamId: TeamId
  readonly key: string
  readonly of: RefundOf
  /** The reason that Stripe is given. */
  readonly cause: 'requested_by_customer' | 'fraudulent'
  /** Follows from the request, to tell a repeated one from another one with the same key. */
  readonly fingerprint: string
  /** In nano-units of the price's currency. */
  readonly amount: bigint
  readonly state: 'ASKED' | 'MADE'
  readonly createdAt: Instant
}

const refund = columnsOf<typeof PurchaseRefundEntity>()({
  team_id: asText<TeamId>(),
  key: asText(),
  purchase_id: asInteger<number | null>(),
  invoice: asText<string | null>(),
  payment_intent: asText<string | null>(),
  currency: asText<string | null>(),
  cause: asText<PurchaseRefund['cause']>(),
  fingerprint: asText(),
  amount: asAmount(),
  state: asText<PurchaseRefund['state']>(),
  created_at: asInstant(),
})
const columns = listOf('r', refund)

const toRefund = (row: RowOf<typeof refund>): PurchaseRefund => ({
  teamId: row.team_id,
  key: row.key,
  of: toRefundOf(row),
  cause: row.cause,
  fingerprint: row.fingerprint,
  amount: BigInt(row.amount),
  state: row.state,
  createdAt: row.created_at,
})

function toRefundOf({ purchase_id: id, invoice, payment_intent: intent, currency }: RowOf<typeof refund>): RefundOf {
  if (id !== null) return { kind: 'purchase', id: purchaseId(id) }
  if (invoice === null || intent === null || currency === null) throw new Error('A refund is of nothing')
  return { kind: 'invoice', id: invoice, intent, currency }
}

export async function readRefund(client: Client, teamId: TeamId, key: string): Promise<PurchaseRefund | null> {
  const text = `select ${columns} from purchase_refund r where team_id = $1 and key = $2`
  const { rows } = await client.query({ name: 'purchase-refund', text, values: [teamId, key] })
  return rows[0] === undefined ? null : toRefund(rows[0])
}

/** The money of refunds whose outcome is not known, in nano-units. */
export async function readUnderWay(client: Client, teamId: TeamId, of: RefundOf): Promise<bigint> {
  const column = of.kind === 'purchase' ? 'purchase_id' : 'invoice'
  const text = `select coalesce(sum(amount), 0)::text as amount from purchase_refund
    where team_id = $1 and ${column} = $2 and state = 'ASKED'`
  const { rows } = await client.query({ name: `refunds-under-way-${column}`, text, values: [teamId, of.id] })
  return BigInt(rows[0].amount)
}

export type NewRefund = Omit<PurchaseRefund, 'state' | 'createdAt'> & { readonly reason: string }

export async function insertRefund(client: Client, refund: NewRefund): Promise<void> {
  const { teamId, key, of, fingerprint, amount, reason, cause } = refund
  const text = `insert into purchase_refund (team_id, key, purchase_id, invoice, payment_intent, currency, fingerprint, amount,
      reason, cause, created_at, asked_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ledger_now(), ledger_now())`
  const named = of.kind === 'purchase' ? [of.id, null, null, null] : [null, of.id, of.intent, of.currency]
  await client.query(text, [teamId, key, ...named, fingerprint, `${amount}`, reason, cause])
}

export async function markMade(client: Client, { teamId, key }: PurchaseRefund, made: string): Promise<void> {
  const text = `update purchase_refund set state = 'MADE', refund = $3 where team_id = $1 and key = $2`
  await client.query(text, [teamId, key, made])
}

/** Stripe refused: nothing was given back, and the same key may be used again. */
export async function deleteRefund(client: Client, { teamId, key }: PurchaseRefund): Promise<void> {
  await client.query(`delete from purchase_refund where team_id = $1 and key = $2 and state = 'ASKED'`, [teamId, key])
}

const claimUnanswered = `
  update purchase_refund r set asked_at = ledger_now()
  from (select team_id, key from purchase_refund
    where state = 'ASKED' and asked_at < ledger_now() - interval '1 minute'
    order by asked_at limit 20 for update skip locked) due
  where r.team_id = due.team_id and r.key = due.key
  returning ${columns}`

/** Claims refunds without an answer, a minute after they were last asked for; those that wait longest come first. */
export async function claimRefunds(client: Client): Promise<readonly PurchaseRefund[]> {
  const { rows } = await client.query({ name: 'unanswered-refunds', text: claimUnanswered })
  return rows.map(toRefund)
}
