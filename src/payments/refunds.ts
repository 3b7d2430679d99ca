import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { formatMoney } from '../domain/amounts/money.ts'
import { payableIn } from '../domain/amounts/payable.ts'
import type { Act } from '../domain/audit.ts'
import type { Grant } from '../domain/grant.ts'
import type { PurchaseId, TeamId } from '../domain/identity.ts'
import { servedBy } from '../domain/move.ts'
import { sourceOfPayment } from '../domain/purchase.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { readGrantsOfSources } from '../ledger/history/grants.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { toMinorUnits } from './minor-units.ts'
import type { PaidInvoices } from './paid-invoices.ts'
import {
  type AmountNeeded,
  type InvoiceRefundRequest,
  type InvoiceRefundResult,
  type NotRefunded,
  type RefundRequest,
  type RefundResult,
  StripeUnavailable,
} from './payments.ts'
import type { Purchase } from './purchase.ts'
import { readPurchase } from './purchase-rows.ts'
import type { FactRecorder } from './record-facts.ts'
import {
  deleteRefund,
  insertRefund,
  markMade,
  type NewRefund,
  type PurchaseRefund,
  readRefund,
  readUnderWay,
} from './refund-rows.ts'
import { type RefundTerms, refundTerms } from './refund-terms.ts'
import type { ReversedInvoices } from './reversed-invoices.ts'
import { soonSeconds } from './schedule.ts'
import { faultOf, isRefusal } from './stripe-faults.ts'
import { refundTagOf } from './stripe-metadata.ts'
import { ofRefund, reversalOf } from './stripe-to-facts.ts'

export type RefundsOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly teams: Pick<TeamReader, 'read'>
  readonly recorder: FactRecorder
  readonly invoices: Pick<PaidInvoices, 'read' | 'paymentOf'>
  readonly reversed: Pick<ReversedInvoices, 'record'>
  readonly log: Logger
}

/** A payment that money is given back of. */
type Paid = { readonly intent: string; readonly currency: string }

/**
 * Refunds of purchases and of invoices by the operator. A refund is written with its audit record before Stripe is asked, under a key
 * that follows from its row, so that it is made once. Its effect on the credits is that of any refund: by its fact.
 */
export class Refunds {
  readonly #options: RefundsOptions

  constructor(options: RefundsOptions) {
    this.#options = options
  }

  /** The effect of a refund that is asked for now; null: there is no such purchase. */
  async preview(teamId: TeamId, id: PurchaseId, wanted: bigint | null): Promise<RefundTerms | AmountNeeded | null> {
    const { pool } = this.#options.database
    const purchase = await readPurchase(pool, teamId, id)
    if (purchase === null) return null
    const needed = await this.#amountNeeded(teamId, wanted)
    if (needed !== null) return needed
    const underWay = await readUnderWay(pool, teamId, { kind: 'purchase', id })
    return refundTerms(purchase, await this.#grantOf(purchase), { wanted, underWay })
  }

  async refund(request: RefundRequest, act: Act): Promise<RefundResult> {
    const left = await this.#once(request, () => this.#begin(request, act))
    if (left !== null) return left
    const purchase = await readPurchase(this.#options.database.pool, request.teamId, request.purchaseId)
    return purchase === null ? { kind: 'not-found' } : { kind: 'refunded', purchase }
  }

  async refundInvoice(request: InvoiceRefundRequest, act: Act): Promise<InvoiceRefundResult> {
    const left = await this.#once(request, () => this.#beginOfInvoice(request, act))
    if (left !== null) return left
    const invoice = await this.#options.invoices.read(request.teamId, request.invoice)
    return invoice === null ? { kind: 'not-found' } : { kind: 'refunded', invoice }
  }

  /** Null: the refund of this key is made, now or before. */
  async #once<Refusal extends NotRefunded | AmountNeeded>(
    { teamId, key, fingerprint }: Pick<RefundRequest, 'teamId' | 'key' | 'fingerprint'>,
    begin: () => Promise<PurchaseRefund | Refusal>,
  ): Promise<NotRefunded | Refusal | null> {
    const known = await readRefund(this.#options.database.pool, teamId, key)
    if (known !== null && known.fingerprint !== fingerprint) return { kind: 'conflict' }
    const begun = known ?? (await begin())
    if ('kind' in begun) return begun
    return begun.state === 'MADE' ? null : this.#make(begun)
  }

  /** Asks again for a refund whose answer was lost. */
  async goOn(refund: PurchaseRefund): Promise<void> {
    await this.#make(refund)
  }

  /** With the purchase locked, so that two refunds at once can't give back more than its total. */
  async #begin(request: RefundRequest, act: Act): Promise<PurchaseRefund | NotRefunded | AmountNeeded> {
    const { database } = this.#options
    const { teamId, purchaseId, amount: wanted, cause = 'requested_by_customer' } = request
    const of = { kind: 'purchase', id: purchaseId } as const
    const seen = await readPurchase(database.pool, teamId, purchaseId)
    if (seen === null) return { kind: 'not-found' }
    const needed = await this.#amountNeeded(teamId, wanted)
    if (needed !== null) return needed
    const grant = await this.#grantOf(seen)
    return database.transaction(async (client) => {
      await client.query('select from purchase where team_id = $1 and id = $2 for update', [teamId, purchaseId])
      const purchase = (await readPurchase(client, teamId, purchaseId)) ?? seen
      const underWay = await readUnderWay(client, teamId, of)
      const terms = refundTerms(purchase, grant, { wanted, underWay })
      return write(client, { ...request, of, cause }, { ...terms, underWay }, act)
    })
  }

  /** With the team's customer locked, so that two refunds at once can't give back more than was paid. */
  async #beginOfInvoice(request: InvoiceRefundRequest, act: Act): Promise<PurchaseRefund | NotRefunded> {
    const { database, invoices } = this.#options
    const { teamId, invoice: id, amount: wanted } = request
    const payment = await invoices.paymentOf(teamId, id)
    if (payment === null) return { kind: 'not-found' }
    const { intent, currency, left } = payment
    const of = { kind: 'invoice', id, intent, currency } as const
    return database.transaction(async (client) => {
      await client.query('select from customer where team_id = $1 for update', [teamId])
      const underWay = await readUnderWay(client, teamId, of)
      const refundable = left > underWay ? left - underWay : 0n
      const terms = { amount: { amount: wanted ?? refundable, currency }, refundable: { amount: refundable, currency } }
      return write(client, { ...request, of, cause: 'requested_by_customer' }, { ...terms, underWay }, act)
    })
  }

