import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { PurchaseId, TeamId } from '../domain/identity.ts'
import { ms } from '../ledger/rows/instants.ts'

type Client = Pick<PoolClient, 'query'>

/** A refund that the operator asked for, by its idempotency key. ASKED: Stripe's answer is not known yet. */
export type PurchaseRefund = {
  readonly teamId: TeamId
  readonly key: string
  readonly purchaseId: PurchaseId
  /** Follows from the request, to tell a repeated one from another one with the same key. */
  readonly fingerprint: string
  readonly amount: bigint
  readonly state: 'ASKED' | 'MADE'
  readonly createdAt: number
}

const columns = `team_id as "teamId", key, purchase_id as "purchaseId", fingerprint, amount::text, state,
  ${ms('created_at', '"createdAt"')}`

const toRefund = (row: Omit<PurchaseRefund, 'amount'> & { amount: string }): PurchaseRefund => ({
  ...row,
  amount: BigInt(row.amount),
})

export async function readRefund(client: Client, teamId: TeamId, key: string): Promise<PurchaseRefund | null> {
  const text = `select ${columns} from purchase_refund where team_id = $1 and key = $2`
  const { rows } = await client.query({ name: 'purchase-refund', text, values: [teamId, key] })
  return rows[0] === undefined ? null : toRefund(rows[0])
}

/** The money of refunds whose outcome is not known, in nano-units. */
export async function readUnderWay(client: Client, teamId: TeamId, id: PurchaseId): Promise<bigint> {
  const text = `select coalesce(sum(amount), 0)::text as amount from purchase_refund
    where team_id = $1 and purchase_id = $2 and state = 'ASKED'`
  const { rows } = await client.query({ name: 'refunds-under-way', text, values: [teamId, id] })
  return BigInt(rows[0].amount)
}

export async function insertRefund(
  client: Client,
  { teamId, key, purchaseId, fingerprint, amount }: Omit<PurchaseRefund, 'state' | 'createdAt'>,
  reason: string,
): Promise<void> {
  const text = `insert into purchase_refund (team_id, key, purchase_id, fingerprint, amount, reason, created_at)
    values ($1, $2, $3, $4, $5, $6, ledger_now())`
  await client.query(text, [teamId, key, purchaseId, fingerprint, `${amount}`, reason])
}

export async function markMade(client: Client, { teamId, key }: PurchaseRefund, refund: string): Promise<void> {
  const text = `update purchase_refund set state = 'MADE', refund = $3 where team_id = $1 and key = $2`
  await client.query(text, [teamId, key, refund])
}

/** Stripe refused: nothing was given back, and the same key may be used again. */
export async function deleteRefund(client: Client, { teamId, key }: PurchaseRefund): Promise<void> {
  await client.query(`delete from purchase_refund where team_id = $1 and key = $2 and state = 'ASKED'`, [teamId, key])
}

/** Refunds without an answer after a minute, the oldest first. */
export async function readUnanswered(client: Client, limit: number): Promise<readonly PurchaseRefund[]> {
  const text = `select ${columns} from purchase_refund
    where state = 'ASKED' and created_at < ledger_now() - interval '1 minute' order by created_at limit $1`
  const { rows } = await client.query({ name: 'unanswered-refunds', text, values: [limit] })
  return rows.map(toRefund)
}

/** The refund's mark at Stripe: its idempotency key and its metadata carry it. */
export const markOf = ({ teamId, key, createdAt }: PurchaseRefund): string =>
  `refund:${hash('sha256', `${teamId} ${key} ${createdAt}`, 'hex').slice(0, 32)}`
