import type { PoolClient } from 'pg'
import type { Money } from '../domain/amounts/money.ts'
import { type Instant, type MemberId, type PurchaseId, purchaseId, type TeamId } from '../domain/identity.ts'
import type { PayWith, PurchaseCause, PurchaseState } from '../domain/purchase.ts'
import type { TaxBehavior, Taxed } from '../domain/tax.ts'
import type { PurchaseEntity } from '../entities/purchase.ts'
import {
  asAmount,
  asBoolean,
  asInstant,
  asInteger,
  asJson,
  asText,
  columnsOf,
  listOf,
  type RowOf,
} from '../ledger/rows/columns.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { directionOf, newestFirst, type Span } from '../ledger/rows/span.ts'
import { type PaymentOutcome, type Purchase, paidOtherwise, type ReversalEffect, type Review } from './purchase.ts'
import { noTaxLocation, paymentRefused } from './stripe-faults.ts'
import type { PurchaseName } from './stripe-metadata.ts'

type Client = Pick<PoolClient, 'query'>

const purchase = columnsOf<typeof PurchaseEntity>()({
  team_id: asText<TeamId>(),
  id: asInteger(),
  cause: asText<PurchaseCause>(),
  package_id: asText<string | null>(),
  catalog_version: asText(),
  credits: asAmount(),
  price_amount: asAmount(),
  price_currency: asText(),
  pay: asText<PayWith>(),
  success_url: asText<string | null>(),
  cancel_url: asText<string | null>(),
  member_id: asText<MemberId | null>(),
  created_at: asInstant(),
  state: asText<PurchaseState>(),
  customer: asText<string | null>(),
  payment_method: asText<string | null>(),
  paid_by: asText<string | null>(),
  fingerprint: asText<string | null>(),
  is_under_way: asBoolean(),
  warning: asText<string | null>(),
  review: asText<Review | null>(),
  of_new_team: asBoolean(),
  receipt_email: asText<string | null>(),
  payment_intent: asText<string | null>(),
  checkout_session: asText<string | null>(),
  checkout_url: asText<string | null>(),
  action_url: asText<string | null>(),
  decline_code: asText<string | null>(),
  failure: asText<string | null>(),
  tax_behavior: asText<TaxBehavior | null>(),
  tax_amount: asAmount<string | null>(),
  total_amount: asAmount<string | null>(),
  discount_amount: asAmount<string | null>(),
  reversals: asJson<{ id: string; amount: string; effect: ReversalEffect }[]>(),
  receipt_url: asText<string | null>(),
  invoice: asText<string | null>(),
  invoice_url: asText<string | null>(),
  return_code: asText(),
  balance_transaction: asText<string | null>(),
  fee_amount: asAmount<string | null>(),
  fee_currency: asText<string | null>(),
  payout: asText<string | null>(),
  asked_at: asInstant<Instant | null>(),
  asks: asInteger(),
  facts: asInteger(),
  posted: asInteger(),
})

export const purchaseColumns = listOf('p', purchase)
export type PurchaseRow = RowOf<typeof purchase>

const outcomes: Record<PurchaseState, PaymentOutcome> = {
  PENDING: 'OPEN',
  FAILED: 'FAILED',
  CANCELED: 'CANCELED',
  PAID: 'PAID',
  REFUNDED: 'PAID',
  DISPUTED: 'PAID',
}

const outcomeOf = ({ state, decline_code }: Pick<PurchaseRow, 'state' | 'decline_code'>): PaymentOutcome =>
  state === 'FAILED' && decline_code === paidOtherwise ? 'PAID_OTHERWISE' : outcomes[state]

const taxedOf = ({ tax_amount: tax, total_amount: total }: PurchaseRow): Taxed | null =>
  tax === null || total === null ? null : { tax: BigInt(tax), total: BigInt(total) }