  /** Null: it is made. */
  async #make(refund: PurchaseRefund): Promise<NotRefunded | null> {
    const { database, recorder, reversed } = this.#options
    const { teamId, of } = refund
    const paid = of.kind === 'invoice' ? of : await this.#paid(teamId, of.id)
    const made = await this.#ask(refund, paid)
    if (made === null) {
      await deleteRefund(database.pool, refund)
      return { kind: 'exceeds', refundable: { amount: 0n, currency: paid.currency } }
    }
    if (of.kind === 'invoice') await reversed.record(of.id, reversalOf(made))
    else {
      const purchase = { teamId, id: of.id }
      await recorder.record({ purchase, tag: null, see: () => ofRefund(made), event: null })
    }
    await markMade(database.pool, refund, made.id)
    return null
  }

  async #paid(teamId: TeamId, id: PurchaseId): Promise<Paid> {
    const purchase = await readPurchase(this.#options.database.pool, teamId, id)
    if (purchase === null || purchase.intent === null) throw new Error(`Purchase ${id} was not paid`)
    return { intent: purchase.intent, currency: purchase.price.currency }
  }

  /**
   * Stripe's refund, made or found; null: it refuses, so nothing is given back. Stripe repeats the failure of a key for a
   * day, even if the refund was made: one that this or another process made earlier is searched for first.
   */
  async #ask(refund: PurchaseRefund, { intent, currency }: Paid): Promise<Stripe.Refund | null> {
    const { stripe, log } = this.#options
    const tag = refundTagOf(refund)
    const { teamId: team, of, amount, cause } = refund
    const name: Record<string, string | number> = of.kind === 'purchase' ? { purchase: of.id } : { invoice: of.id }
    try {
      const found = await this.#find(intent, tag)
      if (found !== null) return found
      return await stripe.refunds.create(
        {
          payment_intent: intent,
          amount: toMinorUnits({ amount, currency }),
          reason: cause,
          metadata: { team, ...name, tag },
        },
        { idempotencyKey: `${tag}:refund` },
      )
    } catch (error) {
      const fault = faultOf(error)
      if (!isRefusal(fault)) throw new StripeUnavailable(soonSeconds, error)
      log.error({ ...fault, team, ...name }, 'Stripe refused a refund')
      return null
    }
  }

  async #find(intent: string, tag: string): Promise<Stripe.Refund | null> {
    for await (const one of this.#options.stripe.refunds.list({ payment_intent: intent, limit: 100 })) {
      if (one.metadata?.tag === tag) return one
    }
    return null
  }

  /** Null: an amount is given, or the ledger knows what is unused. */
  async #amountNeeded(teamId: TeamId, wanted: bigint | null): Promise<AmountNeeded | null> {
    if (wanted !== null) return null
    const system = servedBy((await this.#options.teams.read(teamId))?.account.move ?? null)
    return system === null ? null : { kind: 'amount-needed', system }
  }

  /** The purchase's grant as it is now. */
  async #grantOf({ teamId, intent }: Purchase): Promise<Grant | null> {
    if (intent === null) return null
    const source = sourceOfPayment(intent)
    const now = await this.#options.teams.read(teamId)
    const open = now?.account.grants.find((grant) => grant.source === source)
    return open ?? (await readGrantsOfSources(this.#options.database.pool, teamId, [source]))[0] ?? null
  }
}

type Terms = Pick<RefundTerms, 'amount' | 'refundable'> & { readonly underWay: bigint }

/** Writes a refund that may be made, with its audit record. What is paid is locked. */
async function write(
  client: PoolClient,
  request: Omit<NewRefund, 'amount'>,
  { amount, refundable, underWay }: Terms,
  act: Act,
): Promise<PurchaseRefund | NotRefunded> {
  const { teamId, key, fingerprint, reason } = request
  const other = await readRefund(client, teamId, key)
  if (other !== null) return other.fingerprint === fingerprint ? other : { kind: 'conflict' }
  const { step } = payableIn(amount.currency)
  if (amount.amount % step !== 0n) return { kind: 'too-fine', step: { ...amount, amount: step } }
  if (amount.amount > refundable.amount && amount.amount <= refundable.amount + underWay) {
    // How another refund ends decides about this one.
    throw new StripeUnavailable(soonSeconds)
  }
  if (amount.amount === 0n || amount.amount > refundable.amount) return { kind: 'exceeds', refundable }
  await insertRefund(client, { ...request, amount: amount.amount })
  const after = { amount: formatMoney(amount), currency: amount.currency, reason }
  await writeAuditRecord(client, teamId, act, { before: null, after })
  const begun = await readRefund(client, teamId, key)
  if (begun === null) throw new Error('A refund was not written')
  return begun
}
