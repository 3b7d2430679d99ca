import type { Pool, PoolClient } from 'pg'
import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import type { FollowBills } from '../domain/decisions/command.ts'
import type { Instant } from '../domain/identity.ts'
import { keyless } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { retryLostConnection } from '../ledger/retry-lost-connection.ts'
import { ms } from '../ledger/rows/instants.ts'
import { type BillName, type InvoiceState, readBill, readBillOfInvoice } from './metered-bill-rows.ts'

const states: Readonly<Record<string, InvoiceState>> = {
  open: 'OPEN',
  paid: 'PAID',
  void: 'VOID',
  uncollectible: 'UNCOLLECTIBLE',
}

/** The bill's state by its invoice; null: the invoice is a draft. */
export const stateOf = ({ status }: Pick<Stripe.Invoice, 'status'>): InvoiceState | null =>
  states[status ?? 'draft'] ?? null

// Facts only grow: a reading that is older than the known state changes nothing.
const record = `
  update metered_bill set state = case when $4 = 'OPEN' then state else $4 end, failures = greatest(failures, $5),
    facts = facts + 1, ask_at = ledger_now()
  where team_id = $1 and month = $2 and currency = $3
    and (failures < $5 or ($4 <> state and (state = 'OPEN' or (state = 'UNCOLLECTIBLE' and $4 <> 'OPEN'))))
    and state in ('OPEN', 'UNCOLLECTIBLE')`
// Rows are locked in one order, so that two processes can't deadlock, and the ledger gets the newest state last.
const lockUntold = `
  select month, currency, state, invoice_url, failures, facts, told, ${ms('overdue_at', 'overdue_at')}
  from metered_bill where team_id = $1 and (state in ('OPEN', 'UNCOLLECTIBLE') or told < facts)
  order by month, currency for update`
// Only the rows that were locked: a bill may have got its open invoice since, and the ledger does not know of it yet.
// An invoice that stays unpaid for a long time is read less often.
const writeTold = `
  update metered_bill set told = facts, ask_at = case when state in ('OPEN', 'UNCOLLECTIBLE') then
    ledger_now() + case when ledger_now() < overdue_at + interval '30 days' then interval '1 hour' else interval '1 day' end
  end
  where team_id = $1 and (month, currency) in (select * from unnest($4::text[], $5::text[]))
    and (told < facts or (month = $2 and currency = $3 and state in ('OPEN', 'UNCOLLECTIBLE')))`

type UntoldRow = {
  month: string
  currency: string
  state: InvoiceState
  invoice_url: string | null
  failures: number
  facts: number
  told: number
  overdue_at: Instant
}

export type BillStatesOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly ledger: Pick<Ledger, 'submit'>
  readonly log: Logger
}

/**
 * Follows what becomes of the invoices of metered bills. Each reading of Stripe is stored, then the ledger is told which
 * bills of the team are not paid. An event only says that there is something to read, so order and number of events make
 * no difference; without any event, the bill is read again by the loop.
 */
export class BillStates {
  readonly #database: Database
  readonly #pool: Pool
  readonly #stripe: Stripe
  readonly #ledger: Pick<Ledger, 'submit'>
  readonly #log: Logger

  constructor({ database, stripe, ledger, log }: BillStatesOptions) {
    this.#database = database
    this.#pool = database.pool
    this.#stripe = stripe
    this.#ledger = ledger
    this.#log = log
  }

  /** Resolves after commit, to whether the invoice is that of a bill. */
  async followInvoice(invoice: string): Promise<boolean> {
    const bill = await readBillOfInvoice(this.#pool, invoice)
    if (bill === null) return false
    await this.follow(bill)
    return true
  }

  /** Reads the bill's invoice, stores its state and tells the ledger. A bill without an open invoice stays as it is. */
  async follow(name: BillName): Promise<void> {
    const { state, invoice } = await readBill(this.#pool, name)
    if (invoice !== null && (state === 'OPEN' || state === 'UNCOLLECTIBLE')) await this.#read(name, invoice)
    await retryLostConnection(() => this.#database.transaction((client) => this.#tell(client, name)))
  }

  async #read({ teamId, month, currency }: BillName, id: string): Promise<void> {
    const invoice = await this.#stripe.invoices.retrieve(id, withPayments)
    const state = stateOf(invoice)
    if (state === null) return
    await this.#pool.query(record, [teamId, month, currency, state, failuresOf(invoice)])
  }

  /** Tells the ledger which bills of the team are not paid, where something has changed. */
  async #tell(client: PoolClient, { teamId, month, currency }: BillName): Promise<void> {
    const { rows } = await client.query<UntoldRow>(lockUntold, [teamId])
    if (rows.some(({ told, facts }) => told < facts)) {
      const { outcome } = await this.#ledger.submit(keyless(teamId, commandOf(rows)))
      if (outcome.kind === 'refused') {
        this.#log.error({ team: teamId, reason: outcome.failure.message }, 'The ledger refused the bills of a team')
        return
      }
    }
    const locked = [rows.map((row) => row.month), rows.map((row) => row.currency)]
    await client.query(writeTold, [teamId, month, currency, ...locked])
  }
}

const withPayments = { expand: ['payments.data.payment.payment_intent'] }

/** The attempts that failed. An attempt of a bank payment is under way for days, and has not failed. */
function failuresOf({ status, attempt_count, payments }: Stripe.Invoice): number {
  if (status !== 'open' && status !== 'uncollectible') return 0
  const isUnderWay = payments?.data.some(({ payment: { payment_intent: intent } }) => {
    return typeof intent === 'object' && intent.status === 'processing'
  })
  return isUnderWay === true ? attempt_count - 1 : attempt_count
}

const commandOf = (rows: readonly UntoldRow[]): FollowBills => ({
  kind: 'follow-bills',
  unpaid: rows
    .filter(({ state }) => state === 'OPEN' || state === 'UNCOLLECTIBLE')
    .map(({ month, currency, invoice_url: url, failures, overdue_at: overdueAt }) => {
      return { month, currency, overdueAt, url, failures }
    }),
})
