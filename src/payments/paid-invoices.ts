import type { Pool } from 'pg'
import type { Stripe } from 'stripe'
import type { Money } from '../domain/amounts/money.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Customers } from './customers.ts'
import { fromMinorUnits } from './minor-units.ts'
import type { InvoiceKind, PaidInvoice } from './paid-invoice.ts'
import { returnedMoney } from './purchase.ts'
import { readReversed } from './reversed-invoice-rows.ts'
import { isMissing, reached } from './stripe-faults.ts'
import { purchaseIn } from './stripe-metadata.ts'
import { idOf } from './stripe-to-facts.ts'

/** The payment of an invoice, and the part of it that can be given back, in nano-units. */
export type InvoicePayment = { readonly intent: string; readonly currency: string; readonly left: bigint }

const maxInvoices = 100

/** The invoices of plans, units and metered bills that a team has paid. Stripe has them. */
export class PaidInvoices {
  readonly #pool: Pool
  readonly #stripe: Stripe
  readonly #customers: Pick<Customers, 'known'>

  constructor(pool: Pool, stripe: Stripe, customers: Pick<Customers, 'known'>) {
    this.#pool = pool
    this.#stripe = stripe
    this.#customers = customers
  }

  /** The newest, the newest first. */
  async list(teamId: TeamId): Promise<PaidInvoice[]> {
    const customer = await this.#customers.known(teamId)
    if (customer === null) return []
    const asked = { customer, status: 'paid', limit: maxInvoices } as const
    const { data } = await reached(() => this.#stripe.invoices.list(asked))
    return this.#shown(teamId, data.filter(isOther))
  }

  /** Null: the team has no such invoice. */
  async read(teamId: TeamId, id: string): Promise<PaidInvoice | null> {
    const invoice = await this.#find(teamId, id)
    return invoice === null ? null : ((await this.#shown(teamId, [invoice]))[0] ?? null)
  }

  /** The payment that paid an invoice of the team; null: the team has no such invoice, or nothing was paid for it. */
  async paymentOf(teamId: TeamId, id: string): Promise<InvoicePayment | null> {
    const invoice = await this.#find(teamId, id)
    if (invoice === null) return null
    const expand = ['data.payment.payment_intent.latest_charge']
    const asked = { invoice: id, status: 'paid', limit: 1, expand } as const
    const { data } = await reached(() => this.#stripe.invoicePayments.list(asked))
    const intent = data[0]?.payment.payment_intent
    const charge = typeof intent === 'object' ? intent.latest_charge : null
    if (typeof intent !== 'object' || typeof charge !== 'object' || charge === null) return null
    const left = charge.disputed ? 0 : charge.amount_captured - charge.amount_refunded
    const currency = charge.currency.toUpperCase()
    return { intent: intent.id, currency, left: fromMinorUnits(left, currency) }
  }

  async #find(teamId: TeamId, id: string): Promise<Stripe.Invoice | null> {
    const customer = await this.#customers.known(teamId)
    try {
      const invoice = await this.#stripe.invoices.retrieve(id)
      return customer !== null && idOf(invoice.customer) === customer && isOther(invoice) ? invoice : null
    } catch (error) {
      if (isMissing(error)) return null
      return reached(() => Promise.reject(error))
    }
  }

  async #shown(teamId: TeamId, invoices: readonly Stripe.Invoice[]): Promise<PaidInvoice[]> {
    const ids = invoices.map(({ id }) => id)
    const reversed = new Map((await readReversed(this.#pool, teamId, ids)).map((one) => [one.invoice, one]))
    return invoices.map((invoice) => {
      const money = (amount: bigint): Money => ({ amount, currency: invoice.currency.toUpperCase() })
      const known = reversed.get(invoice.id)
      return {
        teamId,
        invoice: invoice.id,
        kind: kindOf(invoice),
        total: money(fromMinorUnits(invoice.total, invoice.currency)),
        returned: money(known === undefined ? 0n : returnedMoney(known)),
        createdAt: invoice.created * 1000,
        url: invoice.hosted_invoice_url ?? null,
      }
    })
  }
}

const isOther = ({ metadata }: Stripe.Invoice): boolean => purchaseIn(metadata) === null

function kindOf({ metadata, parent }: Stripe.Invoice): InvoiceKind {
  if (metadata?.change !== undefined) return 'UNITS'
  if (metadata?.month !== undefined) return 'METERED'
  return parent?.subscription_details == null ? 'OTHER' : 'PLAN'
}
