import type { Pool } from 'pg'
import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { minorUnit } from '../domain/amounts/money.ts'
import type { TaxTerms } from '../domain/tax.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import type { Customers } from './customers.ts'
import { type BillLine, type BillName, type MeteredBill, readBill } from './metered-bill-rows.ts'
import { stateOf } from './metered-bill-states.ts'
import { StripeUnavailable } from './payments.ts'
import { faultOf, unknownAddress } from './stripe-faults.ts'
import { billMetadataOf, billTagOf } from './stripe-metadata.ts'

const daysUntilDue = 30
const retryAfterSeconds = 60
/** How far Stripe's clock may be behind ours. */
const skewSeconds = 3_600

const decide = `
  update metered_bill set customer = $4, collection = $5, payment_method = $6, asked_at = clock_timestamp()
  where team_id = $1 and month = $2 and currency = $3 and customer is null`
const undecide = `
  update metered_bill set customer = null, collection = null, payment_method = null, asked_at = null
  where team_id = $1 and month = $2 and currency = $3 and customer = $4 and invoice is null`
const remember = `
  update metered_bill set invoice = $4
  where team_id = $1 and month = $2 and currency = $3 and coalesce(invoice, $4) = $4`
const settle = `
  update metered_bill set state = $6, invoice_url = $5, facts = facts + 1, ask_at = ledger_now(),
    overdue_at = ledger_now() + ($7 + case collection when 'SEND' then ${daysUntilDue} else 0 end) * interval '1 day'
  where team_id = $1 and month = $2 and currency = $3 and invoice = $4 and state = 'DUE'`

const valuesOf = ({ teamId, month, currency }: BillName) => [teamId, month, currency]

/** A line of an invoice. `key`: its name among the bill's lines. */
type InvoiceLine = {
  readonly key: string
  readonly amount: string
  readonly title: string
  readonly metadata: Readonly<Record<string, string>>
}
/** No rate has this name. */
const carriedLine = ' carried'

export type MeteredInvoicesOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'ofTeam'>
  readonly catalogs: Pick<Catalogs, 'at'>
}

type Decided = MeteredBill & {
  readonly billed: NonNullable<MeteredBill['billed']>
  /** How Stripe taxes the bill; null: not at all. */
  readonly tax: TaxTerms | null
}

/**
 * Makes the invoice of a bill and hands it to Stripe for collection, as far as possible now. Any number of calls and
 * processes may do so: each request follows from the row, under keys that follow from its name, and results of an
 * earlier try are searched for before anything is made. An invoice stays a draft until its lines add up to the bill:
 * until then nobody is asked for money.
 *
 * The invoice is charged to the saved method. Without one it is sent by e-mail, due in 30 days. Stripe sends none to a
 * customer without an address: that customer pays on the invoice's page, or by a method that it saves meanwhile. Stripe
 * credits a bill below zero to the customer's next invoice.
 */
export class MeteredInvoices {
  readonly #pool: Pool
  readonly #stripe: Stripe
  readonly #customers: Pick<Customers, 'ofTeam'>
  readonly #catalogs: Pick<Catalogs, 'at'>

  constructor({ pool }: Pick<Database, 'pool'>, { stripe, customers, catalogs }: MeteredInvoicesOptions) {
    this.#pool = pool
    this.#catalogs = catalogs
    this.#stripe = stripe
    this.#customers = customers
  }

  /** Continues a bill as far as possible now; a bill that has its invoice stays as it is. */
  async invoice(name: BillName): Promise<void> {
    const found = await readBill(this.#pool, name)
    if (found.state !== 'DUE') return
    const { catalog } = await this.#catalogs.at(await readClock({ pool: this.#pool }))
    const bill = { ...(await this.#decide(found)), tax: catalog.tax }
    const invoice = await this.#invoiceOf(bill)
    if (invoice.status === 'draft') await this.#addLines(bill, invoice.id)
    const final = invoice.status === 'draft' ? await this.#finalize(bill, invoice) : invoice
    const { graceDays } = catalog.meteredBills
    const { id, hosted_invoice_url: url } = final
    await this.#pool.query(settle, [...valuesOf(bill), id, url ?? null, stateOf(final) ?? 'OPEN', graceDays])
  }

  async #decide(bill: MeteredBill): Promise<Omit<Decided, 'tax'>> {
    if (bill.billed !== null) return { ...bill, billed: bill.billed }
    const { id, email, method } = await this.#customers.ofTeam(bill.teamId)
    const collection = method === null && email !== null ? 'SEND' : 'CHARGE'
    await this.#pool.query(decide, [...valuesOf(bill), id, collection, method])
    const { billed } = await readBill(this.#pool, bill)
    if (billed === null) throw new StripeUnavailable(retryAfterSeconds)
    return { ...bill, billed }
  }

  async #invoiceOf(bill: Decided): Promise<Stripe.Invoice> {
    if (bill.invoice !== null) return this.#stripe.invoices.retrieve(bill.invoice)
    const invoice = (bill.asks > 1 ? await this.#find(bill) : null) ?? (await this.#draft(bill))
    const { rowCount } = await this.#pool.query(remember, [...valuesOf(bill), invoice.id])
    if (rowCount === 0) throw new Error(`${billTagOf(bill)} has another invoice than ${invoice.id}`)
    return invoice
  }

  /** An invoice that an earlier try has made. */
  async #find(bill: Decided): Promise<Stripe.Invoice | null> {
    const { customer, askedAt } = bill.billed
    const created = { gte: Math.floor(askedAt / 1000) - skewSeconds }
    for await (const invoice of this.#stripe.invoices.list({ customer, created, limit: 100 })) {
      if (invoice.metadata?.tag === billTagOf(bill)) return invoice
    }
    return null
  }

  async #draft(bill: Decided): Promise<Stripe.Invoice> {
    const { customer, collection, paymentMethod } = bill.billed
    const how: Stripe.InvoiceCreateParams =
      collection === 'SEND'
        ? { collection_method: 'send_invoice', days_until_due: daysUntilDue }
        : { collection_method: 'charge_automatically' }
    try {
      return await this.#stripe.invoices.create(
        {
          customer,
          currency: bill.currency.toLowerCase(),
          ...how,
          ...(paymentMethod === null ? {} : { default_payment_method: paymentMethod }),
          description: `Usage in ${bill.month}`,
          metadata: billMetadataOf(bill),
          auto_advance: false,
          ...(bill.tax === null ? {} : { automatic_tax: { enabled: true } }),
          pending_invoice_items_behavior: 'exclude',
        },
        { idempotencyKey: `${billTagOf(bill)}:draft:${customer}:${paymentMethod ?? collection}${markOf(bill)}` },
      )
    } catch (error) {
      // The customer or its method is gone: who is billed, and how, is decided anew the next time.
      if (faultOf(error).kind === 'refused') await this.#pool.query(undecide, [...valuesOf(bill), customer])
      throw error
    }
  }

