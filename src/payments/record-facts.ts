import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { Lane } from '../concurrency/lane.ts'
import type { Database } from '../database/open.ts'
import type { Instant } from '../domain/identity.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'
import { instant, ms } from '../ledger/rows/instants.ts'
import { commandsOf } from './ledger-commands.ts'
import { isSecondPayment, lossOf, type Observation, observe, type Purchase, stateOf } from './purchase.ts'
import { type PurchaseRow, purchaseColumns, toPurchase } from './purchase-rows.ts'
import { nextAskAt } from './schedule.ts'
import { type PurchaseName, tagOf } from './stripe-metadata.ts'

/** The name of a Stripe event, as it is stored. */
export type EventName = {
  readonly id: string
  readonly type: string
  readonly object: string
  readonly createdAt: Instant
}

/** An observation of a purchase. `tag`: the purchase's name at Stripe, if it has to be checked. */
export type Seen = {
  readonly purchase: PurchaseName
  readonly tag: string | null
  /** The observation, given the facts that are known. */
  readonly see: (known: Purchase) => Observation
  /** The event is not stored if it reports a second payment: whoever refunds that payment stores it. */
  readonly event: EventName | null
}

export type FactRecorder = {
  /**
   * Stores the observation and tells the ledger. Returns the purchase after that; null: there is none of this name.
   * Resolves after commit: the observation is stored, and its credits are on the balance.
   */
  record(seen: Seen): Promise<Purchase | null>
  idle(): Promise<void>
}

const limits = { batch: 64, parallel: 2, capacity: 20_000 }

/**
 * The only writer of payment facts. Observations that arrive together are written together, in two steps: first the
 * facts, with the Stripe events that reported them; then the commands that follow from them. The second step locks the
 * rows, so that the ledger gets the newest facts last. After a crash between the steps `posted` is behind `facts`, and
 * the reconciler continues.
 */
export function createFactRecorder(database: Database, ledger: Ledger, log: Logger): FactRecorder {
  const lane = new Lane<Seen, Purchase | null>(work, limits)

  async function work(batch: readonly Seen[]): Promise<PromiseSettledResult<Purchase | null>[]> {
    const known = await retryLostConnection(() => database.transaction((client) => keep(client, batch)))
    const behind = [...known.values()].filter(({ facts, posted }) => posted < facts)
    const posted =
      behind.length === 0
        ? known
        : await retryLostConnection(() => database.transaction((client) => post(client, behind)))
    return batch.map(({ purchase, tag }) => {
      const found = posted.get(nameOf(purchase)) ?? known.get(nameOf(purchase)) ?? null
      if (found === null || (tag !== null && tag !== tagOf(found))) return { status: 'fulfilled', value: null }
      if (found.posted === found.facts) return { status: 'fulfilled', value: found }
      return { status: 'rejected', reason: new Error(`Purchase ${found.id} of ${found.teamId} could not be posted`) }
    })
  }

  async function keep(client: PoolClient, batch: readonly Seen[]): Promise<Map<string, Purchase>> {
    const { purchases, now } = await lock(
      client,
      batch.map(({ purchase }) => purchase),
    )
    const changed = new Set<string>()
    for (const { purchase, tag, see } of batch) {
      const name = nameOf(purchase)
      const before = purchases.get(name)
      if (before === undefined || (tag !== null && tag !== tagOf(before))) continue
      const seen = see(before)
      const after = observe(before, seen)
      if (after === before) continue
      const { outcome, failure } = after
      if (outcome === 'PAID_OTHERWISE' && before.outcome !== outcome) {
        log.error(
          { ...purchase, payment: seen.intent ?? seen.session, failure },
          'A payment is not the price: refund it',
        )
      }
      const state = stateOf(after)
      const asks = state === before.state ? before.asks : 0
      purchases.set(name, { ...after, state, asks, facts: before.facts + 1 })
      changed.add(name)
    }
    const events = batch.flatMap(({ purchase, see, event }) => {
      const known = purchases.get(nameOf(purchase))
      // A second payment is refunded first: until then its event comes again.
      return event === null || (known !== undefined && isSecondPayment(known, see(known))) ? [] : event
    })
    const rows = [...changed].flatMap((name) => purchases.get(name) ?? [])
    await Promise.all([writeFacts(client, rows, now), writeEvents(client, events)])
    return purchases
  }

  async function post(client: PoolClient, names: readonly PurchaseName[]): Promise<Map<string, Purchase>> {
    const { purchases, now } = await lock(client, names)
    const submissions = [...purchases.values()]
      .filter(({ facts, posted }) => posted < facts)
      .flatMap((purchase) => commandsOf(purchase).map((submission) => ({ name: nameOf(purchase), submission })))
    const refused = new Set<string>()
    const results = await ledger.submitAll(submissions.map(({ submission }) => submission))
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') throw result.reason
      const { outcome } = result.value
      if (outcome.kind !== 'refused') continue
      const name = submissions[index]?.name ?? ''
      log.error({ purchase: name, reason: outcome.failure.message }, 'The ledger refused a payment; it is tried again')
      refused.add(name)
    }
    const posted = [...purchases]
      .filter(([name, purchase]) => !refused.has(name) && purchase.posted < purchase.facts)
      .map(([, purchase]) => ({ ...purchase, posted: purchase.facts }))
    for (const purchase of posted) purchases.set(nameOf(purchase), purchase)
    await writePosted(client, posted, now)
    return purchases
  }

  return { record: (seen) => lane.one(seen), idle: () => lane.idle() }
}

