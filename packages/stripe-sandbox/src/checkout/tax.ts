import type Stripe from 'stripe'
import type { Work } from '../api/work.ts'
import { type TaxBehavior, taxOn } from '../tax/rates.ts'
import { keepPlan, planOf } from './plan.ts'

/** The session with the tax, after its discount, of that country, if it calculates taxes; null: the country is not known yet. */
export function withTax(work: Work, session: Stripe.Checkout.Session, country: string | null): Stripe.Checkout.Session {
  if (!session.automatic_tax.enabled) return session
  const plan = planOf(work, session.id)
  const lines = plan.lines.map((line, place) => taxedLine(line, plan.taxBehaviors?.[place] ?? 'exclusive', country))
  keepPlan(work, session.id, { ...plan, lines })
  const isFree = session.amount_subtotal === 0
  const sum = (field: 'amount_discount' | 'amount_tax' | 'amount_total') =>
    isFree ? 0 : lines.reduce((all, line) => all + line[field], 0)
  return {
    ...session,
    amount_total: sum('amount_total'),
    automatic_tax: {
      ...session.automatic_tax,
      provider: 'stripe',
      status: country === null ? 'requires_location_inputs' : 'complete',
    },
    total_details: { amount_discount: sum('amount_discount'), amount_shipping: 0, amount_tax: sum('amount_tax') },
  }
}

function taxedLine(line: Stripe.LineItem, behavior: TaxBehavior, country: string | null): Stripe.LineItem {
  const amount = line.amount_subtotal - line.amount_discount
  const amount_tax = taxOn(amount, behavior, country)
  const amount_total = amount + (behavior === 'exclusive' ? amount_tax : 0)
  return { ...line, amount_tax, amount_total }
}
