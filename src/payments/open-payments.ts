import type { Logger } from 'pino'
import type { Stripe } from 'stripe'
import type { BackgroundLoop } from '../database/background-loop.ts'
import type { Database } from '../database/open.ts'
import type { Catalogs } from '../ledger/catalogs/catalogs.ts'
import { readClock } from '../ledger/clock/move-clock.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { TeamReader } from '../ledger/team-reader.ts'
import { startAddOnReconciler } from './add-on-reconciler.ts'
import { AddOns } from './add-ons.ts'
import { PurchaseAdvancer } from './advance-purchase.ts'
import { createBillingDetails } from './billing-details.ts'
import { createBudget } from './budget.ts'
import { startCatchUp } from './catch-up.ts'
import { type Confirmations, createConfirmations } from './confirmations.ts'
import { type Customers, createCustomers } from './customers.ts'
import { startDepositPricing } from './deposit-pricing.ts'
import { createEventScope } from './event-scope.ts'
import { startFollowingAfterCutOver } from './follow-after-cut-over.ts'
import { InvoiceCosts } from './invoice-costs.ts'
import { invoiceOf } from './invoices.ts'
import type { BillName } from './metered-bill-rows.ts'
import { BillStates } from './metered-bill-states.ts'
import { startMeteredBilling } from './metered-billing.ts'
import { MeteredInvoices } from './metered-invoices.ts'
import { MeteredMonths } from './metered-months.ts'
import { isNewTeam } from './new-teams.ts'
import {
  type LastReconciliation,
  type NightlyReconciliation,
  startNightlyReconciliation,
} from './nightly-reconciliation.ts'
import { createOtherPayments } from './other-payments.ts'
import { createPages } from './pages.ts'
import { PaidInvoices } from './paid-invoices.ts'
import type { Payments } from './payments.ts'
import { PlanChangeCosts } from './plan-change-costs.ts'
import type { Purchase } from './purchase.ts'
import { createPushedPrices, type PushedPrices } from './pushed-prices.ts'
import { startReconciler } from './reconciler.ts'
import { createFactRecorder } from './record-facts.ts'
import { startRefunding } from './refunding.ts'
import { Refunds } from './refunds.ts'
import { returnUrl } from './returns.ts'
import { startFollowingReversals } from './reversed-invoice-follower.ts'
import { ReversedInvoices } from './reversed-invoices.ts'
import { StripeEvents } from './stripe-events.ts'
import { reached } from './stripe-faults.ts'
import type { PurchaseName } from './stripe-metadata.ts'
import { idOf } from './stripe-to-facts.ts'
import { Subscriptions } from './subscriptions.ts'
import { createTaxCalculations } from './tax-calculations.ts'

export type PaymentsOptions = {
  readonly database: Database
  readonly ledger: Ledger
  readonly teams: TeamReader
  readonly catalogs: Catalogs
  readonly stripe: Stripe
  /** The mode of Stripe's key; null: the key does not say it. */
  readonly mode: 'live' | 'test' | null
  /** The gateway's own address, without a trailing slash. */
  readonly publicUrl: () => string
  readonly log: Logger
}

export type OpenPayments = {
  readonly payments: Payments
  readonly events: StripeEvents
  readonly confirmations: Confirmations
  /** The last comparison of payments with purchases, by any gateway. */
  lastReconciliation(): LastReconciliation
  /** Begins the work in the background, once the address is known that customers come back to. */
  begin(): void
  /** The clock was moved: all due work is done at once. */
  poke(): void
  close(): Promise<void>
}

