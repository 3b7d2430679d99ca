import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { Money } from '../domain/amounts/money.ts'
import { payableIn } from '../domain/amounts/payable.ts'
import type { Instant, TeamId } from '../domain/identity.ts'
import { periodStart } from '../domain/period.ts'
import type {
  PlanChangeCost,
  PlanChangeMoney,
  PlannedPayment,
  PlannedPaymentLine,
  PricedPlanChange,
} from '../domain/plan-change-cost.ts'
import type { Customers } from './customers.ts'
import { fromMinorUnits } from './minor-units.ts'
import { createPlanPrices, maxPlanPrices, type PlanPrice, type PlanPrices } from './plan-prices.ts'
import { intervalOf, type PlanSubscription } from './plan-subscription.ts'
import { planMarks } from './record-subscriptions.ts'
import { faultOf, isMissing, type Refused, reached } from './stripe-faults.ts'
import { listSubscriptions, readStanding } from './subscription-marks.ts'

export type PlanChangeCostsOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'known'>
  readonly countRequest: (teamId: TeamId) => Promise<void>
  readonly log: Logger
}

/** The team at Stripe. `customer` null: it has none. */
type Payer = { readonly customer: string | null; readonly plan: PlanSubscription | null }

/** The price that the plan's item would have. */
type Choice = { readonly price: string; readonly interval: 'MONTH' | 'YEAR' | null }

/**
 * Stripe computes what a change of plan costs: with its prorations, taxes and rounding, which nobody else can tell. The
 * change is that the plan's item gets the price of the wanted plan, and the seats as its quantity. Other items stay.
 */
export class PlanChangeCosts {
  readonly #options: PlanChangeCostsOptions
  readonly #prices: PlanPrices

  constructor(options: PlanChangeCostsOptions) {
    this.#options = options
    this.#prices = createPlanPrices(options.stripe)
  }

  /** @throws {StripeUnavailable} {PaymentsOverasked} */
  async costOf(teamId: TeamId, change: PricedPlanChange): Promise<PlanChangeCost> {
    await this.#options.countRequest(teamId)
    const payer = await reached(() => this.#payerOf(teamId))
    const currency = payer.plan?.subscription.currency.toUpperCase() ?? change.currency
    const choice = await this.#choose(payer, currency, change)
    if ('reason' in choice) return { kind: 'unknown', reason: choice.reason }
    try {
      const money = await reached(() => this.#moneyOf(payer, choice, { ...change, currency }))
      return { kind: 'known', money }
    } catch (error) {
      return this.#refused(error, teamId, currency)
    }
  }

  async #payerOf(teamId: TeamId): Promise<Payer> {
    const { stripe, customers } = this.#options
    const customer = await customers.known(teamId)
    if (customer === null) return { customer, plan: null }
    try {
      const { plan } = await readStanding(stripe, await listSubscriptions(stripe, customer))
      if (plan !== null) return { customer, plan }
      const found = await stripe.customers.retrieve(customer)
      return { customer: found.deleted ? null : customer, plan }
    } catch (error) {
      if (isMissing(error)) return { customer: null, plan: null }
      throw error
    }
  }

  /** Present seats are paid by the present price, also if it is sold to nobody else any more. */
  async #choose(
    { plan }: Payer,
    currency: string,
    { planId, interval }: PricedPlanChange,
  ): Promise<Choice | { readonly reason: string }> {
    const present = plan === null ? null : intervalOf(plan.planItem.price)
    const wanted = interval ?? present
    if (plan?.planId === planId && wanted === present) return { price: plan.planItem.price.id, interval: present }
    const all = await this.#prices.in(currency)
    if (all === null) return { reason: tooMany(currency) }
    const found = all.filter((price) => price.planId === planId && (wanted === null || price.interval === wanted))
    const [only, another] = found
    if (only !== undefined && another === undefined) return { price: only.id, interval: only.interval }
    return { reason: only === undefined ? noPrice(planId, currency, wanted) : severalPrices(found, currency, wanted) }
  }

  async #moneyOf(payer: Payer, choice: Choice, change: PricedPlanChange): Promise<PlanChangeMoney> {
    const { plan } = payer
    const first = await this.#firstInvoice(payer, choice, change)
    if (first === null) return { dueNow: null, nextPayment: null, prorationDate: null }
    const at = first.parent?.subscription_details?.subscription_proration_date
    const prorationDate = at === undefined ? null : at * 1000
    const isLater = plan !== null && first.period_end >= nextCycleOf(plan)
    if (isLater) return { dueNow: null, nextPayment: paymentOf(first, first.amount_due), prorationDate }
    const next = endOfPeriod(first, plan, choice)
    return {
      dueNow: paymentOf(first, first.amount_due),
      nextPayment: endsBy(plan, next) ? null : await this.#nextPayment(first, next, { payer, choice, change }),
      prorationDate,
    }
  }

  /** The invoice that has the change: made at once, or else the next one; null: nothing is billed any more. */
  async #firstInvoice(payer: Payer, choice: Choice, change: PricedPlanChange): Promise<Stripe.Invoice | null> {
    try {
      return await this.#options.stripe.invoices.createPreview(previewOf(payer, choice, change))
    } catch (error) {
      const fault = faultOf(error)
      if (fault.kind === 'refused' && fault.code === 'invoice_upcoming_none') return null
      throw error
    }
  }

  /** A whole period, and what the first invoice leaves on the customer's balance. */
  async #nextPayment(
    first: Stripe.Invoice,
    at: Instant,
    { payer, choice, change }: { readonly payer: Payer; readonly choice: Choice; readonly change: PricedPlanChange },
  ): Promise<PlannedPayment> {
    const asked = { ...previewOf(payer, choice, { ...change, proration: 'NONE' }), preview_mode: 'recurring' as const }
    const whole = await this.#options.stripe.invoices.createPreview(asked)
    const balance = first.total + first.starting_balance - first.amount_due
    return { ...paymentOf(whole, dueOf(whole.total + balance, whole.currency)), at }
  }

  #refused(error: unknown, teamId: TeamId, currency: string): PlanChangeCost {
    const fault = faultOf(error)
    if (fault.kind !== 'refused') throw error
    this.#prices.forget(currency)
    this.#options.log.warn({ team: teamId, err: error }, 'Stripe refuses to preview a change of plan')
    return { kind: 'unknown', reason: refusal(fault) }
  }
}

