import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import { cycleOf } from '../domain/decisions/deposits.ts'
import { servedBy } from '../domain/move.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import type { AddOnChange, AddOnTerms } from './add-on-change.ts'
import { priceOf } from './add-on-prices.ts'
import type { Customers } from './customers.ts'
import { toMinorUnits } from './minor-units.ts'
import type { AddOnResult } from './payments.ts'
import { paysElsewhere } from './served-elsewhere.ts'
import { reached } from './stripe-faults.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { UnitCharge } from './unit-invoices.ts'

export type AddOnTermsOptions = {
  readonly stripe: Stripe
  readonly customers: Pick<Customers, 'known'>
  readonly subscriptions: Pick<Subscriptions, 'follow'>
  readonly teams: TeamReader
  readonly catalogs: Pick<Catalogs, 'catalogAt'>
  readonly log: Logger
}

export const notAvailable: AddOnResult = { kind: 'not-available' }

/** The state that is wanted at Stripe, and the units that have to be paid first; null: none. */
export type Decision = {
  readonly terms: Pick<AddOnTerms, 'subscription' | 'price'>
  readonly charge: UnitCharge | null
}

/** The decision about a change, given the team's present subscription; or why it can't be made. */
export async function termsOf(
  { stripe, customers, subscriptions, teams, catalogs, log }: AddOnTermsOptions,
  { teamId, units }: AddOnChange,
): Promise<Decision | AddOnResult> {
  const customer = await customers.known(teamId)
  if (customer === null) return notAvailable
  const followed = await reached(() => subscriptions.follow(customer))
  const now = await teams.read(teamId)
  if (followed.kind === 'foreign' || followed.plan === null || now === null) return notAvailable
  const { account, at } = now
  const system = servedBy(account.move)
  if (system !== null) return { kind: 'declined', ...paysElsewhere(system) }
  const { subscription, planItem, planId } = followed.plan
  const { plans, tax, currency: own } = catalogs.catalogAt(at, account)
  const plan = plans.find(({ id }) => id === planId)
  const interval = intervalOf(planItem)
  const isPaid = subscription.status === 'active' && account.paidThrough !== null && account.paidThrough > at
  const isOwn = account.planId === planId && cycleOf(account.allowances)?.cadence.toLowerCase() === interval
  if (!plan?.addOn || interval === null || !isPaid || !isOwn) return notAvailable
  if (subscription.collection_method !== 'charge_automatically') return notAvailable
  const { addOn } = plan
  const { currency } = subscription
  if (units > 0 && (currency.toUpperCase() !== own || addOn.price.currency !== own)) {
    log.error({ team: teamId, subscription: subscription.id, currency, own }, otherCurrency)
    return notAvailable
  }
  const price = units === 0 ? null : await reached(() => priceOf(stripe, plan, addOn, { interval, tax }))
  const terms = { subscription: subscription.id, price }
  const fresh = Math.max(0, units - account.addOn.granted)
  if (fresh === 0) return { terms, charge: null }
  if (!(await reached(() => hasMethod(stripe, subscription, customer)))) return { kind: 'no-method' }
  const unitPrice = await reached(() => priceOf(stripe, plan, addOn, { interval: null, tax }))
  const period = { start: planItem.current_period_start, end: planItem.current_period_end }
  const amount = fresh * toMinorUnits(addOn.price)
  return { terms, charge: { subscription, unitPrice, fresh, amount, period, isTaxed: tax !== null } }
}

const otherCurrency =
  'Units are not sold to a team whose subscription is paid in another currency than its own: replace the subscription in Stripe'

/** Null: it is not billed by the month or the year. */
function intervalOf({ price }: Stripe.SubscriptionItem): 'month' | 'year' | null {
  if (price.recurring?.interval_count !== 1) return null
  const { interval } = price.recurring
  return interval === 'month' ? 'month' : interval === 'year' ? 'year' : null
}

async function hasMethod(
  { customers }: Stripe,
  { default_payment_method: method, default_source: source }: Stripe.Subscription,
  customer: string,
): Promise<boolean> {
  if (method !== null || source !== null) return true
  const found = await customers.retrieve(customer)
  return !found.deleted && (found.invoice_settings.default_payment_method ?? found.default_source) !== null
}