/** All that has to do with Stripe, and the work in the background that nobody waits for. */
export function openPayments(options: PaymentsOptions): OpenPayments {
  const { database, ledger, teams, catalogs, stripe, publicUrl, log } = options
  const customers = createCustomers(database, stripe, catalogs)
  const recorder = createFactRecorder(database, ledger, log)
  const pushed = createPushedPrices(stripe, log)
  const advancer = new PurchaseAdvancer({ database, stripe, customers, recorder, catalogs, pushed, publicUrl, log })
  const subscriptions = new Subscriptions({ database, ledger, stripe, customers, catalogs, log })
  const costs = new InvoiceCosts({ database, stripe, teams })
  const addOns = new AddOns({ database, stripe, customers, subscriptions, teams, catalogs, costs, log })
  const others = createOtherPayments(stripe, ledger, log)
  const scope = createEventScope(stripe, options.mode, log)
  const bills = new BillStates({ database, stripe, ledger, log })
  const reversed = new ReversedInvoices({ database, stripe, customers, ledger })
  const following = { others, subscriptions, bills, reversed, costs, scope }
  const events = new StripeEvents({ database, ledger, stripe, customers, recorder, ...following, log })
  const bill = (name: BillName) => invoices.invoice(name).then(() => bills.follow(name))
  const paid = new PaidInvoices(database.pool, stripe, customers)
  const refunds = new Refunds({ database, stripe, teams, recorder, invoices: paid, reversed, log })
  const months = new MeteredMonths(database, ledger, catalogs)
  const invoices = new MeteredInvoices(database, { stripe, customers, catalogs })
  const pages = createPages({ stripe, customers, teams, catalogs, now: () => readClock(database) })
  const countRequest = createBudget()
  const taxes = createTaxCalculations({ stripe, customers, countRequest })
  const planChanges = new PlanChangeCosts({ stripe, customers, countRequest, log })
  const details = createBillingDetails(stripe, customers, taxes.forget)
  const confirmations = createConfirmations({
    pool: database.pool,
    stripe,
    nameOf: (purchase) => advancer.nameOf(purchase),
    advance: (purchase) => advancer.advance(purchase),
    countRequest,
    comeBack: (purchase) => returnUrl(publicUrl(), purchase),
    log,
  })
  const background: BackgroundLoop[] = [startAddOnReconciler(database, addOns, log)]
  let nightly: NightlyReconciliation | undefined

  return {
    payments: {
      advance: (teamId, id) => advancer.advance({ teamId, id }),
      refund: (request, act) => refunds.refund(request, act),
      refundInvoice: (request, act) => refunds.refundInvoice(request, act),
      paidInvoices: (teamId) => paid.list(teamId),
      refundPreview: (teamId, id, amount) => refunds.preview(teamId, id, amount),
      setAddOnUnits: (teamId, key, units) => addOns.set(teamId, key, units),
      hasSavedMethod: async (teamId) => (await reached(() => customers.ofTeam(teamId))).method !== null,
      isNewTeam: (teamId) => isNewTeam(database.pool, teamId, catalogs.inForce().fraud.newTeamDays),
      billingDetails: details.read,
      setBillingDetails: details.set,
      taxOn: taxes.taxOn,
      planChangeCost: (teamId, change) => planChanges.costOf(teamId, change),
      setupPage: pages.setupPage,
      billingPortal: pages.billingPortal,
      countRequest,
    },
    events,
    confirmations,
    lastReconciliation: () => nightly?.last() ?? { doneAt: null, differences: [] },
    begin() {
      const parts = { stripe, customers, advancer, recorder, others, pushed }
      background.push(startReconciler(database, (name) => lookAfter(parts, name), log))
      background.push(startRefunding(database, refunds, catalogs, log))
      background.push(startFollowingReversals(database, reversed, log), startDepositPricing(database, ledger, log))
      background.push(startFollowingAfterCutOver(database, subscriptions, log))
      background.push(startCatchUp(database, stripe, events, log))
      background.push(startMeteredBilling(database, months, bill, log))
      nightly = startNightlyReconciliation({ database, stripe, log })
      background.push(nightly)
    },
    poke() {
      for (const loop of background) loop.poke()
    },
    async close() {
      await Promise.all(background.map((loop) => loop.stop()))
      await Promise.all([recorder.idle(), subscriptions.idle()])
    },
  }
}

type LookingAfter = {
  readonly stripe: Stripe
  readonly customers: Customers
  readonly advancer: PurchaseAdvancer
  readonly recorder: ReturnType<typeof createFactRecorder>
  readonly others: ReturnType<typeof createOtherPayments>
  readonly pushed: PushedPrices
}

/** Goes on with a purchase: once it is paid, its other payments end, its method is kept, and its invoice is made. */
async function lookAfter(
  { stripe, customers, advancer, recorder, others, pushed }: LookingAfter,
  name: PurchaseName,
): Promise<Purchase> {
  const purchase = await advancer.advance(name)
  // A new fact makes the purchase due at once: only the gateway that claims it then makes its invoice.
  if (purchase.outcome !== 'PAID' || purchase.invoiceUrl !== null || purchase.asks === 0) return purchase
  await others.end(purchase)
  if (purchase.intent === null) return purchase
  if (purchase.pay === 'CHECKOUT') await preferMethod(stripe, customers, purchase)
  const seen = await invoiceOf(stripe, purchase, () => advancer.titleOf(purchase), pushed)
  return (await recorder.record({ purchase, tag: null, see: () => seen, event: null })) ?? purchase
}

/** The method that was saved by paying on Stripe's page is charged from now on. */
async function preferMethod(stripe: Stripe, customers: Customers, purchase: Purchase): Promise<void> {
  const { customer, intent, paidBy } = purchase
  if (customer === null || intent === null) return
  // An event of the page alone does not say it.
  const method = paidBy ?? idOf((await stripe.paymentIntents.retrieve(intent)).payment_method)
  if (method !== null) await customers.prefer(customer, method)
}