export const toPurchase = (row: PurchaseRow): Purchase => ({
  teamId: row.team_id,
  id: purchaseId(row.id),
  cause: row.cause,
  packageId: row.package_id,
  catalogVersion: row.catalog_version,
  credits: BigInt(row.credits),
  price: { amount: BigInt(row.price_amount), currency: row.price_currency },
  pay: row.pay,
  successUrl: row.success_url,
  cancelUrl: row.cancel_url,
  memberId: row.member_id,
  createdAt: row.created_at,
  state: row.state,
  outcome: outcomeOf(row),
  customer: row.customer,
  paymentMethod: row.payment_method,
  paidBy: row.paid_by,
  fingerprint: row.fingerprint,
  isUnderWay: row.is_under_way,
  warning: row.warning,
  review: row.review,
  ofNewTeam: row.of_new_team,
  receiptEmail: row.receipt_email,
  intent: row.payment_intent,
  session: row.checkout_session,
  checkoutUrl: row.checkout_url,
  actionUrl: row.action_url,
  declineCode: row.decline_code,
  failure: row.failure,
  taxBehavior: row.tax_behavior,
  taxed: taxedOf(row),
  discount: row.discount_amount === null ? null : BigInt(row.discount_amount),
  reversals: row.reversals.map((reversal) => ({ ...reversal, amount: BigInt(reversal.amount) })),
  receiptUrl: row.receipt_url,
  invoice: row.invoice,
  invoiceUrl: row.invoice_url,
  returnCode: row.return_code,
  booking:
    row.balance_transaction === null || row.fee_amount === null || row.fee_currency === null
      ? null
      : {
          transaction: row.balance_transaction,
          fee: { amount: BigInt(row.fee_amount), currency: row.fee_currency },
          payout: row.payout,
        },
  askedAt: row.asked_at,
  asks: row.asks,
  facts: row.facts,
  posted: row.posted,
})

/** A purchase of this team; null: it has none with this number. */
export async function readPurchase(client: Client, teamId: TeamId, id: PurchaseId): Promise<Purchase | null> {
  const text = `select ${purchaseColumns} from purchase p where p.team_id = $1 and p.id = $2`
  const { rows } = await client.query({ name: 'purchase', text, values: [teamId, id] })
  return rows[0] === undefined ? null : toPurchase(rows[0])
}

/** A method that paid for something that was lost, with the fingerprint of its card or account. */
export type LostMethod = { readonly method: string; readonly fingerprint: string | null }

/** The methods of a team whose payments are lost now. */
export async function readLostMethods(client: Client, teamId: TeamId): Promise<readonly LostMethod[]> {
  const text = `select distinct coalesce(paid_by, payment_method) as method, fingerprint from purchase
    where team_id = $1 and loss is not null and coalesce(paid_by, payment_method) is not null`
  return (await client.query({ name: 'lost-methods', text, values: [teamId] })).rows
}

/** The purchase of a payment intent, or of a Checkout session that cost nothing; null: none is known. */
export async function readPurchaseOfPayment(client: Client, payment: string): Promise<KnownPurchase | null> {
  const text = `select ${purchaseColumns}, ${ms('ledger_now()', 'at')} from purchase p
    where p.payment_intent = $1 or p.checkout_session = $1`
  const { rows } = await client.query({ name: 'purchase-of-payment', text, values: [payment] })
  return rows[0] === undefined ? null : toKnown(rows[0])
}

/** Uses the code: null: there is none, or it was used before. */
export async function useReturnCode(client: Client, code: string): Promise<Purchase | null> {
  const text = `update purchase p set returned_at = clock_timestamp()
    where p.return_code = $1 and p.returned_at is null returning ${purchaseColumns}`
  const { rows } = await client.query({ name: 'use-return-code', text, values: [code] })
  return rows[0] === undefined ? null : toPurchase(rows[0])
}

/** The purchase whose code was used in the last hour; null: there is none. */
export async function readReturned(client: Client, code: string): Promise<Purchase | null> {
  const text = `select ${purchaseColumns} from purchase p
    where p.return_code = $1 and p.returned_at > clock_timestamp() - interval '1 hour'`
  const { rows } = await client.query({ name: 'returned-purchase', text, values: [code] })
  return rows[0] === undefined ? null : toPurchase(rows[0])
}

