import type { Stripe } from 'stripe'
import { coalesce } from '../concurrency/coalesce.ts'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { type AddOnChange, type AddOnTerms, resultOf } from './add-on-change.ts'
import { AddOnCharging } from './add-on-charging.ts'
import { awaitFormerCharge } from './add-on-former.ts'
import { setItems } from './add-on-items.ts'
import { hasEnded, subscriptionOf, toldIfRefused } from './add-on-requests.ts'
import {
  beginChange,
  claimChange,
  decideChange,
  endChange,
  readChange,
  readUnderWay,
  undecideChange,
} from './add-on-rows.ts'
import { type AddOnTermsOptions, type Decision, notAvailable, termsOf } from './add-on-terms.ts'
import type { InvoiceCosts } from './invoice-costs.ts'
import { closeInvoice } from './invoice-steps.ts'
import { type AddOnResult, StripeUnavailable } from './payments.ts'
import { soonSeconds } from './schedule.ts'
import { reached } from './stripe-faults.ts'
import { idOf } from './stripe-to-facts.ts'
import { draftUnits } from './unit-invoices.ts'

export type AddOnsOptions = AddOnTermsOptions & {
  readonly database: Database
  readonly costs: Pick<InvoiceCosts, 'ofUnits'>
}

/** How long the decision about the request may take. */
const decidingMs = 60_000

/**
 * Units are items of the team's subscription. Units that the running cycle has not had yet are paid by an invoice of
 * their own, in full. Only then the item is set to the wanted quantity, without money. The invoice is a draft, and its id
 * is stored, before anything is paid. Each team has one change under way at a time, and a second caller first completes
 * that one. Source: facts D5, D6; decision 26.
 */
export class AddOns {
  readonly #options: AddOnsOptions
  readonly #database: Database
  readonly #stripe: Stripe
  readonly #charging: AddOnCharging
  /** Each change runs once at a time in this process. Between processes the claimed row keeps others out. */
  readonly #running = coalesce(async (name: string): Promise<AddOnResult> => {
    const [teamId, key] = JSON.parse(name) as [TeamId, string]
    return this.#begin(await readChange(this.#database.pool, teamId, key))
  })

  constructor(options: AddOnsOptions) {
    this.#options = options
    this.#database = options.database
    this.#stripe = options.stripe
    this.#charging = new AddOnCharging(options.database, options.stripe, options.log)
  }

  /** See Payments. */
  async set(teamId: TeamId, key: string, units: number): Promise<AddOnResult> {
    await beginChange(this.#database.pool, teamId, key, units)
    return this.#run(teamId, key)
  }

  /**
   * Continues a change whose answer was lost, or whose payment waited for the customer. A change without a request to
   * Stripe is left to its caller, who may retry.
   */
  async resume(teamId: TeamId, key: string): Promise<AddOnResult> {
    const change = await readChange(this.#database.pool, teamId, key)
    return change.terms === null ? this.#takeOver(change) : this.#run(teamId, key)
  }

  #run(teamId: TeamId, key: string): Promise<AddOnResult> {
    return this.#running(JSON.stringify([teamId, key]))
  }

  async #begin(change: AddOnChange): Promise<AddOnResult> {
    if (change.state !== 'PENDING' || change.terms !== null) return this.#goOn(change)
    const { pool } = this.#database
    const { teamId, key } = change
    const other = await readUnderWay(pool, teamId)
    if (other !== null) {
      const isOwn = other.terms === null || other.key === key
      const left = isOwn ? await this.#takeOver(other) : await this.#run(teamId, other.key)
      if (left.kind === 'action-required') return left
      return this.#begin(await readChange(pool, teamId, key))
    }
    const claimed = await claimChange(pool, change)
    if (claimed === null) return this.#begin(await readChange(pool, teamId, key))
    const decided = await this.#decide(claimed)
    return 'kind' in decided ? decided : this.#goOn(decided)
  }

  /**
   * Continues a change that another caller has claimed. After a minute without a decision that caller counts as dead,
   * and the claim is undone.
   */
  async #takeOver(other: AddOnChange): Promise<AddOnResult> {
    if (other.terms !== null) return this.#goOn(other)
    const age = (await readClock(this.#database)) - (other.claimedAt ?? 0)
    if (age < decidingMs) throw new StripeUnavailable(soonSeconds)
    await undecideChange(this.#database.pool, other)
    return notAvailable
  }

  /** Decides the change from the present subscription, now that no other change is under way. */
  async #decide(change: AddOnChange): Promise<AddOnChange | AddOnResult> {
    const { pool } = this.#database
    try {
      const decision = await termsOf(this.#options, change)
      if (!('kind' in decision)) return await this.#store(change, decision)
      await undecideChange(pool, change)
      return decision
    } catch (error) {
      await undecideChange(pool, change)
      throw error
    }
  }

  /** Stores the decision. What has to be paid has its draft first; a draft charges nobody. */
  async #store(change: AddOnChange, { terms, charge }: Decision): Promise<AddOnChange> {
    const { teamId: team, key } = change
    const log = this.#options.log
    const bill =
      charge === null ? null : await toldIfRefused(log, change, () => draftUnits(this.#stripe, change, charge))
    const decided = await decideChange(this.#database.pool, change, terms, bill)
    if (decided !== null) return decided
    if (bill !== null) {
      const draft = { id: bill.invoice, status: 'draft' } as const
      await closeInvoice(this.#stripe, draft).catch((error) =>
        log.warn({ err: error, team, key, invoice: bill.invoice }, 'A draft of an invoice for units is left over'),
      )
    }
    throw new StripeUnavailable(soonSeconds)
  }

  /** Continues from the stored state to the end, or as far as possible now. */
  async #goOn(change: AddOnChange): Promise<AddOnResult> {
    const { terms } = change
    const result = resultOf(change)
    if (result !== null) return result
    if (terms === null) throw new Error(`Nothing is decided about the change ${change.key} of ${change.teamId}`)
    const unpaid = await this.#pay(change, terms)
    if (unpaid !== null) return unpaid
    const subscription = await subscriptionOf(this.#stripe, terms)
    if (hasEnded(subscription)) return this.#endLate(change, terms)
    await setItems(this.#options, change, terms, subscription)
    const { subscriptions, costs } = this.#options
    await reached(() => subscriptions.follow(idOf(subscription.customer) ?? ''))
    const { teamId, invoice } = change
    if (invoice !== null) await reached(() => costs.ofUnits(teamId, invoice))
    await endChange(this.#database.pool, change, null)
    return { kind: 'done' }
  }

  /** Null: it is paid, or there is nothing to pay. */
  async #pay(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    const { invoice } = change
    if (invoice !== null) return this.#charging.collect({ ...change, terms, invoice })
    if (terms.isFormer) await awaitFormerCharge(this.#database, this.#stripe, change, terms)
    return null
  }

  /** The subscription ended before the units were set. */
  async #endLate(change: AddOnChange, { isFormer }: AddOnTerms): Promise<AddOnResult> {
    const { teamId: team, key, invoice } = change
    if (invoice !== null || isFormer) this.#options.log.error({ team, key, invoice }, paidTooLate)
    return endChange(this.#database.pool, change, { reason: 'The subscription has ended', declineCode: null })
  }
}

const paidTooLate = 'Units were paid for a subscription that has ended: refund the invoice in Stripe'
