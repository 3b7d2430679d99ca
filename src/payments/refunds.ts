import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { formatMoney } from '../domain/amounts/money.ts'
import { payableIn } from '../domain/amounts/payable.ts'
import type { Act } from '../domain/audit.ts'
import type { Grant } from '../domain/grant.ts'
import type { PurchaseId, TeamId } from '../domain/identity.ts'
import { sourceOfPayment } from '../domain/purchase.ts'
import { writeAuditRecord } from '../ledger/history/audit-records.ts'
import { readGrantsOfSources } from '../ledger/history/grants.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { toMinorUnits } from './minor-units.ts'
import type { RefundRequest, RefundResult } from './payments.ts'
import { StripeUnavailable } from './payments.ts'
import type { Purchase } from './purchase.ts'
import { readPurchase } from './purchase-rows.ts'
import type { FactRecorder } from './record-facts.ts'
import { deleteRefund, insertRefund, markMade, type PurchaseRefund, readRefund, readUnderWay } from './refund-rows.ts'
import { type RefundTerms, refundTerms } from './refund-terms.ts'
import { soonSeconds } from './schedule.ts'
import { faultOf, isRefusal } from './stripe-faults.ts'
import { refundTagOf } from './stripe-metadata.ts'
import { ofRefund } from './stripe-to-facts.ts'

export type RefundsOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly teams: Pick<TeamReader, 'read'>
  readonly recorder: FactRecorder
  readonly log: Logger
}

/** A payment that money is given back of. */
type Paid = { readonly intent: string; readonly currency: string }

/**
 * Refunds of purchases by the operator. A refund is written with its audit record before Stripe is asked, under a key
 * that follows from its row, so that it is made once. Its effect on the credits is that of any refund: by its fact.
 */
export class Refunds {
  readonly #options: RefundsOptions

  constructor(options: RefundsOptions) {
    this.#options = options
  }

  /** The effect of a refund that is asked for now; null: there is no such purchase. */
  async preview(teamId: TeamId, id: PurchaseId, wanted: bigint | null): Promise<RefundTerms | null> {
    const { pool } = this.#options.database
    const purchase = await readPurchase(pool, teamId, id)
    if (purchase === null) return null
    const underWay = await readUnderWay(pool, teamId, id)
    return refundTerms(purchase, await this.#grantOf(purchase), { wanted, underWay })
  }

  async refund(request: RefundRequest, act: Act): Promise<RefundResult> {
    const { pool } = this.#options.database
    const { teamId, key, fingerprint, purchaseId } = request
    const known = await readRefund(pool, teamId, key)
    if (known !== null && known.fingerprint !== fingerprint) return { kind: 'conflict' }
    const begun = known ?? (await this.#begin(request, act))
    if ('kind' in begun) return begun
    const left = begun.state === 'MADE' ? null : await this.#make(begun, known === null)
    if (left !== null) return left
    const purchase = await readPurchase(pool, teamId, purchaseId)
    return purchase === null ? { kind: 'not-found' } : { kind: 'refunded', purchase }
  }

  /** Asks again for a refund whose answer was lost. */
  async goOn(refund: PurchaseRefund): Promise<void> {
    await this.#make(refund, false)
  }

  /** With the purchase locked, so that two refunds at once can't give back more than its total. */
  async #begin(request: RefundRequest, act: Act): Promise<PurchaseRefund | RefundResult> {
    const { database } = this.#options
    const { teamId, key, purchaseId, amount: wanted, reason } = request
    const seen = await readPurchase(database.pool, teamId, purchaseId)
    if (seen === null) return { kind: 'not-found' }
    const grant = await this.#grantOf(seen)
    return database.transaction(async (client) => {
      await client.query('select from purchase where team_id = $1 and id = $2 for update', [teamId, purchaseId])
      const other = await readRefund(client, teamId, key)
      if (other !== null) return other.fingerprint === request.fingerprint ? other : { kind: 'conflict' }
      const purchase = (await readPurchase(client, teamId, purchaseId)) ?? seen
      const underWay = await readUnderWay(client, teamId, purchaseId)
      const { amount, refundable } = refundTerms(purchase, grant, { wanted, underWay })
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
    })
  }

  /** Null: it is made. `isFirst`: Stripe was not asked before. */
  async #make(refund: PurchaseRefund, isFirst: boolean): Promise<RefundResult | null> {
    const { database, recorder } = this.#options
    const purchase = await readPurchase(database.pool, refund.teamId, refund.purchaseId)
    if (purchase === null || purchase.intent === null) throw new Error(`Purchase ${refund.purchaseId} was not paid`)
    const { intent, price } = purchase
    const made = await this.#ask(refund, { intent, currency: price.currency }, isFirst)
    if (made === null) {
      await deleteRefund(database.pool, refund)
      return { kind: 'exceeds', refundable: { amount: 0n, currency: purchase.price.currency } }
    }
    await recorder.record({ purchase, tag: null, see: () => ofRefund(made), event: null })
    await markMade(database.pool, refund, made.id)
    return null
  }

  /**
   * Stripe's refund, made or found; null: it refuses, so nothing is given back. Stripe repeats the failure of a key for a
   * day, even if the refund was made: an earlier one is searched for first.
   */
  async #ask(refund: PurchaseRefund, { intent, currency }: Paid, isFirst: boolean): Promise<Stripe.Refund | null> {
    const { stripe, log } = this.#options
    const tag = refundTagOf(refund)
    const { teamId: team, purchaseId: purchase, amount } = refund
    try {
      const found = isFirst ? null : await this.#find(intent, tag)
      if (found !== null) return found
      return await stripe.refunds.create(
        {
          payment_intent: intent,
          amount: toMinorUnits({ amount, currency }),
          reason: 'requested_by_customer',
          metadata: { team, purchase, tag },
        },
        { idempotencyKey: `${tag}:refund` },
      )
    } catch (error) {
      const fault = faultOf(error)
      if (!isRefusal(fault)) throw new StripeUnavailable(soonSeconds, error)
      log.error({ ...fault, team, purchase }, 'Stripe refused a refund')
      return null
    }
  }

  async #find(intent: string, tag: string): Promise<Stripe.Refund | null> {
    for await (const one of this.#options.stripe.refunds.list({ payment_intent: intent, limit: 100 })) {
      if (one.metadata?.tag === tag) return one
    }
    return null
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