/** The purchase that has this invoice; null: none has. */
export async function readPurchaseOfInvoice(client: Client, invoice: string): Promise<Purchase | null> {
  const text = `select ${purchaseColumns} from purchase p where p.invoice = $1`
  const { rows } = await client.query({ name: 'purchase-of-invoice', text, values: [invoice] })
  return rows[0] === undefined ? null : toPurchase(rows[0])
}

/**
 * Purchases of less than `below` of which a bank has warned within a day, and which nobody has given back for that since.
 * Older warnings are the operator's.
 */
export async function readWarned(client: Client, { amount, currency }: Money): Promise<Purchase[]> {
  const text = `select ${purchaseColumns} from purchase p
    where p.loss = 'WARNED' and p.state = 'PAID' and p.posted = p.facts
      and p.warned_at > ledger_now() - interval '1 day' and p.price_currency = $1 and p.price_amount < $2
      and not exists (select from purchase_refund r where r.team_id = p.team_id and r.purchase_id = p.id)
    order by p.warned_at limit 20`
  const { rows } = await client.query({ name: 'warned-purchases', text, values: [currency, `${amount}`] })
  return rows.map(toPurchase)
}

/** A purchase, and the ledger's clock when it was read. */
export type KnownPurchase = { readonly purchase: Purchase; readonly at: Instant }

const readOne = `select ${purchaseColumns}, ${ms('ledger_now()', 'at')} from purchase p
  where p.team_id = $1 and p.id = $2`
// The clock is read once, and not for each row.
const readNamed = `with clock_now as materialized (select ${ms('ledger_now()', 'at')})
  select ${purchaseColumns}, c.at from clock_now c cross join purchase p
  join unnest($1::text[], $2::integer[]) n(team_id, id) using (team_id, id)`

type KnownRow = PurchaseRow & { readonly at: number }

/** A row of a purchase, with the ledger's clock when it was read. */
export const toKnown = (row: KnownRow): KnownPurchase => ({
  purchase: toPurchase(row),
  at: Math.round(row.at),
})

/** The purchases of these names that exist. */
export async function readKnownPurchases(client: Client, names: readonly PurchaseName[]): Promise<KnownPurchase[]> {
  const [first] = names
  if (first === undefined) return []
  // PostgreSQL plans the statement of many names anew each time, which takes longer than the reading.
  const { rows } = await client.query<KnownRow>(
    names.length === 1
      ? { name: 'named-purchase', text: readOne, values: [first.teamId, first.id] }
      : { name: 'named-purchases', text: readNamed, values: [names.map((n) => n.teamId), names.map((n) => n.id)] },
  )
  return rows.map(toKnown)
}

export const readNamedPurchases = async (client: Client, names: readonly PurchaseName[]): Promise<Purchase[]> =>
  (await readKnownPurchases(client, names)).map(({ purchase }) => purchase)

/** The limits of a purchase are compared with this: the team's purchases before it, without recharges. */
export type EarlierPurchases = {
  /**
   * How many wait to be paid. A purchase without a request to Stripe counts for its first minute only: after that it was
   * requested, or it waits for its buyer.
   */
  readonly unfinished: number
  /**
   * How long until the team is within the limit of declines an hour, in milliseconds; null: it is. Purchases that were
   * refused for another reason than their payment method do not count.
   */
  readonly declinePauseMs: number | null
  /** Those of 24 hours, paid or under way. */
  readonly inADay: number
  /** Their money in nano-units of the purchase's currency: prices, less what promotion codes took off them. */
  readonly moneyInADay: bigint
}

