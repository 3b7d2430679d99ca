import type { PoolClient } from 'pg'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'
import type { Customers } from './customers.ts'
import { cycleOf } from './invoice-cycle.ts'
import { readBillOfInvoice } from './metered-bill-rows.ts'
import { fromMinorUnits } from './minor-units.ts'
import { type Reversal, withReversal } from './purchase.ts'
import {
  lossOfInvoice,
  type Paid,
  type PaidGrant,
  type ReversedInvoice,
  takenOf,
  whatHappenedTo,
} from './reversed-invoice.ts'
import {
  type InvoiceName,
  isOfUnits,
  lockKnown,
  lockReversed,
  readGrantsPaidBy,
  writePosted,
  writeReversals,
} from './reversed-invoice-rows.ts'
import { idOf } from './stripe-to-facts.ts'

export type ReversedInvoicesOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'teamOf'>
  readonly ledger: Pick<Ledger, 'submitAll'>
}

/** How long the units of an invoice may come after it. */
const unitsMayTakeMs = 2 * 86_400_000

/**
 * Refunds, disputes and credit notes of the invoices of plans, units and metered bills. Each is a fact of its invoice, and
 * facts only grow. All of them together decide which share of the deposits that the invoice has paid is taken back now.
 */
export class ReversedInvoices {
  readonly #options: ReversedInvoicesOptions

  constructor(options: ReversedInvoicesOptions) {
    this.#options = options
  }

  /** Resolves after commit, to whether the payment is of such an invoice of a team. */
  async ofPayment(intent: string, reversal: Reversal): Promise<boolean> {
    const payment = { type: 'payment_intent', payment_intent: intent } as const
    const { data } = await this.#options.stripe.invoicePayments.list({ payment, limit: 1 })
    const invoice = idOf(data[0]?.invoice)
    return invoice !== null && this.record(invoice, reversal)
  }

  /** Resolves after commit, to whether the invoice is one of a team, and says what it paid for. */
  async record(id: string, reversal: Reversal): Promise<boolean> {
    const { stripe, customers, database } = this.#options
    const invoice = await stripe.invoices.retrieve(id)
    const customer = idOf(invoice.customer)
    const teamId = customer === null ? null : await customers.teamOf(customer)
    if (teamId === null || invoice.total <= 0) return false
    const paid = await this.#paidBy(teamId, invoice)
    if (paid === null) return false
    const total = fromMinorUnits(invoice.total, invoice.currency)
    const named = { teamId, invoice: id, total, currency: invoice.currency.toUpperCase() }
    await retryLostConnection(() =>
      database.transaction(async (client) => {
        const known = await lockReversed(client, named)
        const reversals = withReversal(known.reversals, reversal)
        if (reversals !== known.reversals) await writeReversals(client, { ...known, reversals })
      }),
    )
    await this.#post(named, paid)
    return true
  }

  /** Takes back the share of what has come since, and what a lost connection left behind. */
  async goOn(name: InvoiceName): Promise<void> {
    const paid = await this.#paidBy(name.teamId, await this.#options.stripe.invoices.retrieve(name.invoice))
    if (paid !== null) await this.#post(name, paid)
  }

  /** The deposits that the invoice has paid; null: nobody can tell which ones. */
  async #paidBy(teamId: TeamId, invoice: Stripe.Invoice): Promise<Paid | null> {
    const { pool } = this.#options.database
    if ((await readBillOfInvoice(pool, invoice.id))?.teamId === teamId) return { kind: 'bill' }
    if (await isOfUnits(pool, { teamId, invoice: invoice.id })) {
      return { kind: 'units', until: invoice.created * 1000 + unitsMayTakeMs }
    }
    const cycle = await cycleOf(this.#options.stripe, invoice)
    return cycle === null ? null : { kind: 'cycle', ...cycle }
  }

  async #post(name: InvoiceName, paid: Paid): Promise<void> {
    const { database, ledger } = this.#options
    const at = await readClock(database)
    // Deposits that are due by now are there to be taken.
    await ledger.submitAll([keyless(name.teamId, { kind: 'post-due' })])
    await retryLostConnection(() => database.transaction((client) => this.#tell(client, name, paid, at)))
  }

  /** With the invoice locked, so that the ledger gets the newest facts last. All that was due `at` is deposited. */
  async #tell(client: PoolClient, name: InvoiceName, paid: Paid, at: Instant): Promise<void> {
    const invoice = await lockKnown(client, name)
    if (invoice === null) return
    // A bill moves no credits: its state follows from the row.
    if (paid.kind !== 'bill') await this.#takeBack(invoice, await readGrantsPaidBy(client, name, paid))
    await writePosted(client, name, paid.kind !== 'bill' && at < paid.until)
  }

  async #takeBack(invoice: ReversedInvoice, grants: readonly PaidGrant[]): Promise<void> {
    const { ledger } = this.#options
    const { teamId, invoice: id, facts, posted } = invoice
    const reference = `stripe:${id}`
    const reason = whatHappenedTo(invoice)
    const changed = grants.filter((one) => takenOf(one, invoice) !== one.grant.clawedBack)
    const submissions = changed.map((one, index) => {
      // The team is told of a dispute once, however many deposits it takes back.
      const loss = index === 0 && posted < facts ? lossOfInvoice(invoice) : null
      const { source, frozen } = one.grant
      const total = takenOf(one, invoice)
      return keyless(teamId, { kind: 'claw-back', source, reference, total, frozen, loss, reason })
    })
    for (const result of await ledger.submitAll(submissions)) {
      if (result.status === 'rejected') throw result.reason
      const { outcome } = result.value
      if (outcome.kind === 'refused') throw new Error(`The ledger refused ${id}: ${outcome.failure.message}`)
    }
  }
}
