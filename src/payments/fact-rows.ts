import type { PoolClient } from 'pg'
import type { Instant } from '../domain/identity.ts'
import { instant } from '../ledger/rows/instants.ts'
import { lossOf, type Purchase } from './purchase.ts'
import { nextAskAt } from './schedule.ts'
import type { PurchaseName } from './stripe-metadata.ts'

/** The name of a Stripe event, as it is stored. */
export type EventName = {
  readonly id: string
  readonly type: string
  readonly object: string
  readonly createdAt: Instant
}

/** A purchase as it was read, at this instant of the ledger's clock, and as it is to be written. */
export type Written = { readonly before: Purchase; readonly after: Purchase; readonly at: Instant }

/** An event, and the purchase without whose write it is not stored; null: it is stored in any case. */
export type ToldEvent = { readonly event: EventName; readonly with: PurchaseName | null }

const eventColumns = 'id text, type text, object text, created_at float8'
// The clock is read once, and not for each row.
const insertEvents = `insert into stripe_event (id, type, object, created_at, received_at)
  select e.id, e.type, e.object, ${instant('e.created_at')}, c.now
  from (select ledger_now() as now offset 0) c cross join`

// A row that has changed since it was read is not updated: what is written would not follow from it.
const updateFacts = `
  with written as (update purchase p set state = f.state, payment_intent = f.payment_intent,
    checkout_session = f.checkout_session, checkout_url = f.checkout_url, action_url = f.action_url,
    decline_code = f.decline_code, failure = f.failure, reversals = f.reversals, paid_by = f.paid_by,
    fingerprint = f.fingerprint, tax_amount = f.tax_amount, total_amount = f.total_amount, discount_amount = f.discount_amount, is_under_way = f.is_under_way, warning = f.warning,
    warned_at = case when f.warning is null or p.warned_at is not null then p.warned_at else ledger_now() end, review = f.review, loss = f.loss,
    receipt_url = f.receipt_url, invoice = f.invoice, invoice_url = f.invoice_url, asks = f.asks, facts = f.facts, posted = f.posted, ask_at = ${instant('f.ask_at')}
  from jsonb_to_recordset($1::jsonb) f(team_id text, id integer, state text, payment_intent text, checkout_session text,
    checkout_url text, action_url text, decline_code text, failure text, reversals jsonb,
    tax_amount bigint, total_amount bigint, discount_amount bigint, paid_by text, fingerprint text, is_under_way boolean, warning text, review text, loss text, receipt_url text, invoice text,
    invoice_url text, asks integer, facts integer, posted integer, ask_at float8,
    former_facts integer, former_posted integer, former_asks integer, former_asked_at float8)
  where p.team_id = f.team_id and p.id = f.id and p.facts = f.former_facts and p.posted = f.former_posted
    and p.asks = f.former_asks and p.asked_at is not distinct from ${instant('f.former_asked_at')}
  returning p.team_id, p.id),
  told as (${insertEvents} jsonb_to_recordset($2::jsonb) e(${eventColumns}, team text, purchase integer)
    where e.team is null or exists (select from written w where w.team_id = e.team and w.id = e.purchase)
    on conflict do nothing)
  select team_id as "teamId", id from written`

/**
 * Writes facts together with the events that told of them, all in one statement. Returns the purchases that were written:
 * those that were still as they had been read.
 */
export async function writeFacts(
  client: Pick<PoolClient, 'query'>,
  purchases: readonly Written[],
  events: readonly ToldEvent[],
): Promise<readonly PurchaseName[]> {
  const values = [JSON.stringify(purchases.map(rowOf)), JSON.stringify(events.map(eventRowOf))]
  return (await client.query<PurchaseName>({ name: 'write-facts', text: updateFacts, values })).rows
}

const rowOf = ({ before, after: one, at }: Written) => ({
  team_id: one.teamId,
  id: one.id,
  state: one.state,
  payment_intent: one.intent,
  checkout_session: one.session,
  checkout_url: one.checkoutUrl,
  action_url: one.actionUrl,
  decline_code: one.declineCode,
  failure: one.failure,
  reversals: one.reversals.map((reversal) => ({ ...reversal, amount: `${reversal.amount}` })),
  tax_amount: one.taxed === null ? null : `${one.taxed.tax}`,
  total_amount: one.taxed === null ? null : `${one.taxed.total}`,
  discount_amount: one.discount === null ? null : `${one.discount}`,
  paid_by: one.paidBy,
  fingerprint: one.fingerprint,
  is_under_way: one.isUnderWay,
  warning: one.warning,
  review: one.review,
  loss: lossOf(one),
  receipt_url: one.receiptUrl,
  invoice: one.invoice,
  invoice_url: one.invoiceUrl,
  asks: one.asks,
  facts: one.facts,
  posted: one.posted,
  ask_at: nextAskAt(one, at),
  former_facts: before.facts,
  former_posted: before.posted,
  former_asks: before.asks,
  former_asked_at: before.askedAt,
})

const eventRowOf = ({ event, with: purchase }: ToldEvent) => ({
  ...eventRow(event),
  team: purchase?.teamId ?? null,
  purchase: purchase?.id ?? null,
})

const eventRow = ({ id, type, object, createdAt }: EventName) => ({ id, type, object, created_at: createdAt })

const onlyEvents = `${insertEvents} jsonb_to_recordset($1::jsonb) e(${eventColumns}) on conflict do nothing`

/** Stores events whose effect is stored already, or that have none. */
export async function writeEvents(client: Pick<PoolClient, 'query'>, events: readonly EventName[]): Promise<void> {
  if (events.length === 0) return
  await client.query({ name: 'write-events', text: onlyEvents, values: [JSON.stringify(events.map(eventRow))] })
}