  async #addLines(bill: Decided, invoice: string): Promise<void> {
    const there = bill.asks > 1 ? await this.#ratesOn(invoice) : new Set<string>()
    for (const line of bill.lines) {
      if (there.has(line.rate)) continue
      const { rate, amount } = line
      await this.#addLine(bill, invoice, { key: rate, amount, title: titleOf(line), metadata: { rate } })
    }
    if (bill.carried === 0n || there.has(carriedLine)) return
    const amount = `${bill.carried / minorUnit(bill.currency)}`
    const title = 'Carried over from earlier months'
    await this.#addLine(bill, invoice, { key: carriedLine, amount, title, metadata: { carried: 'true' } })
  }

  async #ratesOn(invoice: string): Promise<Set<string>> {
    const rates = new Set<string>()
    for await (const { metadata } of this.#stripe.invoiceItems.list({ invoice, limit: 100 })) {
      if (metadata?.rate !== undefined) rates.add(metadata.rate)
      if (metadata?.carried !== undefined) rates.add(carriedLine)
    }
    return rates
  }

  async #addLine(bill: Decided, invoice: string, { key, amount, title, metadata }: InvoiceLine): Promise<void> {
    await this.#stripe.invoiceItems.create(
      {
        customer: bill.billed.customer,
        invoice,
        currency: bill.currency.toLowerCase(),
        amount: Number(amount),
        description: title,
        metadata: { ...billMetadataOf(bill), ...metadata },
        ...(bill.tax === null ? {} : { tax_behavior: bill.tax.behavior, tax_code: bill.tax.code }),
        period: { start: Math.floor(bill.startsAt / 1000), end: Math.floor(bill.endsAt / 1000) },
      },
      { idempotencyKey: `${billTagOf(bill)}:line:${invoice}:${key}${markOf(bill)}` },
    )
  }

  async #finalize(bill: Decided, { id, automatic_tax: { enabled } }: Stripe.Invoice): Promise<Stripe.Invoice> {
    // Stripe would refuse, and repeat that for as long as it keeps the key.
    if (enabled && !(await this.#customers.ofTeam(bill.teamId)).hasAddress) {
      throw new Error(`The invoice ${id} of ${bill.teamId} for ${bill.month} waits. ${unknownAddress}`)
    }
    const { subtotal } = await this.#stripe.invoices.retrieve(id)
    if (BigInt(subtotal) * minorUnit(bill.currency) !== bill.amount + bill.carried)
      throw new Error(otherSum(id, subtotal, bill))
    const idempotencyKey = `${billTagOf(bill)}:final:${id}`
    return this.#stripe.invoices.finalizeInvoice(id, { auto_advance: true }, { idempotencyKey })
  }
}

/** Other terms of tax make other requests, under other keys. */
const markOf = ({ tax }: Decided): string => (tax === null ? '' : `:${tax.behavior}:${tax.code}`)

/** `Kling 3.0, seconds: 25` */
const titleOf = ({ name, counted, quantity }: BillLine): string =>
  counted === null ? `${name}: ${quantity}` : `${name}, ${counted}: ${quantity}`

const otherSum = (
  invoice: string,
  subtotal: number,
  { teamId, month, amount, carried, currency }: MeteredBill,
): string =>
  `The draft ${invoice} of ${teamId} for ${month} adds up to ${subtotal}, not to ${(amount + carried) / minorUnit(currency)}: take off it in Stripe what is not of the bill`