const nameOf = ({ teamId, id }: PurchaseName): string => `${teamId}\n${id}`

const lockPurchases = `select ${purchaseColumns}, ${ms('ledger_now()', 'now')} from purchase p
  join (select distinct * from unnest($1::text[], $2::integer[]) n(team_id, id)) n using (team_id, id)
  order by p.team_id, p.id for update of p`

/** Locks in the order of the names, so that two processes can't deadlock. */
async function lock(client: PoolClient, names: readonly PurchaseName[]) {
  const values = [names.map(({ teamId }) => teamId), names.map(({ id }) => id)]
  const { rows } = await client.query<PurchaseRow & { now: number }>({
    name: 'lock-purchases',
    text: lockPurchases,
    values,
  })
  const purchases = new Map(rows.map((row) => [nameOf(toPurchase(row)), toPurchase(row)]))
  return { purchases, now: Math.round(rows[0]?.now ?? 0) }
}

const updateFacts = `update purchase p set state = f.state, payment_intent = f.payment_intent,
    checkout_session = f.checkout_session, checkout_url = f.checkout_url, action_url = f.action_url,
    decline_code = f.decline_code, failure = f.failure, reversals = f.reversals, paid_by = f.paid_by,
    fingerprint = f.fingerprint, tax_amount = f.tax_amount, total_amount = f.total_amount, discount_amount = f.discount_amount, is_under_way = f.is_under_way, warning = f.warning,
    warned_at = case when f.warning is null or p.warned_at is not null then p.warned_at else ledger_now() end, review = f.review, loss = f.loss,
    receipt_url = f.receipt_url, invoice = f.invoice, invoice_url = f.invoice_url, asks = f.asks, facts = f.facts, ask_at = ${instant('f.ask_at')}
  from jsonb_to_recordset($1::jsonb) f(team_id text, id integer, state text, payment_intent text, checkout_session text,
    checkout_url text, action_url text, decline_code text, failure text, reversals jsonb,
    tax_amount bigint, total_amount bigint, discount_amount bigint, paid_by text, fingerprint text, is_under_way boolean, warning text, review text, loss text, receipt_url text, invoice text,
    invoice_url text, asks integer, facts integer, ask_at float8)
  where p.team_id = f.team_id and p.id = f.id`

async function writeFacts(client: PoolClient, purchases: readonly Purchase[], now: Instant): Promise<void> {
  if (purchases.length === 0) return
  const rows = purchases.map((one) => ({
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
    ask_at: nextAskAt(one, now),
  }))
  await client.query({ name: 'write-facts', text: updateFacts, values: [JSON.stringify(rows)] })
}

const updatePosted = `update purchase p set posted = f.posted, ask_at = ${instant('f.ask_at')}
  from jsonb_to_recordset($1::jsonb) f(team_id text, id integer, posted integer, ask_at float8)
  where p.team_id = f.team_id and p.id = f.id`

async function writePosted(client: PoolClient, purchases: readonly Purchase[], now: Instant): Promise<void> {
  const rows = purchases.map((one) => ({
    team_id: one.teamId,
    id: one.id,
    posted: one.posted,
    ask_at: nextAskAt(one, now),
  }))
  await client.query({ name: 'write-posted', text: updatePosted, values: [JSON.stringify(rows)] })
}

const insertEvents = `insert into stripe_event (id, type, object, created_at, received_at)
  select id, type, object, ${instant('created_at')}, ledger_now()
  from jsonb_to_recordset($1::jsonb) e(id text, type text, object text, created_at float8) on conflict do nothing`

/** Stores events that concern no purchase. */
export async function writeEvents(client: Pick<PoolClient, 'query'>, events: readonly EventName[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ id, type, object, createdAt }) => ({ id, type, object, created_at: createdAt }))
  await client.query({ name: 'write-events', text: insertEvents, values: [JSON.stringify(rows)] })
}
