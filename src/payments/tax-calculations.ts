import { Stripe } from 'stripe'
import { keepNewest } from '../concurrency/bounded-map.ts'
import { sharing } from '../concurrency/sharing.ts'
import type { Money } from '../domain/amounts/money.ts'
import type { TeamId } from '../domain/identity.ts'
import type { Taxed, TaxTerms } from '../domain/tax.ts'
import type { Customers } from './customers.ts'
import { fromMinorUnits, toMinorUnits } from './minor-units.ts'
import { noTaxLocation, reached } from './stripe-faults.ts'

export type TaxCalculations = {
  /**
   * The tax on a price for the team's address; null: none is known. Not older than a minute.
   *
   * @throws {StripeUnavailable} {PaymentsOverasked}
   */
  taxOn(teamId: TeamId, price: Money, terms: TaxTerms): Promise<Taxed | null>
  /** The team's address has changed. */
  forget(teamId: TeamId): void
}

export type TaxCalculationsOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'known'>
  readonly countRequest: (teamId: TeamId) => Promise<void>
}

const keptMs = 60_000
const maxTeams = 1_000
const maxPricesPerTeam = 50

type Known = { readonly taxed: Taxed; readonly until: number }

/** Asks Stripe once for several fields and readers, and once a minute for a team and price. */
export function createTaxCalculations({ stripe, customers, countRequest }: TaxCalculationsOptions): TaxCalculations {
  const shared = sharing<string, Taxed | null>()
  const teams = new Map<TeamId, Map<string, Known>>()

  async function calculate(teamId: TeamId, price: Money, { behavior, code }: TaxTerms): Promise<Taxed | null> {
    const customer = await customers.known(teamId)
    if (customer === null) return null
    await countRequest(teamId)
    const currency = price.currency.toLowerCase()
    const line = { amount: toMinorUnits(price), reference: 'credits', tax_behavior: behavior, tax_code: code }
    try {
      const found = await reached(() => stripe.tax.calculations.create({ currency, customer, line_items: [line] }))
      const { tax_amount_exclusive: added, tax_amount_inclusive: included, amount_total: total } = found
      return { tax: fromMinorUnits(added + included, currency), total: fromMinorUnits(total, currency) }
    } catch (error) {
      if (isUnknownAddress(error)) return null
      throw error
    }
  }

  return {
    taxOn(teamId, price, terms) {
      const name = [price.amount, price.currency, terms.behavior, terms.code].join(' ')
      const known = teams.get(teamId)?.get(name)
      if (known !== undefined && known.until > performance.now()) return Promise.resolve(known.taxed)
      return shared(`${teamId}\n${name}`, async () => {
        const prices = teams.get(teamId) ?? new Map<string, Known>()
        teams.set(teamId, prices)
        keepNewest(teams, maxTeams)
        const taxed = await calculate(teamId, price, terms)
        // The address may arrive any moment, with a payment by Checkout.
        if (taxed === null) return null
        prices.delete(name)
        prices.set(name, { taxed, until: performance.now() + keptMs })
        keepNewest(prices, maxPricesPerTeam)
        return taxed
      })
    },
    // A calculation that is under way keeps its result in a map that nobody reads any more.
    forget(teamId) {
      teams.delete(teamId)
    },
  }
}

/** Stripe knows no address of the customer, or no customer of that name any more. */
const isUnknownAddress = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError &&
  (error.code === noTaxLocation || error.code === 'resource_missing')
