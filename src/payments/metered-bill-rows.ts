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

/**
 * DUE: the invoice is being made. CARRIED: too little to be charged, the next bill takes it over. NOTHING: nothing is owed.
 * The others are the invoice's own.
 */
export type BillState = 'DUE' | 'CARRIED' | 'NOTHING' | InvoiceState
export const invoiceStates = ['OPEN', 'PAID', 'VOID', 'UNCOLLECTIBLE'] as const
export type InvoiceState = (typeof invoiceStates)[number]

/** A team's bill for a month of metered usage. Its sums are written once, before the first request to Stripe. */
export type MeteredBill = BillName & {
  readonly startsAt: Instant
  readonly endsAt: Instant
  /** The sum of the month itself, in nano-units; below 0 if more was given back than used. */
  readonly amount: bigint
  /** The sums that earlier bills left to this one, in nano-units. */
  readonly carried: bigint
  /** The month whose bill took this one over; null: none. */
  readonly carriedTo: string | null
  readonly lines: readonly BillLine[]
  readonly state: BillState
  /** From when on it is overdue where it is not paid; null: it has no invoice yet. */
  readonly overdueAt: Instant | null
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
  team_id: TeamId
  month: string
  currency: string
  starts_at: number
  ends_at: number
  amount: string
  carried: string
  carried_to: string | null
  overdue_at: number | null
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

const billColumns = `
  b.team_id, b.month, b.currency, b.carried::text, b.carried_to, ${ms('b.overdue_at', 'overdue_at')},
  ${ms('m.starts_at', 'starts_at')}, ${ms('m.ends_at', 'ends_at')}, b.amount::text, b.lines, b.state,
    ${ms('b.created_at', 'created_at')}, b.customer, b.collection, b.payment_method, ${ms('b.asked_at', 'asked_at')},
    b.invoice, b.invoice_url, b.asks`

const readRow = `
  select ${billColumns} from metered_bill b join metered_month m using (month)
  where b.team_id = $1 and b.month = $2 and b.currency = $3`

/** The bill of this name. Throws where there is none. */
export async function readBill(client: Client, { teamId, month, currency }: BillName): Promise<MeteredBill> {
  const { rows } = await client.query<BillRow>({ name: 'bill', text: readRow, values: [teamId, month, currency] })
  const [row] = rows
  if (row === undefined) throw new Error(`${teamId} has no bill for ${month} in ${currency}`)
  return toBill(row)
}

/** The part of a bill that its team is shown. REFUNDED: it was paid, and its whole sum was given back. */
export type ListedBill = Pick<
  MeteredBill,
  'month' | 'currency' | 'amount' | 'carried' | 'carriedTo' | 'overdueAt' | 'invoiceUrl'
> & { readonly state: BillState | 'REFUNDED' }

/** The most bills that are read of a team: those of eight years in one currency. */
const mostBills = 100
const isRefunded = `exists (select from reversed_invoice i
  where i.team_id = b.team_id and i.invoice = b.invoice and i.total <= (
    select sum((r ->> 'amount')::numeric) from jsonb_array_elements(i.reversals) r where r ->> 'effect' = 'WITHDRAWN'))`
const readNewest = `
  select month, currency, amount::text, carried::text, carried_to, ${ms('overdue_at', 'overdue_at')}, invoice_url,
    case when state = 'PAID' and ${isRefunded} then 'REFUNDED' else state end as state
  from metered_bill b where team_id = $1 order by month desc, currency limit ${mostBills}`

/** The newest bills of a team, the newest first. */
export async function readBills(client: Client, teamId: TeamId): Promise<ListedBill[]> {
  const { rows } = await client.query<BillRow>({ name: 'bills', text: readNewest, values: [teamId] })
  return rows.map(({ month, currency, amount, carried, carried_to, state, overdue_at, invoice_url }) => ({
    month,
    currency,
    amount: BigInt(amount),
    carried: BigInt(carried),
    carriedTo: carried_to,
    state,
    overdueAt: overdue_at,
    invoiceUrl: invoice_url,
  }))
}

/** The bill that has this invoice; null: none has. */
export async function readBillOfInvoice(client: Client, invoice: string): Promise<BillName | null> {
  const text = 'select team_id, month, currency from metered_bill where invoice = $1'
  const { rows } = await client.query<BillRow>({ name: 'bill-of-invoice', text, values: [invoice] })
  const [row] = rows
  return row === undefined ? null : { teamId: row.team_id, month: row.month, currency: row.currency }
}

function toBill(row: BillRow): MeteredBill {
  const { customer, collection, asked_at: askedAt } = row
  const isDecided = customer !== null && collection !== null && askedAt !== null
  return {
    teamId: row.team_id,
    month: row.month,
    currency: row.currency,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    amount: BigInt(row.amount),
    carried: BigInt(row.carried),
    carriedTo: row.carried_to,
    overdueAt: row.overdue_at,
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
    where team_id = $1 and month = $2 and invoice_url is not null order by currency limit 1`
  const { rows } = await client.query<{ invoice_url: string | null }>({
    name: 'bill-invoice',
    text,
    values: [teamId, month],
  })
  return rows[0]?.invoice_url ?? null
}
