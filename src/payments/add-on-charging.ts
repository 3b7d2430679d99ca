import type { Logger } from 'pino'
import { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { type AddOnChange, type AddOnTerms, type Failure, markOf } from './add-on-change.ts'
import { hasEnded, subscriptionOf } from './add-on-requests.ts'
import { endChange, failChange, waitForCustomer } from './add-on-rows.ts'
import { closeInvoice, finalizeInvoice, isBeingPaid, payInvoice, readInvoice } from './invoice-steps.ts'
import { type AddOnResult, StripeUnavailable } from './payments.ts'
import { soonSeconds } from './schedule.ts'
import { paysElsewhere, servedElsewhere } from './served-elsewhere.ts'
import { faultOf, noTaxLocation, reached, unknownAddress } from './stripe-faults.ts'
import { needsCustomer, ofDecline } from './stripe-to-facts.ts'

/** How long the customer has to pay. Stripe forgets idempotency keys an hour later. */
const payableMs = 23 * 3_600_000

const notInTime: Failure = { reason: 'The payment was not confirmed in time', declineCode: null }
const subscriptionEnded: Failure = { reason: 'The subscription has ended', declineCode: null }

/** A change that is decided and has an invoice. */
export type ChargedChange = AddOnChange & { readonly terms: AddOnTerms; readonly invoice: string }

/**
 * Has the invoice of a change paid. Each call continues from the invoice as it is at Stripe, so that a lost answer is
 * read again. Before a change fails its invoice is closed: nobody can pay for units that never come.
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

  /** Null: the invoice is paid. */
  async collect(change: ChargedChange): Promise<AddOnResult | null> {
    const found = await reached(() => readInvoice(this.#stripe, change.invoice))
    const { failure: reason, declineCode, terms } = change
    if (found?.status === 'paid') return null
    if (found === null || found.status === 'void') {
      return endChange(this.#database.pool, change, reason === null ? notInTime : { reason, declineCode })
    }
    if (reason !== null) return this.#callOff(change, found, { reason, declineCode })
    const age = (await readClock(this.#database)) - (change.claimedAt ?? 0)
    if (age >= payableMs || found.status === 'uncollectible') return this.#callOff(change, found, notInTime)
    if (change.actionUrl !== null) {
      if (hasEnded(await subscriptionOf(this.#stripe, terms))) return this.#callOff(change, found, subscriptionEnded)
      return this.#wait(change, found)
    }
    const system = await servedElsewhere(this.#database.pool, change.teamId)
    if (system !== null) return this.#callOff(change, found, paysElsewhere(system))
    return found.status === 'draft' ? this.#finalize(change, found) : this.#pay(change, found)
  }

  async #finalize(change: ChargedChange, draft: Stripe.Invoice): Promise<AddOnResult | null> {
    const { teamId: team, key, amount } = change
    if (amount !== null && draft.subtotal !== amount) {
      this.#log.error({ team, key, invoice: draft.id, subtotal: draft.subtotal, amount }, otherSum)
      return this.#callOff(change, draft, { reason: 'The invoice has another sum', declineCode: null })
    }
    let now: Stripe.Invoice
    try {
      now = await finalizeInvoice(this.#stripe, markOf(change), draft.id)
    } catch (error) {
      return this.#notDone(change, draft, error)
    }
    return now.status === 'open' ? this.#pay(change, now) : this.collect(change)
  }

  async #pay(change: ChargedChange, open: Stripe.Invoice): Promise<AddOnResult | null> {
    try {
      const { status } = await payInvoice(this.#stripe, markOf(change), open.id, { off_session: false })
      return status === 'paid' ? null : await this.#wait(change, open)
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError && wantsCustomer(error)) return this.#wait(change, open)
      return this.#notDone(change, open, error)
    }
  }

  /** A step of the invoice was declined or refused, or its answer was lost. */
  async #notDone(change: ChargedChange, before: Stripe.Invoice, error: unknown): Promise<AddOnResult | null> {
    const fault = faultOf(error)
    if (fault.kind === 'declined') {
      const { declineCode = null, failure } = ofDecline(fault.error)
      return this.#callOff(change, before, { reason: failure ?? fault.error.message, declineCode })
    }
    if (fault.kind === 'unavailable') throw new StripeUnavailable(fault.retryAfterSeconds, error)
    const now = await reached(() => readInvoice(this.#stripe, before.id))
    if (now?.status !== before.status) return this.collect(change)
    if (fault.kind !== 'refused') throw new StripeUnavailable(soonSeconds, error)
    const { teamId: team, key } = change
    this.#log.error({ team, key, invoice: before.id, ...fault }, 'Stripe refused the invoice of units')
    const isNoAddress = fault.code === noTaxLocation
    const reason = isNoAddress ? unknownAddress : fault.message
    return this.#callOff(change, now, { reason, declineCode: isNoAddress ? noTaxLocation : null })
  }

  async #wait(change: ChargedChange, { hosted_invoice_url: url }: Stripe.Invoice): Promise<AddOnResult> {
    if (url == null) throw new StripeUnavailable(soonSeconds)
    if (change.actionUrl !== url) await waitForCustomer(this.#database.pool, change, url)
    return { kind: 'action-required', actionUrl: url }
  }

  /**
   * Closes the invoice and ends the change. Null: the invoice was paid before it could be closed. A payment that is under
   * way, such as a bank debit, is waited for.
   */
  async #callOff(change: ChargedChange, invoice: Stripe.Invoice, failure: Failure): Promise<AddOnResult | null> {
    if (invoice.status !== 'draft' && (await reached(() => isBeingPaid(this.#stripe, invoice.id)))) {
      return this.#wait(change, invoice)
    }
    await failChange(this.#database.pool, change, failure)
    try {
      await closeInvoice(this.#stripe, invoice)
    } catch (error) {
      const now = await reached(() => readInvoice(this.#stripe, invoice.id))
      if (now?.status === 'paid') return null
      if (now !== null && now.status !== 'void') throw new StripeUnavailable(soonSeconds, error)
    }
    return endChange(this.#database.pool, change, failure)
  }
}

const otherSum =
  'The invoice of units has another sum than the catalog says: check the price with its lookup key in Stripe'

/** The bank wants the customer to confirm the payment. */
const wantsCustomer = (error: InstanceType<typeof Stripe.errors.StripeError>): boolean =>
  error.code === 'invoice_payment_intent_requires_action' ||
  error.payment_intent?.status === 'requires_action' ||
  needsCustomer(error)