function previewOf({ customer, plan }: Payer, { price }: Choice, change: PricedPlanChange) {
  const { seats: quantity, proration, currency, isTaxed } = change
  if (plan !== null) {
    // Stripe refuses an archived price, also where the item has it already.
    const items = [{ id: plan.planItem.id, quantity, ...(price === plan.planItem.price.id ? {} : { price }) }]
    const proration_behavior = behaviors[proration]
    return { subscription: plan.subscription.id, subscription_details: { items, proration_behavior } }
  }
  const details = { currency: currency.toLowerCase(), subscription_details: { items: [{ price, quantity }] } }
  return customer === null ? details : { ...details, customer, automatic_tax: { enabled: isTaxed } }
}

const behaviors = { CREATE_PRORATIONS: 'create_prorations', ALWAYS_INVOICE: 'always_invoice', NONE: 'none' } as const

/** When the subscription's next invoice is made, if nothing changes. */
const nextCycleOf = ({ items }: PlanSubscription): number =>
  Math.min(...items.map(({ item }) => item.current_period_end))

/** The end of the period that runs after the change. A line for a whole period says that the change began one. */
function endOfPeriod(first: Stripe.Invoice, plan: PlanSubscription | null, { price, interval }: Choice): Instant {
  const isAnew = first.lines.data.some((line) => !isProration(line) && isOf(line, price))
  if (plan !== null && !isAnew && intervalOf(plan.planItem.price) === interval) {
    return plan.planItem.current_period_end * 1000
  }
  return periodStart(first.period_end * 1000, interval ?? 'MONTH', 'UTC', 1)
}

const isOf = ({ pricing }: Stripe.InvoiceLineItem, price: string): boolean => pricing?.price_details?.price === price

const endsBy = (plan: PlanSubscription | null, at: Instant): boolean =>
  plan !== null &&
  (plan.subscription.cancel_at_period_end ||
    (plan.subscription.cancel_at !== null && plan.subscription.cancel_at * 1000 <= at))

/** A sum below the least charge stays on the customer's balance. */
function dueOf(rest: number, currency: string): number {
  return fromMinorUnits(rest, currency) < payableIn(currency.toUpperCase()).least ? 0 : rest
}

function paymentOf(invoice: Stripe.Invoice, due: number): PlannedPayment {
  const { total, automatic_tax: automatic, total_taxes: taxes, lines, period_end } = invoice
  const currency = invoice.currency.toUpperCase()
  const money = (amount: number): Money => ({ amount: fromMinorUnits(amount, currency), currency })
  const tax = (taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)
  const isTaxed = automatic.status === 'complete' || (taxes ?? []).length > 0
  return {
    at: period_end * 1000,
    amount: money(due),
    net: money(total - tax),
    tax: isTaxed ? money(tax) : null,
    total: money(total),
    lines: lines.data.map(
      (line): PlannedPaymentLine => ({
        description: line.description,
        amount: money(line.amount),
        isProration: isProration(line),
        startsAt: line.period.start * 1000,
        endsAt: line.period.end * 1000,
      }),
    ),
  }
}

const isProration = ({ parent }: Stripe.InvoiceLineItem): boolean =>
  (parent?.subscription_item_details ?? parent?.invoice_item_details)?.proration === true

const paidBy = (interval: 'MONTH' | 'YEAR' | null): string =>
  interval === null ? '' : `, paid by the ${interval.toLowerCase()},`

const noPrice = (planId: string, currency: string, interval: 'MONTH' | 'YEAR' | null): string =>
  `Stripe has no active price in ${currency}${paidBy(interval)} for the plan '${planId}': ${planMarks}.`

const severalPrices = (found: readonly PlanPrice[], currency: string, interval: 'MONTH' | 'YEAR' | null): string => {
  const [{ planId } = { planId: '' }] = found
  const isOfIntervals = interval === null && new Set(found.map((price) => price.interval)).size === found.length
  return isOfIntervals
    ? `The plan '${planId}' is paid by the month or by the year: give interval.`
    : `Stripe has ${found.length} active prices in ${currency}${paidBy(interval)} for the plan '${planId}': archive all but one.`
}

const tooMany = (currency: string): string =>
  `Stripe has more than ${maxPlanPrices} active prices in ${currency}, which are too many to search: archive those that are no longer sold.`

const refusal = ({ code, param }: Refused): string =>
  `Stripe refuses to preview this change (${code ?? param ?? 'invalid request'}): the operator has to correct it, and finds the reason in the log.`