const isUnderWay = `(asked_at is not null or created_at > ledger_now() - interval '1 minute')`
const earlier = `from purchase where team_id = $1 and id < $2 and cause = 'PURCHASE'`
const readEarlier = `
  select
    (select count(*)::integer ${earlier} and state = 'PENDING' and ${isUnderWay}) as unfinished,
    (select ${ms("created_at + interval '1 hour' - ledger_now()", 'pause')} ${earlier} and state = 'FAILED'
      and asked_at is not null and coalesce(decline_code, '') <> all ($5::text[])
      and created_at > ledger_now() - interval '1 hour'
      order by id desc offset $4 limit 1) as pause,
    d.count, d.money
  from (select count(*)::integer as count,
      coalesce(sum(price_amount - coalesce(discount_amount, 0)) filter (where price_currency = $3), 0)::text as money
    ${earlier} and created_at > ledger_now() - interval '24 hours' and state not in ('FAILED', 'CANCELED')
      and ${isUnderWay}) d`

/** `maxDeclines`: as many declines in an hour are allowed. */
export async function readEarlierPurchases(
  client: Client,
  { teamId, id, price }: Pick<Purchase, 'teamId' | 'id' | 'price'>,
  maxDeclines: number,
): Promise<EarlierPurchases> {
  const refusals = [paymentRefused, paidOtherwise, noTaxLocation]
  const values = [teamId, id, price.currency, maxDeclines - 1, refusals]
  const { rows } = await client.query({ name: 'earlier-purchases', text: readEarlier, values })
  const [{ unfinished, pause, count, money }] = rows
  const declinePauseMs = pause === null ? null : Math.max(0, pause)
  return { unfinished, declinePauseMs, inADay: count, moneyInADay: BigInt(money) }
}

/** Whether a member of the team is paying for something now, or a payment has not been posted yet. */
export async function isBuying(client: Client, teamId: TeamId): Promise<boolean> {
  const text = `select exists (select from purchase where team_id = $1 and cause = 'PURCHASE' and asked_at is not null
    and (state = 'PENDING' or posted < facts)) as buying`
  const { rows } = await client.query({ name: 'is-buying', text, values: [teamId] })
  return rows[0]?.buying ?? false
}

/** The last unpaid recharge that had begun by an instant and was under way then; null: there was none. */
export async function readRechargeBefore(client: Client, teamId: TeamId, at: number): Promise<Purchase | null> {
  const text = `select ${purchaseColumns} from purchase p
    where team_id = $1 and cause = 'RECHARGE' and state in ('PENDING', 'FAILED')
      and created_at <= ${instant('$2::float8')} order by id desc limit 1`
  const { rows } = await client.query({ name: 'recharge-before', text, values: [teamId, at] })
  return rows[0] === undefined ? null : toPurchase(rows[0])
}

/** The payment method of a team's last recharge; null: there was none, or the method is not decided yet. */
export async function readLastRechargeMethod(client: Client, teamId: TeamId): Promise<string | null> {
  const text = `select payment_method from purchase where team_id = $1 and cause = 'RECHARGE' order by id desc limit 1`
  const { rows } = await client.query({ name: 'last-recharge-method', text, values: [teamId] })
  return rows[0]?.payment_method ?? null
}

/** Purchases of a team; those of one member only, unless `memberId` is null. */
export type Buyers = { readonly teamId: TeamId; readonly memberId: MemberId | null }

const ofBuyers = `p.team_id = $1 and ($2::text is null or p.member_id = $2)`

/** Up to `limit` purchases, the newest first. */
export async function readPurchases(
  client: Client,
  { teamId, memberId }: Buyers,
  span: Span,
  limit: number,
): Promise<readonly Purchase[]> {
  const direction = directionOf(span)
  const text = `select ${purchaseColumns} from purchase p
    where ${ofBuyers} and p.id > $3::bigint and p.id < $4::bigint order by p.id ${direction} limit $5`
  const values = [teamId, memberId, span.above, span.below, limit]
  const { rows } = await client.query({ name: `purchases-${direction}`, text, values })
  return newestFirst(rows.map(toPurchase), span)
}

/** How many purchases were begun. */
export async function countPurchases(client: Client, { teamId, memberId }: Buyers): Promise<number> {
  const text = `select count(*)::float8 as count from purchase p where ${ofBuyers}`
  const { rows } = await client.query({ name: 'count-purchases', text, values: [teamId, memberId] })
  return rows[0].count
}
