import type { Stripe } from 'stripe'
import { pause } from '../concurrency/pauses.ts'
import type { Database } from '../database/open.ts'
import type { Instant } from '../domain/identity.ts'
import { type Difference, differenceOf, withoutPayment } from './differences.ts'
import { bookPayments, bookPayout, isPayoutBooked, type PaidPlace, readPaidPurchases } from './payment-books.ts'
import { readNamedPurchases, readPurchaseOfPayment } from './purchase-rows.ts'
import { isMissing } from './stripe-faults.ts'
import { type PurchaseName, purchaseIn } from './stripe-metadata.ts'

export type ReconciliationOptions = {
  readonly database: Pick<Database, 'pool'>
  readonly stripe: Stripe
  /** Ends the work early: what was compared so far counts for nothing. */
  readonly signal: AbortSignal
  /** How long a difference must last. A refund or an event may be under way. */
  readonly settleMs?: number
}

/** The result of a run. `payments`: how many were compared. */
export type Reconciled = { readonly payments: number; readonly differences: readonly Difference[] }

const dayMs = 86_400_000
const hourMs = 3_600_000
const limit = 100
/** Between two requests, so that ten in a second leave the most of Stripe's limit to customers. */
const restMs = 100
/** Payments that one run lists at most, the newest first. */
const maxPayments = 200_000
/** Differences that one run tells at most, and payments that it asks about one by one. */
const maxDifferences = 1_000

const withBooking = { expand: ['latest_charge.balance_transaction'] }
const eachWithBooking = { expand: ['data.latest_charge.balance_transaction'] }

/**
 * Compares the payments of the last days at Stripe with the purchases here, in both directions, and stores fees, balance
 * transactions and payouts that are not known yet. The last hour is left out. A difference counts if it is still there
 * after a minute. It changes nothing else, here or at Stripe. Source: docs/books.md.
 */
export class Reconciliation {
  readonly #options: ReconciliationOptions
  readonly #stripe: Stripe

  constructor(options: ReconciliationOptions) {
    this.#options = options
    this.#stripe = options.stripe
  }

  /** @throws {AbortError} if the signal aborts, and what Stripe and the database throw. */
  async run(now: Instant, days: number): Promise<Reconciled> {
    const until = now - hourMs
    const listed = await this.#listPayments(now - days * dayMs, until)
    const suspects = new Set(listed.suspects)
    for (const payment of await this.#paidOnlyHere(listed.seen, listed.since, until)) suspects.add(payment)
    await this.#bookPayouts(now - days * dayMs)
    if (suspects.size > 0) await this.#rest(this.#options.settleMs ?? 60_000)
    const differences: Difference[] = []
    for (const payment of [...suspects].slice(0, maxDifferences)) {
      const difference = await this.#differenceOf(payment)
      if (difference !== null) differences.push(difference)
      await this.#rest()
    }
    return { payments: listed.seen.size, differences }
  }

  /** The payments of a span that succeeded, and those among them that differ. `since`: through when all were listed. */
  async #listPayments(since: Instant, until: Instant) {
    const seen = new Set<string>()
    const suspects: string[] = []
    const created = { gte: Math.floor(since / 1000), lt: Math.floor(until / 1000) }
    let last: Stripe.PaymentIntent | undefined
    for (let isMore = true; isMore && seen.size < maxPayments; ) {
      this.#options.signal.throwIfAborted()
      const after = last === undefined ? {} : { starting_after: last.id }
      const page = await this.#stripe.paymentIntents.list({ created, limit, ...after, ...eachWithBooking })
      const ours = page.data.flatMap((intent) => {
        const name = intent.status === 'succeeded' ? purchaseIn(intent.metadata) : null
        return name === null ? [] : [{ intent, name }]
      })
      const { pool } = this.#options.database
      const purchases = await readNamedPurchases(
        pool,
        ours.map(({ name }) => name),
      )
      await bookPayments(
        pool,
        ours.map(({ intent }) => intent),
      )
      for (const { intent, name } of ours) {
        seen.add(intent.id)
        const purchase = purchases.find((one) => isNamed(one, name)) ?? null
        if (differenceOf(intent, name, purchase) !== null) suspects.push(intent.id)
      }
      last = page.data.at(-1)
      isMore = page.has_more && last !== undefined
      if (isMore) await this.#rest()
      else return { seen, suspects, since }
    }
    return { seen, suspects, since: (last?.created ?? 0) * 1000 }
  }

  /** The payments of purchases that are paid here and were not listed, such as those that were begun later. */
  async #paidOnlyHere(seen: ReadonlySet<string>, since: Instant, until: Instant): Promise<string[]> {
    const missing: string[] = []
    let after: PaidPlace = { teamId: '', id: 0 }
    for (;;) {
      const page = await readPaidPurchases(this.#options.database.pool, { since, until, after, limit: 1_000 })
      missing.push(...page.flatMap(({ intent }) => (intent === null || seen.has(intent) ? [] : [intent])))
      const last = page.at(-1)
      if (last === undefined || missing.length >= maxDifferences) return missing
      after = last
    }
  }

  /** The difference of one payment, as both sides are now. */
  async #differenceOf(payment: string): Promise<Difference | null> {
    const { pool } = this.#options.database
    const intent = await this.#stripe.paymentIntents.retrieve(payment, withBooking).catch((error) => {
      if (isMissing(error)) return null
      throw error
    })
    const name = intent === null ? null : purchaseIn(intent.metadata)
    if (intent?.status === 'succeeded' && name !== null) {
      await bookPayments(pool, [intent])
      const [purchase = null] = await readNamedPurchases(pool, [name])
      return differenceOf(intent, name, purchase)
    }
    const purchase = (await readPurchaseOfPayment(pool, payment))?.purchase
    if (purchase?.outcome !== 'PAID') return null
    const { teamId, id } = purchase
    return withoutPayment(purchase, { payment, teamId, purchase: id }, intent?.status ?? null)
  }

  /** Stores which payout contains which payment. Stripe tells it of automatic payouts only. */
  async #bookPayouts(since: Instant): Promise<void> {
    const { pool } = this.#options.database
    const created = { gte: Math.floor(since / 1000) }
    for await (const payout of this.#stripe.payouts.list({ created, status: 'paid', limit })) {
      if (!payout.automatic || (await isPayoutBooked(pool, payout.id))) continue
      const transactions: string[] = []
      for await (const { id } of this.#stripe.balanceTransactions.list({ payout: payout.id, limit })) {
        transactions.push(id)
        if (transactions.length % limit === 0) await this.#rest()
      }
      await bookPayout(pool, payout.id, transactions)
      await this.#rest()
    }
  }

  async #rest(ms = restMs): Promise<void> {
    const { signal } = this.#options
    await pause(ms, signal)
    signal.throwIfAborted()
  }
}

const isNamed = ({ teamId, id }: PurchaseName, name: PurchaseName): boolean => teamId === name.teamId && id === name.id
