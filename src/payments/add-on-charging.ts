import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { chargeAtOnce, chargeOnceConfirmed, isCharged, subscriptionOf } from './add-on-requests.ts'
import { type AddOnChange, type AddOnTerms, endChange, markOf, undecideChange, waitForCustomer } from './add-on-rows.ts'
import { type AddOnResult, StripeUnavailable } from './payments.ts'
import { faultOf, reached } from './stripe-faults.ts'
import { idOf, needsCustomer, ofDecline } from './stripe-to-facts.ts'

/** How long requests to Stripe use the same key. */
const keyUsedMs = 300_000
/** The time after which no request is still being carried out: what Stripe does not show by then did not happen. */
const settledMs = 600_000
export const soonSeconds = 5

/**
 * Has the units of a change paid that the running cycle has not had yet. The item is raised by them as of the begin of
 * the period, in a call that changes nothing if the payment fails. Each method resolves to null once they are paid.
 */
export class AddOnCharging {
  readonly #database: Database
  readonly #stripe: Stripe
  readonly #log: Logger

  constructor(database: Database, stripe: Stripe, log: Logger) {
    this.#database = database
    this.#stripe = stripe
    this.#log = log
  }

  async charge(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    const age = (await readClock(this.#database)) - (change.claimedAt ?? 0)
    if (age >= keyUsedMs) {
      if (isCharged(await subscriptionOf(this.#stripe, terms), change, terms)) return null
      if (age >= settledMs) return this.#giveUp(change)
      throw new StripeUnavailable(soonSeconds)
    }
    const idempotencyKey = `${markOf(change)}:charge`
    try {
      await this.#stripe.subscriptions.update(terms.subscription, chargeAtOnce(change, terms), { idempotencyKey })
      return null
    } catch (error) {
      return this.#notCharged(change, terms, error)
    }
  }

  /** Continues a payment that the customer has to confirm. */
  async confirm(change: AddOnChange, invoice: string): Promise<AddOnResult | null> {
    const { pool } = this.#database
    const { status, hosted_invoice_url: url } = await reached(() => this.#stripe.invoices.retrieve(invoice))
    if (status === 'paid') return null
    if (status === 'void' || status === 'uncollectible') {
      return endChange(pool, change, { reason: 'The payment was not confirmed in time', declineCode: null })
    }
    if (url == null) throw new StripeUnavailable(soonSeconds)
    if (change.actionUrl !== url) await waitForCustomer(pool, change, invoice, url)
    return { kind: 'action-required', actionUrl: url }
  }

  async #notCharged(change: AddOnChange, terms: AddOnTerms, error: unknown): Promise<AddOnResult | null> {
    if (error instanceof Stripe.errors.StripeError && wantsCustomer(error)) return this.#askCustomer(change, terms)
    const fault = faultOf(error)
    switch (fault.kind) {
      case 'declined': {
        const { declineCode = null, failure } = ofDecline(fault.error)
        return endChange(this.#database.pool, change, { reason: failure ?? fault.error.message, declineCode })
      }
      case 'refused':
        this.#log.error(
          { team: change.teamId, key: change.key, ...fault },
          'Stripe refused a change of units as it was asked for',
        )
        return this.#giveUp(change)
      case 'unavailable':
        return this.#giveUp(change, fault.retryAfterSeconds)
      case 'other-parameters':
      case 'in-progress':
      case 'unknown':
        if (isCharged(await subscriptionOf(this.#stripe, terms), change, terms)) return null
        throw new StripeUnavailable(soonSeconds, error)
    }
  }

  /** Requests the same in a form that waits for the customer: the item is raised once the invoice is paid. */
  async #askCustomer(change: AddOnChange, terms: AddOnTerms): Promise<AddOnResult | null> {
    const idempotencyKey = `${markOf(change)}:confirm`
    const { subscriptions } = this.#stripe
    const updated = await reached(() =>
      subscriptions.update(terms.subscription, chargeOnceConfirmed(terms), { idempotencyKey }),
    )
    const invoice = idOf(updated.latest_invoice)
    if (invoice === null) throw new Error(`A change of units of ${change.teamId} has no invoice`)
    return this.confirm(await waitForCustomer(this.#database.pool, change, invoice, null), invoice)
  }

  /** The change was not carried out: the same key may retry. */
  async #giveUp(change: AddOnChange, retryAfterSeconds = soonSeconds): Promise<never> {
    await undecideChange(this.#database.pool, change)
    throw new StripeUnavailable(retryAfterSeconds)
  }
}

/** Nothing was changed, because the bank wants the customer to confirm it. */
const wantsCustomer = (error: InstanceType<typeof Stripe.errors.StripeError>): boolean =>
  error.code === 'subscription_payment_intent_requires_action' || needsCustomer(error)
