import type { Stripe } from 'stripe'
import type { Database } from '../database/open.ts'
import { minorUnit } from '../domain/amounts/money.ts'
import { sharesOf } from '../domain/amounts/shares.ts'
import { type PlannedDeposit, plannedDeposits } from '../domain/decisions/planned-deposits.ts'
import type { TeamId } from '../domain/identity.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { type DepositCost, priceDeposits, writeDepositCosts } from '../ledger/writing/deposit-costs.ts'
import { cycleLinesOf, cycleOf, priceOf } from './invoice-cycle.ts'
import { readGrantsPaidBy } from './reversed-invoice-rows.ts'
import { linesOf } from './sublists.ts'
import { markOf } from './subscription-marks.ts'

export type InvoiceCostsOptions = {
  readonly database: Database
  readonly stripe: Stripe
  readonly teams: Pick<TeamReader, 'read'>
}

/**
 * The books of plans and units: a paid invoice says what its deposits cost. Its lines without tax and discounts are shared
 * among the deposits of the cycle by their credits, to the smallest unit of the currency, also among those that are still to
 * come; units have the line of units. The shares are written once for an invoice.
 */
export class InvoiceCosts {
  readonly #options: InvoiceCostsOptions

  constructor(options: InvoiceCostsOptions) {
    this.#options = options
  }

  /** A plan's invoice is paid. Resolves after commit; a repeated call changes nothing. */
  async ofCycle(teamId: TeamId, id: string): Promise<void> {
    const { stripe, teams } = this.#options
    const invoice = await stripe.invoices.retrieve(id)
    if (invoice.status !== 'paid' || invoice.total <= 0) return
    const cycle = await cycleOf(stripe, invoice)
    const team = await teams.read(teamId)
    if (cycle === null || team === null) return
    const planned = plannedDeposits(team.account, cycle)
    const known = await this.#known(teamId, [...planned.plan, ...planned.units])
    // A deposit that ended unpaid is not made up for.
    const comes = ({ source, expiresAt }: PlannedDeposit) => known.has(source) || (expiresAt ?? Infinity) > team.at
    const net = await netOfLines(stripe, invoice, cycle.planId)
    await this.#write(teamId, invoice, [
      ...shared(net.plan, planned.plan.filter(comes), invoice.currency),
      ...shared(net.units, planned.units.filter(comes), invoice.currency),
    ])
  }

  /** The invoice of units is paid, and its units are there. */
  async ofUnits(teamId: TeamId, id: string): Promise<void> {
    const { database, stripe } = this.#options
    const paid = await readGrantsPaidBy(database.pool, { teamId, invoice: id }, { kind: 'units', until: 0 })
    if (paid.length === 0) return
    const invoice = await stripe.invoices.retrieve(id)
    const net = (await linesOf(stripe, invoice)).reduce((sum, line) => sum + netOf(line), 0)
    const planned = paid.map(({ grant: { source, startsAt, expiresAt, granted: credits } }) => {
      return { source, startsAt, expiresAt, credits }
    })
    await this.#write(teamId, invoice, shared(net, planned, invoice.currency))
  }

  async #write(teamId: TeamId, { id, currency }: Stripe.Invoice, deposits: readonly DepositCost[]): Promise<void> {
    const { database } = this.#options
    await writeDepositCosts(database, { teamId, invoice: id, currency: currency.toUpperCase(), deposits })
    await priceDeposits(database)
  }

  /** The deposits that have come. */
  async #known(teamId: TeamId, planned: readonly PlannedDeposit[]): Promise<ReadonlySet<string>> {
    const text = 'select source from credit_grant where team_id = $1 and source = any($2)'
    const values = [teamId, planned.map(({ source }) => source)]
    const { rows } = await this.#options.database.pool.query<{ source: string }>({
      name: 'known-deposits',
      text,
      values,
    })
    return new Set(rows.map(({ source }) => source))
  }
}

function shared(net: number, planned: readonly PlannedDeposit[], currency: string): DepositCost[] {
  if (net <= 0 || planned.every(({ credits }) => credits === 0n)) return []
  const unit = minorUnit(currency.toUpperCase())
  const shares = sharesOf(
    BigInt(net),
    planned.map(({ credits }) => credits),
  )
  return planned.map(({ source, startsAt }, index) => ({ source, startsAt, amount: (shares[index] ?? 0n) * unit }))
}

/** The money for the plan and for its units, in the smallest unit of the currency. */
async function netOfLines(stripe: Stripe, invoice: Stripe.Invoice, planId: string) {
  const net = { plan: 0, units: 0 }
  for (const line of await cycleLinesOf(stripe, invoice)) {
    const price = priceOf(line)
    if (price === null) continue
    const { plan, addOn } = await markOf(stripe, await stripe.prices.retrieve(price))
    if (addOn === planId) net.units += netOf(line)
    else if (addOn === null && plan === planId) net.plan += netOf(line)
  }
  return net
}

/** A line without its discounts, and without the tax that its price includes. */
function netOf({ amount, discount_amounts: discounts, taxes }: Stripe.InvoiceLineItem): number {
  const off = (discounts ?? []).reduce((sum, discount) => sum + discount.amount, 0)
  const included = (taxes ?? []).filter(({ tax_behavior }) => tax_behavior === 'inclusive')
  return amount - off - included.reduce((sum, tax) => sum + tax.amount, 0)
}
