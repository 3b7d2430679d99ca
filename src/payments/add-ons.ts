import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { coalesce } from '../concurrency/coalesce.ts'
import type { Database } from '../database/open.ts'
import type { TeamId } from '../domain/identity.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { AddOnCharging, soonSeconds } from './add-on-charging.ts'
import { itemOf, subscriptionOf } from './add-on-requests.ts'
import {
  type AddOnChange,
  type AddOnTerms,
  beginChange,
  claimChange,
  decideChange,
  endChange,
  markOf,
  readChange,
  readUnderWay,
  resultOf,
  undecideChange,
} from './add-on-rows.ts'
import { type AddOnTermsOptions, notAvailable, termsOf } from './add-on-terms.ts'
import { type AddOnResult, StripeUnavailable } from './payments.ts'
import { faultOf, isRefusal, reached } from './stripe-faults.ts'
import { idOf } from './stripe-to-facts.ts'
import { addOnsAmong } from './subscription-marks.ts'

export type AddOnsOptions = AddOnTermsOptions & { readonly database: Database; readonly log: Logger }

/** How long the decision about the request may take. */
const decidingMs = 60_000

/**
 * Units are items of the team's subscription. Units that the running cycle has not had yet are paid at once, in full.
 * Then the item is set to the wanted quantity without money. The request is stored before it is sent. Each team has one
 * change under way at a time, and a second caller first completes that one. Source: facts D5, D6.
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

  /** Decides the request to Stripe from the present subscription, now that no other change is under way. */
  async #decide(change: AddOnChange): Promise<AddOnChange | AddOnResult> {
    const { pool } = this.#database
    let terms: AddOnTerms | AddOnResult
    try {
      terms = await termsOf(this.#options, change)
    } catch (error) {
      await undecideChange(pool, change)
      throw error
    }
    if (!('kind' in terms)) {
      const decided = await decideChange(pool, change, terms)
      if (decided === null) throw new StripeUnavailable(soonSeconds)
      return decided
    }
    await undecideChange(pool, change)
    return terms
  }

  /** Continues from the stored state to the end, or as far as possible now. */
  async #goOn(change: AddOnChange): Promise<AddOnResult> {
    const { terms } = change
    const result = resultOf(change)
    if (result !== null) return result
    if (terms === null) throw new Error(`Nothing is decided about the change ${change.key} of ${change.teamId}`)
    const unpaid = await this.#pay(change, terms)
    if (unpaid !== null) return unpaid
    await this.#settle(change, terms)
    const customer = idOf((await subscriptionOf(this.#stripe, terms)).customer) ?? ''
    await reached(() => this.#options.subscriptions.follow(customer))
    await endChange(this.#database.pool, change, null)
    return { kind: 'done' }
  }

  /** Null: it is paid, or there is nothing to pay. */
  async #pay(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    if (change.invoice !== null) return this.#charging.confirm(change, change.invoice)
    return terms.charge === null ? null : this.#charging.charge(change, terms)
  }

  /**
   * Sets the item to the wanted quantity from now on, and removes other items of add-ons. Nothing is paid or given
   * back.
   */
  async #settle(change: AddOnChange, terms: AddOnTerms): Promise<void> {
    const { units, teamId: team, key } = change
    const { subscription, price } = terms
    const items = (await subscriptionOf(this.#stripe, terms)).items.data
    const mine = items.find((item) => item.price.id === price)
    const others = (await addOnsAmong(this.#stripe, items)).filter(({ id }) => id !== mine?.id)
    const removed = others.map(({ id }) => ({ id, deleted: true }))
    const isSet = price === null || mine?.quantity === units
    const missing = isSet ? [] : [{ ...itemOf(mine?.id ?? null, price), quantity: units }]
    if (removed.length + missing.length === 0) return
    const asked: Stripe.SubscriptionUpdateParams = { items: [...missing, ...removed], proration_behavior: 'none' }
    try {
      await this.#stripe.subscriptions.update(subscription, asked, { idempotencyKey: `${markOf(change)}:set` })
    } catch (error) {
      if (isRefusal(faultOf(error))) {
        this.#options.log.error({ err: error, team, key }, 'Stripe refused to set units that are paid')
      }
      throw new StripeUnavailable(soonSeconds, error)
    }
  }
}
