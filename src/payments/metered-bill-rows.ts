import type { PoolClient } from 'pg'
import type { Instant, TeamId } from '../domain/identity.ts'
import { ms } from '../ledger/rows/instants.ts'

type Client = Pick<PoolClient, 'query'>

/** A team's bill for a month. `month`: `2026-11`. */
export type BillName = { readonly teamId: TeamId; readonly month: string; readonly currency: string }

/**
 * One rate's line of a bill. `counted`: the unit of `quantity` (`seconds`); `amount` in the currency's smallest units.
 */
export type BillLine = {
  readonly rate: string
  readonly name: string
  readonly counted: string | null
  readonly quantity: string
  readonly amount: string
}

export type BillState = 'DUE' | 'INVOICED' | 'NOTHING'

/** A team's bill for a month of metered usage. It is written once, before the first request to Stripe. */
export type MeteredBill = BillName & {
  readonly startsAt: Instant
  readonly endsAt: Instant
  /** In nano-units; below 0 if more was given back than used. */
  readonly amount: bigint
  readonly lines: readonly BillLine[]
  readonly state: BillState
  readonly createdAt: Instant
  /** The customer and the way of collection; null: not decided yet. */
  readonly billed: {
    readonly customer: string
    /** CHARGE: with `paymentMethod`, or on the invoice's page. SEND: by e-mail. */
    readonly collection: 'CHARGE' | 'SEND'
    readonly paymentMethod: string | null
    /** When it was decided, by the database's own clock. */
    readonly askedAt: Instant
  } | null
  readonly invoice: string | null
  readonly invoiceUrl: string | null
  /** How often the bill was processed. */
  readonly asks: number
}

type BillRow = {
  starts_at: number
  ends_at: number
  amount: string
  lines: BillLine[]
  state: BillState
  created_at: number
  customer: string | null
  collection: 'CHARGE' | 'SEND' | null
  payment_method: string | null
  asked_at: number | null
  invoice: string | null
  invoice_url: string | null
  asks: number
}

const readRow = `
  select ${ms('m.starts_at', 'starts_at')}, ${ms('m.ends_at', 'ends_at')}, b.amount::text, b.lines, b.state,
    ${ms('b.created_at', 'created_at')}, b.customer, b.collection, b.payment_method, ${ms('b.asked_at', 'asked_at')},
    b.invoice, b.invoice_url, b.asks
  from metered_bill b join metered_month m using (month)
  where b.team_id = $1 and b.month = $2 and b.currency = $3`

/** The bill of this name. Throws where there is none. */
export async function readBill(client: Client, { teamId, month, currency }: BillName): Promise<MeteredBill> {
  const { rows } = await client.query<BillRow>({ name: 'bill', text: readRow, values: [teamId, month, currency] })
  const [row] = rows
  if (row === undefined) throw new Error(`${teamId} has no bill for ${month} in ${currency}`)
  const { customer, collection, asked_at: askedAt } = row
  const isDecided = customer !== null && collection !== null && askedAt !== null
  return {
    teamId,
    month,
    currency,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    amount: BigInt(row.amount),
    lines: row.lines,
    state: row.state,
    createdAt: row.created_at,
    billed: isDecided ? { customer, collection, paymentMethod: row.payment_method, askedAt } : null,
    invoice: row.invoice,
    invoiceUrl: row.invoice_url,
    asks: row.asks,
  }
}

/** The page of a month's invoice; null: the month is not billed, or there is nothing to bill. */
export async function readInvoiceUrl(client: Client, teamId: TeamId, month: string): Promise<string | null> {
  const text = `select invoice_url from metered_bill
    where team_id = $1 and month = $2 and state = 'INVOICED' order by currency limit 1`
  const { rows } = await client.query<{ invoice_url: string | null }>({
    name: 'bill-invoice',
    text,
    values: [teamId, month],
  })
  return rows[0]?.invoice_url ?? null
}
